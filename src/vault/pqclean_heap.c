#include "vault/pqclean_heap.h"

#include "base/secret.h"

#undef malloc
#undef free

typedef struct sized {
    _Alignas(16) size_t bytes;
} sized;

void *eg_pqclean_alloc(size_t bytes)
{
    sized *block = malloc(sizeof *block + bytes);
    if (block == NULL) {
        abort(); /* some hundred bytes: PQClean would call exit, in the middle of other requests */
    }
    block->bytes = bytes;
    return block + 1;
}

void eg_pqclean_free(void *memory)
{
    if (memory != NULL) {
        sized *block = (sized *)memory - 1;
        eg_wipe(memory, block->bytes);
        free(block);
    }
}
