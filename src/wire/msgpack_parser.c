/* MessagePack by libmpack's tokenizer; nesting, strings in pieces and what is refused are handled
 * here. */
#include "base/buf.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "wire/events.h"

#include <math.h>
#include <mpack.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct level {
    bool is_map;
    uint64_t left; /* values (and keys) still to come */
} level;

typedef struct msgpack_parser {
    eg_parser base;
    mpack_tokbuf_t tokens;
    level stack[EG_NESTING_MAX + 1];
    bool in_string;
    bool is_bin;
    uint32_t string_left;
    eg_buf string; /* owned: a string that arrives in pieces */
} msgpack_parser;

static msgpack_parser *of(eg_parser *parser)
{
    return (msgpack_parser *)parser;
}

static eg_result refuse(msgpack_parser *p, const char *why, eg_error *err)
{
    return p->base.sink.refuse(p->base.sink.context, why, p->base.offset, err);
}

static eg_result send(msgpack_parser *p, const eg_event *event, eg_error *err)
{
    return p->base.sink.event(p->base.sink.context, event, err);
}

/* A value (or key) is complete: closes what it completes. */
static eg_result value_done(msgpack_parser *p, eg_error *err)
{
    while (p->base.depth > 0 && --p->stack[p->base.depth].left == 0) {
        eg_event end = {.kind = EG_EVENT_END};
        p->base.depth--;
        EG_TRY(send(p, &end, err));
    }
    p->base.ended = p->base.depth == 0;
    return EG_SUCCESS;
}

static bool is_key_next(const msgpack_parser *p)
{
    const level *top = &p->stack[p->base.depth];
    return p->base.depth > 0 && top->is_map && top->left % 2 == 0;
}

static eg_result scalar(msgpack_parser *p, eg_node node, eg_error *err)
{
    bool is_key = is_key_next(p);
    if (is_key && node.kind != EG_STRING) {
        return refuse(p, "the keys of a map must be strings", err);
    }
    eg_event event = {is_key ? EG_EVENT_KEY : EG_EVENT_SCALAR, node};
    EG_TRY(send(p, &event, err));
    if (is_key) {
        p->stack[p->base.depth].left--;
        return EG_SUCCESS;
    }
    return value_done(p, err);
}

static eg_result container(msgpack_parser *p, bool is_map, uint32_t count, eg_error *err)
{
    if (is_key_next(p)) {
        return refuse(p, "the keys of a map must be strings", err);
    }
    eg_event event = {.kind = is_map ? EG_EVENT_MAP : EG_EVENT_ARRAY};
    EG_TRY(send(p, &event, err)); /* who builds the tree refuses what is nested too deeply */
    EG_BUG_IF(err, p->base.depth == EG_NESTING_MAX);
    if (count == 0) {
        event.kind = EG_EVENT_END;
        EG_TRY(send(p, &event, err));
        return value_done(p, err);
    }
    p->base.depth++;
    p->stack[p->base.depth] = (level){is_map, is_map ? 2 * (uint64_t)count : count};
    return EG_SUCCESS;
}

static eg_result string_done(msgpack_parser *p, eg_str text, eg_error *err)
{
    bool valid = eg_utf8_is_valid(text);
    p->in_string = false;
    if (!valid && !p->is_bin) {
        return refuse(p, "a string is not valid UTF-8", err);
    }
    return scalar(p, (eg_node){.kind = valid ? EG_STRING : EG_BYTES, .as.str = text}, err);
}

static eg_result string_begin(msgpack_parser *p, uint32_t length, bool is_bin, eg_error *err)
{
    p->in_string = true;
    p->is_bin = is_bin;
    p->string_left = length;
    eg_buf_clear(&p->string);
    return length == 0 ? string_done(p, EG_STR(""), err) : EG_SUCCESS;
}

