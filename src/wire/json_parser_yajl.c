/* JSON by yajl. What yajl does not do is done here: lone surrogates are refused (it would turn them
 * into '?'), UTF-8 is checked to the letter, big integers are kept exactly, memory is charged to
 * the budget. */
#include "wire/events.h"

#include "base/buf.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "wire/json_number.h"

#include <stdlib.h>
#include <yajl/yajl_parse.h>

/* yajl reads a token that is not whole again from its start with each piece. */
enum { BOM_BYTES = 3, LONG_TOKEN_BYTES = 64 * 1024 };

typedef struct json_parser {
    eg_parser base;
    yajl_handle yajl;
    eg_result result; /* of the callback that stopped yajl */
    eg_error *err;    /* of the current call */
    size_t held;      /* bytes charged since the last event: an unfinished string is kept by yajl */
    eg_buf
        waiting; /* owned: bytes of a long token, kept until they are as many as yajl has of it */
    size_t from; /* offset of what yajl reads now */
    unsigned bom_seen;
    /* surrogate guard */
    enum { OUTSIDE, BACKSLASH, HEX } guard;
    unsigned hex_digits;
    uint32_t unit;
    bool high_pending; /* a high surrogate must be followed by a low one at once */
} json_parser;

static json_parser *of(eg_parser *parser)
{
    return (json_parser *)parser;
}

static int deliver(json_parser *p, const eg_event *event)
{
    eg_budget_give(p->base.budget, p->held);
    p->held = 0;
    p->result = p->base.sink.event(p->base.sink.context, event, p->err);
    return !eg_failed(p->result);
}

static int scalar(void *context, eg_node node)
{
    json_parser *p = context;
    eg_event event = {EG_EVENT_SCALAR, node};
    p->base.ended = p->base.depth == 0;
    return deliver(p, &event);
}

static int on_null(void *context)
{
    return scalar(context, (eg_node){.kind = EG_NULL});
}

static int on_boolean(void *context, int value)
{
    return scalar(context, (eg_node){.kind = EG_BOOL, .as.boolean = value != 0});
}

/* Of the token that yajl has just read. */
static int refuse_here(json_parser *p, const char *why)
{
    size_t at = p->from + yajl_get_bytes_consumed(p->yajl);
    p->result = p->base.sink.refuse(p->base.sink.context, why, at, p->err);
    return 0;
}

static int on_number(void *context, const char *text, size_t n)
{
    return scalar(context, eg_json_number((eg_str){text, n}));
}

/* yajl lets through overlong forms, encoded surrogates and what is above U+10FFFF. */
static int text_event(json_parser *p, eg_event_kind kind, const unsigned char *text, size_t n)
{
    eg_event event = {kind, {.kind = EG_STRING, .as.str = {(const char *)text, n}}};
    if (!eg_utf8_is_valid(event.node.as.str)) {
        return refuse_here(p, "a string is not valid UTF-8");
    }
    return deliver(p, &event);
}

static int on_string(void *context, const unsigned char *text, size_t n)
{
    json_parser *p = context;
    p->base.ended = p->base.depth == 0;
    return text_event(p, EG_EVENT_SCALAR, text, n);
}

static int on_key(void *context, const unsigned char *text, size_t n)
{
    return text_event(context, EG_EVENT_KEY, text, n);
}

static int open_container(json_parser *p, eg_event_kind kind)
{
    eg_event event = {.kind = kind};
    p->base.depth++;
    return deliver(p, &event);
}

static int on_map(void *context)
{
    return open_container(context, EG_EVENT_MAP);
}

static int on_array(void *context)
{
    return open_container(context, EG_EVENT_ARRAY);
}

static int on_end(void *context)
{
    json_parser *p = context;
    eg_event event = {.kind = EG_EVENT_END};
    p->base.depth--;
    p->base.ended = p->base.depth == 0;
    return deliver(p, &event);
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_map,
    .yajl_map_key = on_key,
    .yajl_end_map = on_end,
    .yajl_start_array = on_array,
    .yajl_end_array = on_end,
};

/* ---- the surrogate guard: escapes occur inside strings alone, so it needs no other context ----
 */

static bool end_of_escape(json_parser *p)
{
    bool high = p->unit >= 0xd800 && p->unit < 0xdc00;
    bool low = p->unit >= 0xdc00 && p->unit < 0xe000;
    bool good = p->high_pending ? low : !low;
    p->high_pending = high;
    return good;
}

static bool guard_byte(json_parser *p, unsigned char c)
{
    switch (p->guard) {
    case OUTSIDE:
        if (c == '\\') {
            p->guard = BACKSLASH;
            return true;
        }
        return !p->high_pending;
    case BACKSLASH:
        p->guard = c == 'u' ? HEX : OUTSIDE;
        p->hex_digits = 0;
        p->unit = 0;
        return c == 'u' || !p->high_pending;
    case HEX:
        p->unit =
            p->unit << 4 | (c <= '9' ? (unsigned)c - '0' : ((unsigned)c | 32u) - 'a' + 10) % 16;
        if (++p->hex_digits < 4) {
            return true;
        }
        p->guard = OUTSIDE;
        return end_of_escape(p);
    }
    return true;
}

/* Bytes up to the first lone surrogate; n when there is none. */
static size_t guarded_prefix(json_parser *p, const unsigned char *bytes, size_t n)
{
    size_t i = 0;
    while (i < n) {
        if (p->guard == OUTSIDE && !p->high_pending) {
            const unsigned char *next = memchr(bytes + i, '\\', n - i);
            if (next == NULL) {
                return n;
            }
            i = (size_t)(next - bytes);
        }
        if (!guard_byte(p, bytes[i])) {
            return i;
        }
        i++;
    }
    return n;
}

