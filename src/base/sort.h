/* Sorting in place. The C library's qsort takes memory of its own for large arrays, as much as they
 * have, which no budget is charged for. */
#ifndef EG_BASE_SORT_H
#define EG_BASE_SORT_H

#include <stddef.h>

/* As qsort, in n log n steps at worst; equal elements end in any order. */
void eg_sort(void *items, size_t count, size_t item_bytes,
             int (*compare)(const void *a, const void *b));

#endif