static eg_result string_piece(msgpack_parser *p, eg_str piece, eg_error *err)
{
    p->string_left -= (uint32_t)piece.len;
    if (p->string_left == 0 && p->string.len == 0) {
        return string_done(p, piece, err); /* came in one piece: no copy */
    }
    eg_buf_append_str(&p->string, piece);
    if (p->string.failed) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "the request needs more memory than it may use");
    }
    return p->string_left == 0 ? string_done(p, eg_buf_str(&p->string), err) : EG_SUCCESS;
}

static eg_node unsigned_node(uint64_t value, char digits[24])
{
    if (value <= INT64_MAX) {
        return (eg_node){.kind = EG_INT, .as.integer = (int64_t)value};
    }
    int n = snprintf(digits, 24, "%llu", (unsigned long long)value);
    return (eg_node){.kind = EG_BIGINT, .as.str = {digits, (size_t)n}};
}

static eg_result token(msgpack_parser *p, const mpack_token_t *t, eg_error *err)
{
    char digits[24];
    double real;
    if (p->base.ended) {
        return refuse(p, "there are bytes behind the value", err);
    }
    switch (t->type) {
    case MPACK_TOKEN_NIL:
        return scalar(p, (eg_node){.kind = EG_NULL}, err);
    case MPACK_TOKEN_BOOLEAN:
        return scalar(p, (eg_node){.kind = EG_BOOL, .as.boolean = mpack_unpack_boolean(*t) != 0},
                      err);
    case MPACK_TOKEN_UINT:
        return scalar(p, unsigned_node(mpack_unpack_uint(*t), digits), err);
    case MPACK_TOKEN_SINT:
        return scalar(p, (eg_node){.kind = EG_INT, .as.integer = mpack_unpack_sint(*t)}, err);
    case MPACK_TOKEN_FLOAT:
        real = mpack_unpack_float_fast(*t);
        return isfinite(real) ? scalar(p, (eg_node){.kind = EG_FLOAT, .as.real = real}, err)
                              : refuse(p, "a number is not finite", err);
    case MPACK_TOKEN_CHUNK:
        return string_piece(p, (eg_str){t->data.chunk_ptr, t->length}, err);
    case MPACK_TOKEN_ARRAY:
        return container(p, false, t->length, err);
    case MPACK_TOKEN_MAP:
        return container(p, true, t->length, err);
    case MPACK_TOKEN_BIN:
        return string_begin(p, t->length, true, err);
    case MPACK_TOKEN_STR:
        return string_begin(p, t->length, false, err);
    case MPACK_TOKEN_EXT:
        break;
    }
    return refuse(p, "extension types are not allowed", err);
}

static eg_result feed(eg_parser *parser, const unsigned char *bytes, size_t n, eg_error *err)
{
    msgpack_parser *p = of(parser);
    const char *at = (const char *)bytes;
    while (n > 0) {
        mpack_token_t t;
        int status = mpack_read(&p->tokens, &at, &n, &t);
        if (status == MPACK_EOF) {
            return EG_SUCCESS;
        }
        if (status != MPACK_OK) {
            return refuse(p, "the MessagePack is not well formed", err);
        }
        EG_TRY(token(p, &t, err));
    }
    return EG_SUCCESS;
}

static eg_result finish(eg_parser *parser, eg_error *err)
{
    msgpack_parser *p = of(parser);
    return p->base.ended ? EG_SUCCESS : refuse(p, "the MessagePack ends too early", err);
}

static void release(eg_parser *parser)
{
    msgpack_parser *p = of(parser);
    eg_buf_free(&p->string);
    eg_wipe(p, sizeof *p);
    free(p);
}

eg_result eg_msgpack_parser_new(eg_parser **out, eg_budget *budget, eg_error *err)
{
    static const eg_parser_type type = {feed, finish, release};
    msgpack_parser *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "no memory to read the body");
    }
    p->base.type = &type;
    p->base.budget = budget;
    mpack_tokbuf_init(&p->tokens);
    eg_buf_init(&p->string, budget);
    *out = &p->base;
    return EG_SUCCESS;
}