/* ---- feeding ---- */

static eg_result syntax_error(json_parser *p, eg_error *err)
{
    if (eg_failed(p->result)) {
        return p->result;
    }
    size_t at = p->from + yajl_get_bytes_consumed(p->yajl);
    return p->base.sink.refuse(p->base.sink.context, "the JSON text is not well formed", at, err);
}

static eg_result no_memory(eg_error *err)
{
    return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "the request needs more memory than it may use");
}

static eg_result parse(json_parser *p, const void *bytes, size_t n, size_t from, eg_error *err)
{
    p->from = from;
    p->err = err;
    p->result = EG_SUCCESS;
    if (yajl_parse(p->yajl, bytes, n) != yajl_status_ok) {
        return syntax_error(p, err);
    }
    return EG_SUCCESS;
}

/* end: offset behind what waits. */
static eg_result parse_waiting(json_parser *p, size_t end, eg_error *err)
{
    eg_result r = EG_SUCCESS;
    if (p->waiting.len > 0) {
        r = parse(p, p->waiting.data, p->waiting.len, end - p->waiting.len, err);
    }
    eg_buf_clear(&p->waiting);
    return r;
}

/* A long token grows by as much as yajl has of it at least, so that all of it is read about twice,
 * however small the pieces are. */
static eg_result parse_piece(json_parser *p, const unsigned char *bytes, size_t n, eg_error *err)
{
    size_t known = p->held - p->waiting.len;
    if (!eg_budget_take(p->base.budget, n)) {
        return no_memory(err);
    }
    p->held += n;
    if (known < LONG_TOKEN_BYTES) {
        return parse(p, bytes, n, p->base.offset, err);
    }
    eg_buf_append(&p->waiting, bytes, n);
    if (p->waiting.failed) {
        return no_memory(err);
    }
    return p->waiting.len < known ? EG_SUCCESS : parse_waiting(p, p->base.offset + n, err);
}

/* One byte order mark at the very beginning is skipped. */
static size_t skip_bom(json_parser *p, const unsigned char *bytes, size_t n)
{
    static const unsigned char bom[BOM_BYTES] = {0xef, 0xbb, 0xbf};
    size_t i = 0;
    while (i < n && p->bom_seen < BOM_BYTES && bytes[i] == bom[p->bom_seen]) {
        p->bom_seen++;
        i++;
    }
    return i;
}

static eg_result feed(eg_parser *parser, const unsigned char *bytes, size_t n, eg_error *err)
{
    json_parser *p = of(parser);
    if (p->bom_seen < BOM_BYTES) {
        size_t skipped = skip_bom(p, bytes, n);
        if (skipped < n && p->bom_seen > 0 && p->bom_seen < BOM_BYTES) {
            return p->base.sink.refuse(p->base.sink.context, "the JSON text is not well formed",
                                       p->base.offset, err);
        }
        bytes += skipped;
        n -= skipped;
        p->bom_seen = n > 0 ? BOM_BYTES : p->bom_seen;
    }
    size_t good = guarded_prefix(p, bytes, n);
    EG_TRY(parse_piece(p, bytes, good, err));
    if (good < n) {
        EG_TRY(parse_waiting(p, p->base.offset + good, err));
        return p->base.sink.refuse(p->base.sink.context, "a string holds half a surrogate pair",
                                   p->base.offset + good, err);
    }
    return EG_SUCCESS;
}

static eg_result finish(eg_parser *parser, eg_error *err)
{
    json_parser *p = of(parser);
    p->err = err;
    p->result = EG_SUCCESS;
    EG_TRY(parse_waiting(p, p->base.offset, err));
    if (yajl_complete_parse(p->yajl) != yajl_status_ok || !p->base.ended) {
        return eg_failed(p->result)
                   ? p->result
                   : p->base.sink.refuse(p->base.sink.context, "the JSON text ends too early",
                                         p->base.offset, err);
    }
    return EG_SUCCESS;
}

static void release(eg_parser *parser)
{
    json_parser *p = of(parser);
    eg_budget_give(p->base.budget, p->held);
    eg_buf_free(&p->waiting);
    if (p->yajl != NULL) {
        yajl_free(p->yajl);
    }
    free(p);
}

/* yajl's buffers held secrets: private keys travel as JSON strings. */
typedef struct sized {
    _Alignas(16) size_t bytes;
} sized;

static void *sized_malloc(void *context, size_t n)
{
    (void)context;
    sized *block = malloc(sizeof *block + n);
    if (block == NULL) {
        abort(); /* yajl does not look; the budget refuses long before the system does */
    }
    block->bytes = n;
    return block + 1;
}

static void sized_free(void *context, void *memory)
{
    (void)context;
    if (memory != NULL) {
        sized *block = (sized *)memory - 1;
        eg_wipe(memory, block->bytes);
        free(block);
    }
}

static void *sized_realloc(void *context, void *memory, size_t n)
{
    void *grown = sized_malloc(context, n);
    if (memory != NULL) {
        size_t old = ((sized *)memory - 1)->bytes;
        memcpy(grown, memory, old < n ? old : n);
        sized_free(context, memory);
    }
    return grown;
}

eg_result eg_json_parser_new(eg_parser **out, eg_budget *budget, eg_error *err)
{
    static const eg_parser_type type = {feed, finish, release};
    static yajl_alloc_funcs allocator = {sized_malloc, sized_realloc, sized_free, NULL};
    json_parser *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "no memory to read the body");
    }
    p->base.type = &type;
    p->base.budget = budget;
    eg_buf_init(&p->waiting, budget);
    p->yajl = yajl_alloc(&callbacks, &allocator, p);
    *out = &p->base;
    return EG_SUCCESS;
}
