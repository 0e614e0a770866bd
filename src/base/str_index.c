#include "base/str_index.h"

#include "base/sort.h"

static int by_string_then_index(const void *a, const void *b)
{
    const eg_str_entry *x = a;
    const eg_str_entry *y = b;
    int c = eg_str_compare(x->str, y->str);
    return c != 0 ? c : (x->index > y->index) - (x->index < y->index);
}

eg_result eg_str_index_init(eg_str_index *out, const eg_str *strs, size_t stride, size_t count,
                            eg_arena *arena, eg_error *err)
{
    EG_TRY(eg_arena_new(arena, count, sizeof *out->sorted, &out->sorted, err));
    out->count = count;
    for (size_t i = 0; i < count; i++) {
        const void *at = (const char *)strs + i * stride;
        out->sorted[i] = (eg_str_entry){.str = *(const eg_str *)at, .index = i};
    }
    eg_sort(out->sorted, count, sizeof *out->sorted, by_string_then_index);
    return EG_SUCCESS;
}

bool eg_str_index_find(const eg_str_index *index, eg_str s, size_t *position)
{
    size_t low = 0;
    size_t high = index->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (eg_str_compare(index->sorted[middle].str, s) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == index->count || !eg_str_equal(index->sorted[low].str, s)) {
        return false;
    }
    *position = index->sorted[low].index;
    return true;
}

bool eg_str_index_repeated(const eg_str_index *index, size_t *position)
{
    bool found = false;
    for (size_t i = 1; i < index->count; i++) {
        const eg_str_entry *entry = &index->sorted[i];
        bool repeats = entry->str.len > 0 && eg_str_equal(entry->str, entry[-1].str);
        if (repeats && (!found || entry->index < *position)) {
            found = true;
            *position = entry->index;
        }
    }
    return found;
}

bool eg_str_index_is_repetition(const eg_str_index *index, eg_str s, size_t position)
{
    size_t first;
    return eg_str_index_find(index, s, &first) && first < position;
}
