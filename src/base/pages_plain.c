/* Memory from the C library's allocator: for where the system maps none. */
#include "base/pages.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096 };

static void *zeros(size_t alignment, size_t bytes)
{
    void *memory = NULL;
    if (bytes == 0 || bytes > SIZE_MAX / 2 || posix_memalign(&memory, alignment, bytes) != 0) {
        return NULL;
    }
    return memset(memory, 0, bytes);
}

void *eg_pages_map(size_t bytes)
{
    return zeros(PAGE, bytes);
}

void eg_pages_unmap(void *pages, size_t bytes)
{
    (void)bytes;
    free(pages);
}

void *eg_pages_new(size_t bytes)
{
    return zeros(EG_HUGE_PAGE, bytes);
}

void eg_pages_free(void *pages, size_t bytes)
{
    (void)bytes;
    free(pages);
}

void eg_pages_prefer_huge(void *memory, size_t bytes)
{
    (void)memory;
    (void)bytes;
}

void eg_pages_keep_from_dumps(void *memory, size_t bytes)
{
    (void)memory;
    (void)bytes;
}
