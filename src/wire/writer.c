#include "wire/writer.h"

#include "base/base64.h"
#include "base/clones.h"
#include "base/hex.h"
#include "base/json_escape.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "crypto/hash.h"
#include "wire/decimal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

void eg_writer_init(eg_writer *w, eg_buf *out, eg_style style)
{
    w->out = out;
    w->style = style;
    w->depth = 0;
    w->level[0].is_map = false; /* the other levels are set when they are opened */
    w->level[0].started = false;
    w->level[0].expected = 1;
    w->level[0].written = 0;
}

void eg_writer_init_elements(eg_writer *w, eg_buf *out, eg_style style, bool first)
{
    eg_writer_init(w, out, style);
    w->level[0].expected = SIZE_MAX;
    w->level[0].started = !first;
}

/* A comma when one is due before the next element or key. */
static void separate(eg_writer *w)
{
    if (w->level[w->depth].started && w->style != EG_STYLE_MSGPACK) {
        eg_buf_append_str(w->out, w->style == EG_STYLE_TEXT ? EG_STR(", ") : EG_STR(","));
    }
    w->level[w->depth].started = true;
    w->level[w->depth].written++;
}

/* Before a value: elements are separated here, members at their key. */
static void before_value(eg_writer *w)
{
    if (!w->level[w->depth].is_map) {
        separate(w);
    }
}

static void put_byte(eg_writer *w, unsigned byte)
{
    eg_buf_append_char(w->out, (char)byte);
}

static void put_be(eg_writer *w, uint64_t value, unsigned bytes)
{
    char text[8];
    for (unsigned i = 0; i < bytes; i++) {
        text[i] = (char)(value >> (8 * (bytes - 1 - i)));
    }
    eg_buf_append(w->out, text, bytes);
}

/* MessagePack header of a map (0x80, 0xde) or an array (0x90, 0xdc), shortest form. */
static void put_container(eg_writer *w, unsigned fix, unsigned long_form, size_t count)
{
    if (count < 16) {
        put_byte(w, fix | (unsigned)count);
    } else if (count < 65536) {
        put_byte(w, long_form);
        put_be(w, count, 2);
    } else {
        put_byte(w, long_form + 1);
        put_be(w, count, 4);
    }
}

static void put_str_header(eg_writer *w, size_t n)
{
    if (n < 32) {
        put_byte(w, 0xa0 | (unsigned)n);
    } else if (n < 256) {
        put_byte(w, 0xd9);
        put_be(w, n, 1);
    } else if (n < 65536) {
        put_byte(w, 0xda);
        put_be(w, n, 2);
    } else {
        put_byte(w, 0xdb);
        put_be(w, n, 4);
    }
}

static void open_level(eg_writer *w, bool is_map, size_t expected)
{
    assert(w->depth + 1 < EG_WRITER_DEPTH_MAX);
    w->depth++;
    w->level[w->depth].is_map = is_map;
    w->level[w->depth].started = false;
    w->level[w->depth].expected = expected;
    w->level[w->depth].written = 0;
}

void eg_write_map(eg_writer *w, size_t members)
{
    before_value(w);
    if (w->style == EG_STYLE_MSGPACK) {
        put_container(w, 0x80, 0xde, members);
    } else {
        put_byte(w, '{');
    }
    open_level(w, true, members);
}

void eg_write_array(eg_writer *w, size_t elements)
{
    before_value(w);
    if (w->style == EG_STYLE_MSGPACK) {
        put_container(w, 0x90, 0xdc, elements);
    } else {
        put_byte(w, '[');
    }
    open_level(w, false, elements);
}

void eg_write_end(eg_writer *w)
{
    assert(w->depth > 0 && w->level[w->depth].written == w->level[w->depth].expected);
    if (w->style != EG_STYLE_MSGPACK) {
        put_byte(w, w->level[w->depth].is_map ? '}' : ']');
    }
    w->depth--;
}

/* ---- strings ---- */

/* Whether a byte can stand in a JSON string as it is. DEL is escaped in text style, as the
 * reference does. */
static bool is_plain(eg_style style, unsigned char c)
{
    if (c < 0x20 || c == '"' || c == '\\') {
        return false;
    }
    return style == EG_STYLE_JSON || c < 0x7f;
}

enum { SCAN = 32 };

