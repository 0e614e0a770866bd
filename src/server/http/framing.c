#include "server/http/framing.h"

#include <string.h>

enum state {
    BEFORE, /* a request; one empty line is ignored there, as clients of old send it */
    BEFORE_LF,
    METHOD,
    TARGET,
    VERSION,
    VERSION_DIGIT,
    LINE_CR,
    LINE_LF,
    FIELD, /* the first byte of a header line, or of the empty one */
    NAME,
    VALUE,
    VALUE_LF,
    END_LF,
    BODY,
    SIZE, /* of a chunk */
    EXTENSION,
    SIZE_LF,
    CHUNK,
    CHUNK_CR,
    CHUNK_LF
};

/* ---- bytes ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool is_among(char c, const char *marks)
{
    return c != '\0' && strchr(marks, c) != NULL;
}

static bool is_token_byte(char c)
{
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || is_among(c, "!#$%&'*+-.^_`|~");
}

/* Neither a control character nor DEL; text beyond ASCII is the client's matter. */
static bool is_visible(char c)
{
    return (unsigned char)c > ' ' && c != 0x7f;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_host_byte(char c)
{
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || is_among(c, "-._~%!$&'()*+;=:[]");
}

static int hex_digit(char c)
{
    return is_digit(c) ? c - '0' : lower(c) >= 'a' && lower(c) <= 'f' ? lower(c) - 'a' + 10 : -1;
}

/* ---- faults ---- */

static bool fault(eg_framing *f, const char *why)
{
    f->fault = why;
    return false;
}

static bool move(eg_framing *f, enum state state)
{
    f->state = state;
    return true;
}

static bool move_if(eg_framing *f, bool good, enum state state, const char *why)
{
    return good ? move(f, state) : fault(f, why);
}

/* ---- header lines ---- */

static void begin_message(eg_framing *f)
{
    uint64_t heads = f->heads;
    *f = (eg_framing){.heads = heads, .state = METHOD};
}

static void begin_line(eg_framing *f)
{
    f->name_bytes = f->value_bytes = 0;
    f->number = 0;
    f->gap = f->spaced = false;
    f->is_number = f->is_host = true;
}

static void take_name(eg_framing *f, char c)
{
    if (f->name_bytes < sizeof f->name) {
        f->name[f->name_bytes] = lower(c);
    }
    f->name_bytes++;
}

static bool is_named(const eg_framing *f, const char *name)
{
    return f->name_bytes == strlen(name) && memcmp(f->name, name, f->name_bytes) == 0;
}

static void take_value(eg_framing *f, char c)
{
    if (is_space(c)) {
        f->gap = f->value_bytes > 0;
        return;
    }
    f->spaced = f->spaced || f->gap;
    f->is_host = f->is_host && is_host_byte(c);
    f->is_number = f->is_number && is_digit(c);
    if (f->is_number && (__builtin_mul_overflow(f->number, 10, &f->number) ||
                         __builtin_add_overflow(f->number, (uint64_t)(c - '0'), &f->number))) {
        f->number = UINT64_MAX / 16; /* and stays beyond what any body may have */
    }
    if (f->value_bytes < sizeof f->value) {
        f->value[f->value_bytes] = lower(c);
    }
    f->value_bytes++;
}

/* A member of a list with commas. */
static bool lists(const eg_framing *f, const char *word)
{
    size_t n = strlen(word), at = 0;
    while (f->value_bytes <= sizeof f->value && at + n <= f->value_bytes) {
        const char *comma = memchr(f->value + at, ',', f->value_bytes - at);
        size_t end = comma == NULL ? f->value_bytes : (size_t)(comma - f->value);
        if (end - at == n && memcmp(f->value + at, word, n) == 0) {
            return true;
        }
        at = end + 1;
    }
    return false;
}

static bool end_framing_line(eg_framing *f)
{
    bool length = is_named(f, "content-length"), coding = is_named(f, "transfer-encoding");
    f->lengths += length ? 1 : 0;
    f->codings += coding ? 1 : 0;
    if (f->lengths + f->codings > 1) {
        return fault(f, "the body's length must be given once, as Content-Length or as chunked");
    }
    /* libmicrohttpd keeps white space behind a value: no length nor coding to it */
    bool spaced = f->spaced || f->gap;
    bool octal = f->value_bytes > 1 && f->value[0] == '0'; /* to some readers */
    if (length && (f->value_bytes == 0 || !f->is_number || octal || spaced)) {
        return fault(f, "Content-Length must be a number");
    }
    if (coding && (f->http_1_0 || spaced || f->value_bytes != strlen("chunked") ||
                   memcmp(f->value, "chunked", f->value_bytes) != 0)) {
        return fault(f, "Transfer-Encoding must be chunked, in HTTP/1.1");
    }
    f->left = length ? f->number : f->left;
    return true;
}

static bool end_line(eg_framing *f)
{
    bool host = is_named(f, "host");
    bool frames = is_named(f, "content-length") || is_named(f, "transfer-encoding");
    f->state = FIELD;
    if (f->trailers) {
        return host || frames ? fault(f, "what frames a request must not stand behind its body")
                              : true;
    }
    if (host) {
        f->hosts++;
        return f->hosts == 1 && f->is_host && !f->spaced
                   ? true
                   : fault(f, "Host must be given once, as one name");
    }
    if (is_named(f, "connection")) {
        f->closes = f->closes || lists(f, "close");
        f->keeps = f->keeps || lists(f, "keep-alive");
    }
    return frames ? end_framing_line(f) : true;
}

static bool end_message(eg_framing *f)
{
    f->over = f->closes || (f->http_1_0 && !f->keeps);
    f->trailers = false;
    f->empty_line = false;
    return move(f, BEFORE);
}

static bool end_head(eg_framing *f)
{
    if (f->trailers) {
        return end_message(f);
    }
    if (f->hosts == 0 && !f->http_1_0) {
        return fault(f, "Host is missing");
    }
    f->heads++;
    if (f->codings > 0) {
        f->digits = 0;
        return move(f, SIZE);
    }
    return f->left > 0 ? move(f, BODY) : end_message(f);
}

/* ---- one byte in each state ---- */

static bool read_line_byte(eg_framing *f, char c)
{
    static const char version[] = "HTTP/1.";
    static const char why[] = "this is no request of HTTP/1.1";
    switch (f->state) {
    case BEFORE:
        if (c == '\r' && !f->empty_line) {
            f->empty_line = true;
            return move(f, BEFORE_LF);
        }
        begin_message(f);
        return is_token_byte(c) ? true : fault(f, why);
    case BEFORE_LF:
        return move_if(f, c == '\n', BEFORE, why);
    case METHOD:
        return c == ' ' ? move(f, TARGET) : is_token_byte(c) ? true : fault(f, why);
    case TARGET:
        if (c != ' ') {
            bool fits = f->has_target || is_among(c, "/*Hh"); /* a path, *, or http:// */
            f->has_target = true;
            return fits && is_visible(c) ? true : fault(f, why);
        }
        f->matched = 0;
        return move_if(f, f->has_target, VERSION, why);
    case VERSION:
        if (c != version[f->matched]) {
            return fault(f, why);
        }
        f->matched++;
        return version[f->matched] == '\0' ? move(f, VERSION_DIGIT) : true;
    case VERSION_DIGIT:
        f->http_1_0 = c == '0';
        return move_if(f, c == '0' || c == '1', LINE_CR, why);
    case LINE_CR:
        return move_if(f, c == '\r', LINE_LF, why);
    default: /* LINE_LF */
        return move_if(f, c == '\n', FIELD, why);
    }
}

static bool read_field_byte(eg_framing *f, char c)
{
    static const char name[] = "a header's name must be a token with a colon right behind it";
    static const char value[] = "a header's value must hold no control character";
    static const char end[] = "a line must end with CR and LF";
    if (f->trailers && ++f->trailer_bytes > EG_CHUNK_TRAILERS_MAX) {
        return fault(f, "too much stands behind the body");
    }
    switch (f->state) {
    case FIELD:
        if (c == '\r') {
            return move(f, END_LF);
        }
        if (is_space(c)) {
            return fault(f, "a header must stand on one line");
        }
        begin_line(f);
        take_name(f, c);
        return move_if(f, is_token_byte(c), NAME, name);
    case NAME:
        if (c == ':') {
            return move(f, VALUE);
        }
        take_name(f, c);
        return is_token_byte(c) ? true : fault(f, name);
    case VALUE:
        if (c == '\r') {
            return move(f, VALUE_LF);
        }
        take_value(f, c);
        return is_visible(c) || is_space(c) ? true : fault(f, value);
    case VALUE_LF:
        return c == '\n' ? end_line(f) : fault(f, end);
    default: /* END_LF */
        return c == '\n' ? end_head(f) : fault(f, end);
    }
}

static bool end_size(eg_framing *f)
{
    f->trailers = f->left == 0;
    f->trailer_bytes = 0;
    return move(f, f->trailers ? FIELD : CHUNK);
}

static bool read_size_byte(eg_framing *f, char c)
{
    enum { DIGITS_MAX = 16 };
    int digit = hex_digit(c);
    if (digit >= 0) {
        f->left = (f->digits == 0 ? 0 : f->left << 4) | (uint64_t)digit;
        return ++f->digits <= DIGITS_MAX ? true : fault(f, "a chunk's size is too large");
    }
    if (f->digits == 0 || (c != '\r' && c != ';')) {
        return fault(f, "a chunk must begin with its size in hexadecimal digits");
    }
    f->extension_bytes = 0;
    return move(f, c == '\r' ? SIZE_LF : EXTENSION);
}

static bool read_chunk_byte(eg_framing *f, char c)
{
    static const char end[] = "a chunk must end where its size says, with CR and LF";
    switch (f->state) {
    case SIZE:
        return read_size_byte(f, c);
    case EXTENSION:
        if (c == '\r' && f->extension_bytes > 0) {
            return move(f, SIZE_LF);
        }
        return (is_visible(c) || is_space(c)) && ++f->extension_bytes <= EG_CHUNK_EXTENSION_MAX
                   ? true
                   : fault(f, "what stands behind a chunk's size is not well formed");
    case SIZE_LF:
        return c == '\n' ? end_size(f) : fault(f, end);
    case CHUNK_CR:
        return move_if(f, c == '\r', CHUNK_LF, end);
    default: /* CHUNK_LF */
        f->digits = 0;
        return move_if(f, c == '\n', SIZE, end);
    }
}

static bool read_byte(eg_framing *f, char c)
{
    return f->state < FIELD  ? read_line_byte(f, c)
           : f->state < BODY ? read_field_byte(f, c)
                             : read_chunk_byte(f, c);
}

/* ---- many bytes ---- */

static bool is_in_head(const eg_framing *f)
{
    return f->state < BODY && !f->trailers;
}

/* Of a body or a chunk. */
static size_t skip(eg_framing *f, size_t n)
{
    size_t skipped = f->left < n ? (size_t)f->left : n;
    f->left -= skipped;
    if (f->left == 0 && f->state == CHUNK) {
        f->state = CHUNK_CR;
    } else if (f->left == 0) {
        (void)end_message(f);
    }
    return skipped;
}

size_t eg_framing_read(eg_framing *f, const char *bytes, size_t n)
{
    size_t at = 0, good = 0; /* good: where the head that is being read began */
    while (at < n && f->fault == NULL && !f->over) {
        if (f->state == BODY || f->state == CHUNK) {
            at += skip(f, n - at);
            continue;
        }
        bool head = is_in_head(f);
        good = !head || (f->state == BEFORE && !f->empty_line) ? at : good;
        if (read_byte(f, bytes[at])) {
            at++;
        } else {
            f->fault_in_head = head;
        }
    }
    return f->fault == NULL ? at : good;
}
