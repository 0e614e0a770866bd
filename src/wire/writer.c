/* Structure and strings; numbers are in writer_scalars.c. */
#include "wire/writer.h"

#include "base/base64.h"
#include "base/clones.h"
#include "base/json_escape.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "wire/writer_parts.h"

void eg_writer_init(eg_writer *w, eg_buf *out, eg_style style)
{
    w->out = out;
    w->style = style;
    w->strings = 0;
    w->depth = 0;
    w->beyond = 0;
    w->level[0].is_map = false; /* the other levels are set when they are opened */
    w->level[0].started = false;
}

void eg_writer_init_elements(eg_writer *w, eg_buf *out, eg_style style, bool first)
{
    eg_writer_init(w, out, style);
    w->level[0].started = !first;
}

/* What was to be written is no value: a fault of the caller's. */
static void misuse(eg_writer *w)
{
    w->out->misused = true;
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
void eg_writer_before_value(eg_writer *w)
{
    if (!w->level[w->depth].is_map) {
        separate(w);
    } else if (w->level[w->depth].has_key) {
        w->level[w->depth].has_key = false;
    } else {
        misuse(w);
    }
}

static void before_key(eg_writer *w)
{
    if (!w->level[w->depth].is_map || w->level[w->depth].has_key) {
        misuse(w);
    }
    w->level[w->depth].has_key = true;
    separate(w);
}

void eg_writer_put_be(eg_writer *w, uint64_t value, unsigned bytes)
{
    char text[8];
    for (unsigned i = 0; i < bytes; i++) {
        text[i] = (char)(value >> (8 * (bytes - 1 - i)));
    }
    eg_buf_append(w->out, text, bytes);
}

enum { CONTAINER_HEADER_MAX = 5 };

/* MessagePack header of a map or an array, shortest form; its bytes. */
static size_t container_header(char to[CONTAINER_HEADER_MAX], bool is_map, size_t count)
{
    size_t bytes = count < 16 ? 1 : count < 65536 ? 3 : 5;
    unsigned fix = is_map ? 0x80 : 0x90, long_form = is_map ? 0xde : 0xdc;
    to[0] = (char)(bytes == 1 ? fix | (unsigned)count : bytes == 3 ? long_form : long_form + 1);
    for (size_t i = 1; i < bytes; i++) {
        to[i] = (char)(count >> 8 * (bytes - 1 - i));
    }
    return bytes;
}

enum { STR_HEADER_MAX = 5 };

static size_t str_header_bytes(size_t n)
{
    return n < 32 ? 1 : n < 256 ? 2 : n < 65536 ? 3 : 5;
}

static size_t str_header(char to[STR_HEADER_MAX], size_t n)
{
    size_t bytes = str_header_bytes(n);
    to[0] = (char)(bytes == 1 ? 0xa0 | n : bytes == 2 ? 0xd9 : bytes == 3 ? 0xda : 0xdb);
    for (size_t i = 1; i < bytes; i++) {
        to[i] = (char)(n >> 8 * (bytes - 1 - i));
    }
    return bytes;
}

static void open_level(eg_writer *w, bool is_map, size_t about)
{
    char header[CONTAINER_HEADER_MAX];
    eg_writer_before_value(w);
    size_t at = w->out->len;
    if (w->style == EG_STYLE_MSGPACK) {
        eg_buf_append(w->out, header, container_header(header, is_map, about));
    } else {
        put_byte(w, is_map ? '{' : '[');
    }
    if (w->depth + 1 >= EG_WRITER_DEPTH_MAX) {
        w->beyond++;
        misuse(w);
        return;
    }
    w->depth++;
    w->level[w->depth].is_map = is_map;
    w->level[w->depth].started = false;
    w->level[w->depth].has_key = false;
    w->level[w->depth].is_sent = false;
    w->level[w->depth].header = at;
    w->level[w->depth].announced = about;
    w->level[w->depth].written = 0;
}

void eg_write_map(eg_writer *w)
{
    open_level(w, true, 0);
}

void eg_write_map_of(eg_writer *w, size_t members)
{
    open_level(w, true, members);
}

void eg_write_array(eg_writer *w, size_t elements)
{
    open_level(w, false, elements);
}

/* Puts new_bytes of a header in front of what begins at content, where there are old_bytes of it.
 */
static void renew_header(eg_buf *out, size_t content, const char *header, size_t new_bytes,
                         size_t old_bytes)
{
    if (out->failed ||
        (new_bytes > old_bytes && eg_buf_reserve(out, new_bytes - old_bytes) == NULL)) {
        return;
    }
    size_t n = out->len - content;
    char *begin = out->data + content - old_bytes;
    if (new_bytes != old_bytes) {
        memmove(begin + new_bytes, begin + old_bytes, n);
    }
    memcpy(begin, header, new_bytes);
    if (new_bytes < old_bytes) {
        eg_wipe(begin + new_bytes + n, old_bytes - new_bytes);
    }
    out->len = content - old_bytes + new_bytes + n;
}

/* The header tells of as many members as there were. */
static void settle_header(eg_writer *w)
{
    char header[CONTAINER_HEADER_MAX];
    bool is_map = w->level[w->depth].is_map;
    size_t announced = w->level[w->depth].announced, written = w->level[w->depth].written;
    if (written == announced) {
        return;
    }
    size_t old_bytes = container_header(header, is_map, announced);
    size_t new_bytes = container_header(header, is_map, written);
    renew_header(w->out, w->level[w->depth].header + old_bytes, header, new_bytes, old_bytes);
}

void eg_write_end(eg_writer *w)
{
    if (w->beyond > 0) {
        w->beyond--;
        return;
    }
    bool is_wrong =
        w->level[w->depth].is_sent && w->level[w->depth].written != w->level[w->depth].announced;
    if (w->depth == 0 || is_wrong || (w->level[w->depth].is_map && w->level[w->depth].has_key)) {
        misuse(w);
    } else if (w->style == EG_STYLE_MSGPACK) {
        settle_header(w);
    } else {
        put_byte(w, w->level[w->depth].is_map ? '}' : ']');
    }
    w->depth -= w->depth > 0 ? 1 : 0;
}

void eg_writer_continue(eg_writer *w, eg_buf *out)
{
    w->out = out;
    for (unsigned i = 1; i <= w->depth; i++) {
        w->level[i].is_sent = true;
    }
    w->level[w->depth].written = w->level[w->depth].announced;
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

/* A quote or a backslash: within k strings 2^k - 1 backslashes stand before it. */
static void put_special(eg_writer *w, char c)
{
    size_t before = ((size_t)1 << w->strings) - 1;
    char *to = eg_buf_reserve(w->out, before + 1);
    if (to != NULL) {
        to[0] = '\\'; /* nearly always the only one: a loop alone would call memset for it */
        for (size_t i = 1; i < before; i++) {
            to[i] = '\\';
        }
        to[before] = c;
        w->out->len += before + 1;
    }
}

static void put_escape(eg_writer *w, uint32_t code_point)
{
    char text[EG_JSON_ESCAPE_MAX];
    size_t n = eg_json_escape(text, code_point);
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '"' || text[i] == '\\') {
            put_special(w, text[i]);
        } else {
            eg_buf_append_char(w->out, text[i]);
        }
    }
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
            put_escape(w, eg_utf8_at(s, i, &n));
            i += n;
        }
    }
}