/* Whether SCAN bytes are all plain. Without an early exit: the compiler takes them at once. */
static inline bool are_plain(eg_style style, const unsigned char *bytes)
{
    const unsigned char highest = style == EG_STYLE_JSON ? 0xff : 0x7e;
    unsigned char bad = 0;
    for (size_t i = 0; i < SCAN; i++) {
        unsigned char c = bytes[i];
        bad |= (unsigned char)(c < 0x20) | (unsigned char)(c == '"') | (unsigned char)(c == '\\') |
               (unsigned char)(c > highest);
    }
    return bad == 0;
}

/* How many bytes from the first on can stand as they are. */
EG_BYTE_LOOP static size_t plain_run(eg_style style, const unsigned char *bytes, size_t n)
{
    size_t run = 0;
    while (n - run >= SCAN && are_plain(style, bytes + run)) {
        run += SCAN;
    }
    while (run < n && is_plain(style, bytes[run])) {
        run++;
    }
    return run;
}

static void put_json_content(eg_writer *w, eg_str s)
{
    const unsigned char *bytes = (const unsigned char *)s.data;
    size_t i = 0;
    while (i < s.len) {
        size_t run = plain_run(w->style, bytes + i, s.len - i);
        eg_buf_append(w->out, s.data + i, run);
        i += run;
        if (i < s.len) {
            size_t n;
            eg_json_escape(w->out, eg_utf8_at(s, i, &n));
            i += n;
        }
    }
}

static void put_string(eg_writer *w, eg_str s)
{
    if (w->style == EG_STYLE_MSGPACK) {
        put_str_header(w, s.len);
        eg_buf_append_str(w->out, s);
    } else {
        put_byte(w, '"');
        put_json_content(w, s);
        put_byte(w, '"');
    }
}

void eg_write_key_str(eg_writer *w, eg_str name)
{
    separate(w);
    put_string(w, name);
    if (w->style != EG_STYLE_MSGPACK) {
        eg_buf_append_str(w->out, w->style == EG_STYLE_TEXT ? EG_STR(": ") : EG_STR(":"));
    }
}

void eg_write_key(eg_writer *w, const char *name)
{
    eg_write_key_str(w, eg_str_from(name));
}

void eg_write_str(eg_writer *w, eg_str value)
{
    before_value(w);
    put_string(w, value);
}

void eg_write_cstr(eg_writer *w, const char *value)
{
    eg_write_str(w, eg_str_from(value));
}

/* A string of n bytes that need no escape, to be filled by the caller; NULL when memory ran out. */
static char *ascii_string(eg_writer *w, size_t n)
{
    before_value(w);
    if (w->style == EG_STYLE_MSGPACK) {
        put_str_header(w, n);
    } else {
        put_byte(w, '"');
    }
    char *to = eg_buf_reserve(w->out, n + 1);
    if (to == NULL) {
        return NULL;
    }
    w->out->len += n;
    if (w->style != EG_STYLE_MSGPACK) {
        to[n] = '"';
        w->out->len++;
    }
    return to;
}

/* ---- scalars ---- */

void eg_write_null(eg_writer *w)
{
    before_value(w);
    if (w->style == EG_STYLE_MSGPACK) {
        put_byte(w, 0xc0);
    } else {
        eg_buf_append_str(w->out, EG_STR("null"));
    }
}

void eg_write_bool(eg_writer *w, bool value)
{
    before_value(w);
    if (w->style == EG_STYLE_MSGPACK) {
        put_byte(w, value ? 0xc3 : 0xc2);
    } else {
        eg_buf_append_str(w->out, value ? EG_STR("true") : EG_STR("false"));
    }
}

static void put_msgpack_unsigned(eg_writer *w, uint64_t v)
{
    if (v < 128) {
        put_byte(w, (unsigned)v);
    } else if (v < 256) {
        put_byte(w, 0xcc);
        put_be(w, v, 1);
    } else if (v < 65536) {
        put_byte(w, 0xcd);
        put_be(w, v, 2);
    } else if (v <= UINT32_MAX) {
        put_byte(w, 0xce);
        put_be(w, v, 4);
    } else {
        put_byte(w, 0xcf);
        put_be(w, v, 8);
    }
}

