/* JSON by RapidJSON: for where there is no yajl, as in WebAssembly. The same values are taken and
 * refused as in json_parser_yajl.c.
 *
 * RapidJSON wants the text whole, so it is gathered as it comes and read when it has ended; strings
 * are decoded where they stand, and all of it is wiped. */
extern "C" {
#include "base/buf.h"
#include "base/utf8.h"
#include "wire/events.h"
#include "wire/json_number.h"
}

#include <cstdlib>
#include <cstring>

#define RAPIDJSON_ASSERT(condition) ((void)0)
#include <rapidjson/reader.h>

namespace {

struct json_parser {
    eg_parser base; /* first: the two are one */
    eg_buf text;
    eg_result result; /* of the event that stopped the reader */
    eg_error *err;
};

/* An escape may have been a surrogate's half, which RapidJSON writes as bytes that are no UTF-8. */
const char *const half_pair = "a string holds half a surrogate pair";
const char *const no_utf8 = "a string is not valid UTF-8";
const char *const ill_formed = "the JSON text is not well formed";
const char *const cut = "the JSON text ends too early";

/* Of the reader's stack, which holds no text: strings stay where they are. */
struct stack_allocator {
    enum { kNeedFree = 1 };

    void *Malloc(size_t n)
    {
        return Realloc(NULL, 0, n);
    }

    void *Realloc(void *memory, size_t, size_t n)
    {
        void *grown = n == 0 ? NULL : realloc(memory, n);
        if (n > 0 && grown == NULL) {
            abort(); /* RapidJSON does not look; it is some bytes for each level of nesting */
        }
        return grown;
    }

    static void Free(void *memory)
    {
        free(memory);
    }

    /* one lives in the reader's own memory otherwise */
    static void *operator new(size_t n)
    {
        return stack_allocator().Malloc(n);
    }

    static void operator delete(void *memory)
    {
        free(memory);
    }
};

typedef rapidjson::GenericReader<rapidjson::UTF8<>, rapidjson::UTF8<>, stack_allocator> json_reader;

struct handler {
    json_parser *p;
    rapidjson::InsituStringStream *text;

    bool deliver(const eg_event &event)
    {
        p->result = p->base.sink.event(p->base.sink.context, &event, p->err);
        return !eg_failed(p->result);
    }

    bool refuse(const char *why)
    {
        p->result = p->base.sink.refuse(p->base.sink.context, why, text->Tell(), p->err);
        return false;
    }

    bool node(eg_event_kind kind, const eg_node &value)
    {
        eg_event event = {};
        event.kind = kind;
        event.node = value;
        return deliver(event);
    }

    bool string(eg_event_kind kind, const char *data, size_t n)
    {
        eg_node value = {};
        value.kind = EG_STRING;
        value.as.str = {data, n};
        return eg_utf8_is_valid(value.as.str) ? node(kind, value) : refuse(no_utf8);
    }

    bool Null()
    {
        return node(EG_EVENT_SCALAR, eg_node());
    }

    bool Bool(bool truth)
    {
        eg_node value = {};
        value.kind = EG_BOOL;
        value.as.boolean = truth;
        return node(EG_EVENT_SCALAR, value);
    }

    bool RawNumber(const char *data, rapidjson::SizeType n, bool)
    {
        return node(EG_EVENT_SCALAR, eg_json_number({data, n}));
    }

    bool String(const char *data, rapidjson::SizeType n, bool)
    {
        return string(EG_EVENT_SCALAR, data, n);
    }

    bool Key(const char *data, rapidjson::SizeType n, bool)
    {
        return string(EG_EVENT_KEY, data, n);
    }

    bool StartObject()
    {
        return node(EG_EVENT_MAP, eg_node());
    }

    bool StartArray()
    {
        return node(EG_EVENT_ARRAY, eg_node());
    }

    bool EndObject(rapidjson::SizeType)
    {
        return node(EG_EVENT_END, eg_node());
    }

    bool EndArray(rapidjson::SizeType)
    {
        return node(EG_EVENT_END, eg_node());
    }

    /* all are raw */
    bool Int(int)
    {
        return false;
    }
    bool Uint(unsigned)
    {
        return false;
    }
    bool Int64(int64_t)
    {
        return false;
    }
    bool Uint64(uint64_t)
    {
        return false;
    }
    bool Double(double)
    {
        return false;
    }
};

json_parser *of(eg_parser *parser)
{
    return reinterpret_cast<json_parser *>(parser);
}

eg_result no_memory(eg_error *err)
{
    return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "the request needs more memory than it may use");
}

eg_result feed(eg_parser *parser, const unsigned char *bytes, size_t n, eg_error *err)
{
    json_parser *p = of(parser);
    eg_buf_append(&p->text, bytes, n);
    return p->text.failed ? no_memory(err) : EG_SUCCESS;
}

const char *reason(const rapidjson::ParseResult &outcome, size_t end)
{
    if (outcome.Code() == rapidjson::kParseErrorStringUnicodeSurrogateInvalid) {
        return half_pair;
    }
    return outcome.Offset() >= end ? cut : ill_formed;
}

/* One byte order mark at the very beginning is skipped. */
size_t bom_bytes(const eg_buf *text)
{
    return text->len > 3 && memcmp(text->data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

eg_result parse(json_parser *p, char *text, size_t n, eg_error *err)
{
    rapidjson::InsituStringStream stream(text);
    json_reader reader;
    handler events = {p, &stream};
    const unsigned flags = rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag |
                           rapidjson::kParseNumbersAsStringsFlag;
    const rapidjson::ParseResult outcome = reader.Parse<flags, rapidjson::InsituStringStream>(stream, events);
    if (eg_failed(p->result)) {
        return p->result;
    }
    if (outcome.IsError()) {
        return p->base.sink.refuse(p->base.sink.context, reason(outcome, n), outcome.Offset(), err);
    }
    return EG_SUCCESS;
}

eg_result finish(eg_parser *parser, eg_error *err)
{
    json_parser *p = of(parser);
    p->err = err;
    p->result = EG_SUCCESS;
    /* RapidJSON would take it for the end */
    const void *nul = p->text.len == 0 ? NULL : memchr(p->text.data, '\0', p->text.len);
    if (nul != NULL) {
        return p->base.sink.refuse(p->base.sink.context, ill_formed,
                                   static_cast<size_t>(static_cast<const char *>(nul) - p->text.data),
                                   err);
    }
    eg_buf_append_char(&p->text, '\0');
    if (p->text.failed) {
        return no_memory(err);
    }
    const size_t bom = bom_bytes(&p->text);
    return parse(p, p->text.data + bom, p->text.len - 1 - bom, err);
}

void release(eg_parser *parser)
{
    json_parser *p = of(parser);
    eg_buf_free(&p->text);
    free(p);
}

} // namespace

eg_result eg_json_parser_new(eg_parser **out, eg_budget *budget, eg_error *err)
{
    static const eg_parser_type type = {feed, finish, release};
    json_parser *p = static_cast<json_parser *>(calloc(1, sizeof *p));
    if (p == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "no memory to read the body");
    }
    p->base.type = &type;
    p->base.budget = budget;
    eg_buf_init(&p->text, budget);
    *out = &p->base;
    return EG_SUCCESS;
}
