#include "wire/tree.h"

#include "wire/builder.h"

typedef struct reading {
    eg_builder builder;
    const eg_path *path;
} reading;

static eg_result on_event(void *context, const eg_event *event, eg_error *err)
{
    reading *r = context;
    return eg_builder_event(&r->builder, event, r->path, err);
}

static eg_result on_refuse(void *context, const char *why, size_t offset, eg_error *err)
{
    reading *r = context;
    eg_path steps[EG_NESTING_MAX + 1];
    return EG_FAIL(err, EG_E_BAD_ENCODING, eg_builder_place(&r->builder, r->path, steps),
                   "%s (near byte %zu)", why, offset);
}

eg_result eg_tree_parse(eg_node *out, eg_encoding encoding, eg_str bytes, unsigned depth,
                        eg_arena *arena, const eg_path *path, eg_error *err)
{
    reading r = {.path = path};
    eg_parser *parser = NULL;
    eg_event_sink sink = {&r, on_event, on_refuse};
    eg_builder_init(&r.builder, arena, depth);
    EG_TRY(eg_parser_new(&parser, encoding, &sink, arena->budget, err));
    eg_result result = eg_parser_feed(parser, bytes.data, bytes.len, err);
    if (!eg_failed(result)) {
        result = eg_parser_finish(parser, err);
    }
    if (!eg_failed(result)) {
        *out = r.builder.root;
    }
    eg_parser_free(parser);
    eg_builder_free(&r.builder);
    return result;
}

const eg_node *eg_map_member(const eg_node *map, const char *name)
{
    eg_str key = eg_str_from(name);
    for (size_t i = 0; i < map->as.map.count; i++) {
        if (eg_str_equal(map->as.map.members[i].key, key)) {
            return &map->as.map.members[i].value;
        }
    }
    return NULL;
}

const eg_node *eg_map_find(const eg_node *map, const char *name)
{
    const eg_node *found = eg_map_member(map, name);
    return found == NULL || found->kind == EG_NULL ? NULL : found;
}
