#include "wire/builder.h"

#include "base/secret.h"
#include "base/sort.h"

#include <stdlib.h>

enum { FEW_KEYS = 16, PENDING_KEPT = 4096 };

void eg_builder_init(eg_builder *b, eg_arena *arena, unsigned base_depth)
{
    memset(b, 0, sizeof *b);
    b->arena = arena;
    b->budget = arena->budget;
    b->base_depth = base_depth;
}

void eg_builder_free(eg_builder *b)
{
    eg_wipe(b->pending, b->pending_capacity * sizeof *b->pending);
    free(b->pending);
    eg_budget_give(b->budget, b->pending_capacity * sizeof *b->pending);
    b->pending = NULL;
    b->pending_count = b->pending_capacity = 0;
}

void eg_builder_restart(eg_builder *b)
{
    b->depth = 0;
    b->pending_count = 0;
    b->complete = false;
}

const eg_path *eg_builder_place(const eg_builder *b, const eg_path *at,
                                eg_path steps[EG_NESTING_MAX + 1])
{
    for (unsigned d = 1; d <= b->depth; d++) {
        const eg_builder_level *level = &b->level[d];
        size_t children = (d < b->depth ? b->level[d + 1].first : b->pending_count) - level->first;
        if (level->is_map && !level->has_key) {
            break;
        }
        steps[d] = level->is_map ? eg_path_key(at, level->key.data, level->key.len)
                                 : eg_path_index(at, children);
        at = &steps[d];
    }
    return at;
}

static eg_result fail_at_place(const eg_builder *b, const eg_path *at, eg_code code,
                               const char *why, eg_error *err)
{
    eg_path steps[EG_NESTING_MAX + 1];
    return EG_FAIL(err, code, eg_builder_place(b, at, steps), "%s", why);
}

static eg_result grow(eg_builder *b, eg_error *err)
{
    size_t capacity = b->pending_capacity == 0 ? 64 : 2 * b->pending_capacity;
    size_t added = (capacity - b->pending_capacity) * sizeof *b->pending;
    if (!eg_budget_take(b->budget, added)) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "the request needs more memory than it may use");
    }
    eg_member *grown = realloc(b->pending, capacity * sizeof *grown);
    if (grown == NULL) {
        eg_budget_give(b->budget, added);
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "the request needs more memory than it may use");
    }
    b->pending = grown;
    b->pending_capacity = capacity;
    return EG_SUCCESS;
}

/* A finished node goes to its parent, or is the root. */
static eg_result place_node(eg_builder *b, const eg_node *node, eg_error *err)
{
    if (b->depth == 0) {
        b->root = *node;
        b->complete = true;
        if (b->pending_capacity > PENDING_KEPT) { /* not as long as the request lasts */
            eg_builder_free(b);
        }
        return EG_SUCCESS;
    }
    if (b->pending_count == b->pending_capacity) {
        EG_TRY(grow(b, err));
    }
    eg_builder_level *level = &b->level[b->depth];
    b->pending[b->pending_count++] = (eg_member){level->key, *node};
    level->has_key = false;
    return EG_SUCCESS;
}

static int by_key(const void *a, const void *b)
{
    return eg_str_compare(*(const eg_str *)a, *(const eg_str *)b);
}

static bool few_keys_differ(const eg_member *members, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            if (eg_str_equal(members[i].key, members[j].key)) {
                return false;
            }
        }
    }
    return true;
}

static eg_result check_keys(const eg_builder *b, const eg_member *members, size_t n,
                            const eg_path *at, eg_error *err)
{
    bool differ = true;
    if (n <= FEW_KEYS) {
        differ = few_keys_differ(members, n);
    } else {
        eg_str *keys = NULL;
        EG_TRY(eg_arena_new(b->arena, n, sizeof *keys, &keys, err));
        for (size_t i = 0; i < n; i++) {
            keys[i] = members[i].key;
        }
        eg_sort(keys, n, sizeof *keys, by_key);
        for (size_t i = 1; i < n && differ; i++) {
            differ = !eg_str_equal(keys[i - 1], keys[i]);
        }
    }
    return differ ? EG_SUCCESS
                  : fail_at_place(b, at, EG_E_DUPLICATE, "a key stands twice in one map", err);
}

static eg_result close_container(eg_builder *b, const eg_path *at, eg_error *err)
{
    eg_builder_level *level = &b->level[b->depth];
    size_t n = b->pending_count - level->first;
    eg_member *from = b->pending + level->first;
    eg_node node = {.kind = level->is_map ? EG_MAP : EG_ARRAY,
                    .depth = b->base_depth + b->depth - 1};
    if (level->is_map) {
        eg_member *members = NULL;
        EG_TRY(check_keys(b, from, n, at, err));
        EG_TRY(eg_arena_new(b->arena, n, sizeof *members, &members, err));
        if (n > 0) {
            memcpy(members, from, n * sizeof *members);
        }
        node.as.map.members = members;
        node.as.map.count = n;
    } else {
        eg_node *items = NULL;
        EG_TRY(eg_arena_new(b->arena, n, sizeof *items, &items, err));
        for (size_t i = 0; i < n; i++) {
            items[i] = from[i].value;
        }
        node.as.array.items = items;
        node.as.array.count = n;
    }
    b->pending_count = level->first;
    b->depth--;
    return place_node(b, &node, err);
}

static eg_result open_container(eg_builder *b, bool is_map, const eg_path *at, eg_error *err)
{
    if (b->base_depth + b->depth >= EG_NESTING_MAX) {
        return fail_at_place(b, at, EG_E_OUT_OF_RANGE, "the value is nested too deeply", err);
    }
    b->depth++;
    b->level[b->depth] = (eg_builder_level){.is_map = is_map, .first = b->pending_count};
    return EG_SUCCESS;
}

static bool has_text(eg_kind kind)
{
    return kind == EG_STRING || kind == EG_BYTES || kind == EG_BIGINT;
}

eg_result eg_builder_event(eg_builder *b, const eg_event *event, const eg_path *at, eg_error *err)
{
    eg_node node = event->node;
    switch (event->kind) {
    case EG_EVENT_KEY:
        EG_TRY(eg_arena_copy_str(b->arena, node.as.str, &b->level[b->depth].key, err));
        b->level[b->depth].has_key = true;
        return EG_SUCCESS;
    case EG_EVENT_MAP:
        return open_container(b, true, at, err);
    case EG_EVENT_ARRAY:
        return open_container(b, false, at, err);
    case EG_EVENT_END:
        return close_container(b, at, err);
    case EG_EVENT_SCALAR:
        break;
    }
    node.depth = b->base_depth + b->depth;
    if (has_text(node.kind)) {
        EG_TRY(eg_arena_copy_str(b->arena, event->node.as.str, &node.as.str, err));
    }
    return place_node(b, &node, err);
}
