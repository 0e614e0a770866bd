/* Heapsort. */
#include "base/sort.h"

#include <string.h>

typedef struct heap {
    char *items;
    size_t count, item_bytes;
    int (*compare)(const void *a, const void *b);
} heap;

static char *item_at(const heap *h, size_t i)
{
    return h->items + i * h->item_bytes;
}

static void exchange(const heap *h, size_t i, size_t j)
{
    enum { AT_ONCE = 64 };
    char kept[AT_ONCE], *a = item_at(h, i), *b = item_at(h, j);
    for (size_t done = 0; done < h->item_bytes;) {
        size_t left = h->item_bytes - done, n = left < AT_ONCE ? left : AT_ONCE;
        memcpy(kept, a + done, n);
        memcpy(a + done, b + done, n);
        memcpy(b + done, kept, n);
        done += n;
    }
}

/* Lets item i sink to where none below it is larger. */
static void sink(const heap *h, size_t i)
{
    for (;;) {
        size_t below = 2 * i + 1;
        if (below >= h->count) {
            return;
        }
        if (below + 1 < h->count && h->compare(item_at(h, below), item_at(h, below + 1)) < 0) {
            below++;
        }
        if (h->compare(item_at(h, i), item_at(h, below)) >= 0) {
            return;
        }
        exchange(h, i, below);
        i = below;
    }
}

void eg_sort(void *items, size_t count, size_t item_bytes,
             int (*compare)(const void *a, const void *b))
{
    heap h = {.items = items, .count = count, .item_bytes = item_bytes, .compare = compare};
    for (size_t i = count / 2; i-- > 0;) {
        sink(&h, i);
    }
    while (h.count > 1) {
        exchange(&h, 0, h.count - 1);
        h.count--;
        sink(&h, 0);
    }
}
