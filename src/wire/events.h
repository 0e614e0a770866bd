/* What a body consists of, as a stream of events: the same for JSON and MessagePack. Private to
 * this folder. */
#ifndef EG_WIRE_EVENTS_H
#define EG_WIRE_EVENTS_H

#include "wire/node.h"

typedef enum eg_event_kind {
    EG_EVENT_SCALAR, /* node holds it; a string's bytes are borrowed for the call alone */
    EG_EVENT_KEY,    /* node holds a string */
    EG_EVENT_MAP,
    EG_EVENT_ARRAY,
    EG_EVENT_END /* of the innermost map or array */
} eg_event_kind;

typedef struct eg_event {
    eg_event_kind kind;
    eg_node node;
} eg_event;

typedef struct eg_event_sink {
    void *context;
    eg_result (*event)(void *context, const eg_event *event, eg_error *err);
    /* A parser found the text wrong: the sink raises the error at the place that it has reached. */
    eg_result (*refuse)(void *context, const char *why, size_t offset, eg_error *err);
} eg_event_sink;

typedef struct eg_parser eg_parser;

/* budget is charged for what the parser itself holds. */
eg_result eg_parser_new(eg_parser **out, eg_encoding encoding, const eg_event_sink *sink,
                        eg_budget *budget, eg_error *err) EG_MUST_USE;
eg_result eg_parser_feed(eg_parser *parser, const void *bytes, size_t n, eg_error *err) EG_MUST_USE;
/* After the last byte: one whole value must have ended. */
eg_result eg_parser_finish(eg_parser *parser, eg_error *err) EG_MUST_USE;
void eg_parser_free(eg_parser *parser);

/* The two implementations. */
typedef struct eg_parser_type {
    eg_result (*feed)(eg_parser *parser, const unsigned char *bytes, size_t n, eg_error *err);
    eg_result (*finish)(eg_parser *parser, eg_error *err);
    void (*free)(eg_parser *parser);
} eg_parser_type;

struct eg_parser {
    const eg_parser_type *type;
    eg_event_sink sink;
    eg_budget *budget;
    size_t offset; /* bytes fed before the current call */
    unsigned depth;
    bool ended; /* the value is complete */
};

/* Two files implement JSON, and the build takes one: json_parser_yajl.c, or
 * json_parser_rapidjson.cpp for where there is no yajl, as in WebAssembly
 * (docs/decisions/0030-seams.md). */
#ifdef __cplusplus
extern "C"
#endif
    eg_result
    eg_json_parser_new(eg_parser **out, eg_budget *budget, eg_error *err) EG_MUST_USE;
eg_result eg_msgpack_parser_new(eg_parser **out, eg_budget *budget, eg_error *err) EG_MUST_USE;

#endif
