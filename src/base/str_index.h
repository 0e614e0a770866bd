/* Finding names and repetitions among many: a sorted list, so that no choice of names makes it
 * slow. */
#ifndef EG_BASE_STR_INDEX_H
#define EG_BASE_STR_INDEX_H

#include "base/arena.h"

typedef struct eg_str_entry {
    eg_str str;
    size_t index; /* in the list that was indexed */
} eg_str_entry;

typedef struct eg_str_index {
    eg_str_entry *sorted; /* by string, then by index; borrowed strings */
    size_t count;
} eg_str_index;

/* strs[i] is at (const char *)strs + i * stride: an eg_str within an array of anything. */
eg_result eg_str_index_init(eg_str_index *out, const eg_str *strs, size_t stride, size_t count,
                            eg_arena *arena, eg_error *err) EG_MUST_USE;

/* The first position of s in the list; false when it is not there. */
bool eg_str_index_find(const eg_str_index *index, eg_str s, size_t *position);

/* The lowest position whose string stands at a lower one already; false when all differ. Empty
 * strings are not compared. */
bool eg_str_index_repeated(const eg_str_index *index, size_t *position);

/* Is the string at position a repetition of an earlier one? */
bool eg_str_index_is_repetition(const eg_str_index *index, eg_str s, size_t position);

#endif