static void put_string(eg_writer *w, eg_str s)
{
    if (w->style == EG_STYLE_MSGPACK) {
        char header[STR_HEADER_MAX];
        eg_buf_append(w->out, header, str_header(header, s.len));
        eg_buf_append_str(w->out, s);
    } else {
        put_special(w, '"');
        put_json_content(w, s);
        put_special(w, '"');
    }
}

static void put_colon(eg_writer *w)
{
    if (w->style != EG_STYLE_MSGPACK) {
        eg_buf_append_str(w->out, w->style == EG_STYLE_TEXT ? EG_STR(": ") : EG_STR(":"));
    }
}

void eg_write_key_str(eg_writer *w, eg_str name)
{
    before_key(w);
    put_string(w, name);
    put_colon(w);
}

/* A third of an answer's calls: not searched for what to escape, of which it has nothing. */
void eg_write_key(eg_writer *w, const char *name)
{
    eg_str s = eg_str_from(name);
    if (w->style == EG_STYLE_MSGPACK) {
        eg_write_key_str(w, s);
        return;
    }
    before_key(w);
    put_special(w, '"');
    eg_buf_append_str(w->out, s);
    put_special(w, '"');
    put_colon(w);
}

void eg_write_str(eg_writer *w, eg_str value)
{
    eg_writer_before_value(w);
    put_string(w, value);
}

void eg_write_cstr(eg_writer *w, const char *value)
{
    eg_write_str(w, eg_str_from(value));
}

/* ---- strings that are written where they stand ---- */

size_t eg_writer_open_string(eg_writer *w, size_t most)
{
    char header[STR_HEADER_MAX];
    eg_writer_before_value(w);
    if (w->style == EG_STYLE_MSGPACK) {
        eg_buf_append(w->out, header, str_header(header, most));
    } else {
        put_special(w, '"');
    }
    (void)eg_buf_reserve(w->out, most);
    return w->out->len;
}

void eg_writer_close_string(eg_writer *w, size_t start, size_t most)
{
    if (w->out->failed) {
        return;
    }
    size_t n = w->out->len - start;
    if (w->style != EG_STYLE_MSGPACK) {
        put_special(w, '"');
    } else if (n != most) {
        char header[STR_HEADER_MAX];
        size_t bytes = str_header(header, n);
        renew_header(w->out, start, header, bytes, str_header_bytes(most));
    }
}

/* Most objects have so many bytes at least: their headers in MessagePack are long ones. */
enum { INNER_BYTES = 1024 };

void eg_write_inner(eg_writer *w, eg_writer *inner, eg_style style)
{
    if (style != EG_STYLE_TEXT && style != EG_STYLE_MSGPACK) {
        misuse(w);
    }
    size_t start = eg_writer_open_string(w, INNER_BYTES);
    eg_writer_init(inner, w->out, style);
    inner->strings = w->style == EG_STYLE_MSGPACK ? 0 : w->strings + 1;
    inner->start = start;
}

/* Bytes from start to the end of the buffer become their base64. */
static void to_base64(eg_buf *out, size_t start)
{
    size_t n = out->len - start, encoded = EG_BASE64_ENCODED_LEN(n);
    if (eg_buf_reserve(out, encoded - n) != NULL) {
        char *data = out->data + start;
        eg_base64_encode(data, (const uint8_t *)data, n);
        out->len = start + encoded;
    }
}

void eg_write_inner_end(eg_writer *w, const eg_writer *inner)
{
    if (inner->style == EG_STYLE_MSGPACK && !w->out->failed) {
        to_base64(w->out, inner->start);
    }
    eg_writer_close_string(w, inner->start, INNER_BYTES);
}