static void put_msgpack_negative(eg_writer *w, int64_t v)
{
    if (v >= -32) {
        put_byte(w, (unsigned)v & 0xffu);
    } else if (v >= INT8_MIN) {
        put_byte(w, 0xd0);
        put_be(w, (uint64_t)v, 1);
    } else if (v >= INT16_MIN) {
        put_byte(w, 0xd1);
        put_be(w, (uint64_t)v, 2);
    } else if (v >= INT32_MIN) {
        put_byte(w, 0xd2);
        put_be(w, (uint64_t)v, 4);
    } else {
        put_byte(w, 0xd3);
        put_be(w, (uint64_t)v, 8);
    }
}

void eg_write_int(eg_writer *w, int64_t value)
{
    before_value(w);
    if (w->style != EG_STYLE_MSGPACK) {
        char text[24];
        int n = snprintf(text, sizeof text, "%lld", (long long)value);
        eg_buf_append(w->out, text, (size_t)n);
    } else if (value >= 0) {
        put_msgpack_unsigned(w, (uint64_t)value);
    } else {
        put_msgpack_negative(w, value);
    }
}

/* The shortest of "%.*e" that reads back as the same number. */
static void shortest_scientific(char text[32], double value)
{
    for (int digits = 0; digits <= 16; digits++) {
        (void)snprintf(text, 32, "%.*e", digits, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
}

static void put_json_double(eg_writer *w, double value)
{
    char text[32];
    shortest_scientific(text, value);
    const char *e = strchr(text, 'e');
    assert(e != NULL); /* finite */
    long exponent = strtol(e + 1, NULL, 10);
    if (exponent < -4 || exponent >= 16) {
        eg_buf_append_str(w->out, eg_str_from(text)); /* C writes exponents as Python does */
        return;
    }
    /* as many decimals as the digits reach behind the point, and at least one */
    long digits = e - text - (text[0] == '-') - (strchr(text, '.') != NULL);
    long decimals = digits - 1 - exponent;
    int n = snprintf(text, sizeof text, "%.*f", (int)(decimals < 1 ? 1 : decimals), value);
    eg_buf_append(w->out, text, (size_t)n);
}

void eg_write_double(eg_writer *w, double value)
{
    before_value(w);
    if (w->style == EG_STYLE_MSGPACK) {
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        put_byte(w, 0xcb);
        put_be(w, bits, 8);
    } else {
        put_json_double(w, value);
    }
}

void eg_write_p(eg_writer *w, const eg_modp *value)
{
    char text[EG_P_HEX_MAX];
    size_t n = eg_modp_to_hex(text, value);
    char *to = ascii_string(w, n);
    if (to != NULL) {
        memcpy(to, text, n);
    }
}

void eg_write_q(eg_writer *w, const eg_modq *value)
{
    char text[EG_Q_HEX_MAX];
    size_t n = eg_modq_to_hex(text, value);
    char *to = ascii_string(w, n);
    if (to != NULL) {
        memcpy(to, text, n);
    }
    eg_wipe(text, sizeof text);
}

void eg_write_p_decimal(eg_writer *w, const eg_modp *value)
{
    char text[EG_P_DECIMAL_MAX + 1];
    eg_modp_to_decimal(text, value);
    eg_write_cstr(w, text);
}

void eg_write_q_decimal(eg_writer *w, const eg_modq *value)
{
    char text[EG_Q_DECIMAL_MAX + 1];
    eg_modq_to_decimal(text, value);
    eg_write_cstr(w, text);
    eg_wipe(text, sizeof text);
}

void eg_write_bytes_hex(eg_writer *w, const uint8_t *bytes, size_t n)
{
    static const uint8_t zero = 0;
    while (n > 0 && bytes[0] == 0) {
        bytes++;
        n--;
    }
    if (n == 0) {
        bytes = &zero;
        n = 1;
    }
    char *to = ascii_string(w, 2 * n);
    if (to != NULL) {
        eg_hex_encode(to, bytes, n);
    }
}

void eg_write_base64(eg_writer *w, const void *bytes, size_t n)
{
    char *to = ascii_string(w, EG_BASE64_ENCODED_LEN(n));
    if (to != NULL) {
        eg_base64_encode(to, bytes, n);
    }
}

void eg_write_bigint(eg_writer *w, eg_str digits)
{
    if (w->style == EG_STYLE_TEXT || w->style == EG_STYLE_COMPACT) {
        before_value(w);
        eg_buf_append_str(w->out, digits);
    } else {
        eg_write_str(w, digits);
    }
}
