#include "wire/body.h"

#include "wire/builder.h"

#include <stdlib.h>

enum { NO_STREAM = -1, TOP_KEYS_MAX = 4096 };

struct eg_body {
    const char *const *streams;
    eg_body_sink sink;
    eg_arena *arena;
    eg_arena element_arena;
    eg_parser *parser;
    eg_builder builder;
    unsigned depth; /* containers open above the builder's value: 1 in the top map, 2 in a streamed
                       array */
    bool in_value;  /* the builder is at work */
    eg_str key;     /* of the top member being read */
    int stream;     /* the streamed array being read, or NO_STREAM */
    size_t index;   /* of its next element */
    eg_str seen[TOP_KEYS_MAX];
    size_t seen_count;
    bool ended;
};

static int stream_of(const eg_body *body, eg_str key)
{
    for (int i = 0; body->streams[i] != NULL; i++) {
        if (eg_str_equal(eg_str_from(body->streams[i]), key)) {
            return i;
        }
    }
    return NO_STREAM;
}

/* Path of the value being read. */
static eg_path *place(const eg_body *body, eg_path steps[2])
{
    steps[0] = eg_path_key(NULL, body->key.data, body->key.len);
    if (body->stream == NO_STREAM) {
        return &steps[0];
    }
    steps[1] = eg_path_index(&steps[0], body->index);
    return &steps[1];
}

static eg_result take_key(eg_body *body, eg_str key, eg_error *err)
{
    eg_path path = eg_path_key(NULL, key.data, key.len);
    for (size_t i = 0; i < body->seen_count; i++) {
        if (eg_str_equal(body->seen[i], key)) {
            return EG_FAIL(err, EG_E_DUPLICATE, &path, "a key stands twice in the request");
        }
    }
    if (body->seen_count == TOP_KEYS_MAX) {
        return EG_FAIL(err, EG_E_TOO_LARGE, NULL, "the request has too many fields");
    }
    EG_TRY(eg_arena_copy_str(body->arena, key, &body->key, err));
    body->seen[body->seen_count++] = body->key;
    return EG_SUCCESS;
}

static eg_result value_complete(eg_body *body, eg_error *err)
{
    eg_node value = body->builder.root;
    body->in_value = false;
    if (body->stream == NO_STREAM) {
        return body->sink.member(body->sink.context, body->key, &value, err);
    }
    eg_result result = body->sink.element(body->sink.context, (size_t)body->stream, body->index,
                                          &value, &body->element_arena, err);
    body->index++;
    eg_arena_reset(&body->element_arena);
    return result;
}

static eg_result into_builder(eg_body *body, const eg_event *event, eg_error *err)
{
    eg_path steps[2];
    if (!body->in_value) {
        eg_builder_restart(&body->builder);
        body->builder.arena = body->stream == NO_STREAM ? body->arena : &body->element_arena;
        body->builder.base_depth = body->depth;
        body->in_value = true;
    }
    EG_TRY(eg_builder_event(&body->builder, event, place(body, steps), err));
    return body->builder.complete ? value_complete(body, err) : EG_SUCCESS;
}

static eg_result end_here(eg_body *body, eg_error *err)
{
    body->depth--;
    if (body->depth == 0) {
        body->ended = true;
        return EG_SUCCESS;
    }
    int stream = body->stream;
    body->stream = NO_STREAM;
    return body->sink.stream_end(body->sink.context, (size_t)stream, body->index, err);
}

static eg_result on_event(void *context, const eg_event *event, eg_error *err)
{
    eg_body *body = context;
    if (body->in_value) {
        return into_builder(body, event, err);
    }
    if (body->depth == 0) {
        if (event->kind != EG_EVENT_MAP) {
            return EG_FAIL(err, EG_E_BAD_TYPE, NULL, "the body must be one map");
        }
        body->depth = 1;
        return EG_SUCCESS;
    }
    if (event->kind == EG_EVENT_END) {
        return end_here(body, err);
    }
    if (event->kind == EG_EVENT_KEY) {
        return take_key(body, event->node.as.str, err);
    }
    if (body->depth == 1 && event->kind == EG_EVENT_ARRAY &&
        stream_of(body, body->key) != NO_STREAM) {
        body->stream = stream_of(body, body->key);
        body->index = 0;
        body->depth = 2;
        return EG_SUCCESS;
    }
    return into_builder(body, event, err);
}

static eg_result on_refuse(void *context, const char *why, size_t offset, eg_error *err)
{
    eg_body *body = context;
    eg_path steps[2], inner[EG_NESTING_MAX + 1];
    const eg_path *at = body->depth == 0 ? NULL : place(body, steps);
    if (body->depth > 0 && body->in_value) {
        at = eg_builder_place(&body->builder, at, inner);
    }
    return EG_FAIL(err, EG_E_BAD_ENCODING, body->key.data == NULL ? NULL : at, "%s (near byte %zu)",
                   why, offset);
}

eg_result eg_body_new(eg_body **out, eg_encoding encoding, const char *const *streams,
                      const eg_body_sink *sink, eg_arena *arena, eg_budget *budget, eg_error *err)
{
    eg_body *body = calloc(1, sizeof *body);
    if (body == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "no memory to read the body");
    }
    body->streams = streams;
    body->sink = *sink;
    body->arena = arena;
    body->stream = NO_STREAM;
    eg_arena_init(&body->element_arena, budget);
    eg_builder_init(&body->builder, arena, 0);
    eg_event_sink events = {body, on_event, on_refuse};
    eg_result result = eg_parser_new(&body->parser, encoding, &events, budget, err);
    if (eg_failed(result)) {
        free(body);
        return result;
    }
    *out = body;
    return EG_SUCCESS;
}

eg_result eg_body_feed(eg_body *body, const void *bytes, size_t n, eg_error *err)
{
    return eg_parser_feed(body->parser, bytes, n, err);
}

eg_result eg_body_finish(eg_body *body, eg_error *err)
{
    if (body->parser->offset == 0) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, NULL, "the body is empty; it must be one map");
    }
    EG_TRY(eg_parser_finish(body->parser, err));
    EG_BUG_IF(err, !body->ended);
    return EG_SUCCESS;
}

void eg_body_free(eg_body *body)
{
    if (body == NULL) {
        return;
    }
    eg_parser_free(body->parser);
    eg_builder_free(&body->builder);
    eg_arena_free(&body->element_arena);
    free(body);
}
