#include "election/contest_data.h"

#include "base/secret.h"

#include <stdio.h>

static void put_escape(eg_buf *out, unsigned unit)
{
    char text[8];
    (void)snprintf(text, sizeof text, "\\u%04x", unit & 0xffffu);
    eg_buf_append(out, text, 6);
}

/* Code point at s, its bytes in *n. The text is valid UTF-8. */
static uint32_t code_point(const unsigned char *s, size_t *n)
{
    if (s[0] < 0x80) {
        *n = 1;
        return s[0];
    }
    *n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    uint32_t c = s[0] & (0xffu >> (*n + 1));
    for (size_t i = 1; i < *n; i++) {
        c = c << 6 | (s[i] & 0x3fu);
    }
    return c;
}

static void put_char(eg_buf *out, uint32_t c)
{
    static const char short_of[] = "\b\t\n\f\r\"\\", letter[] = "btnfr\"\\";
    const char *found = c != 0 && c < 0x80 ? strchr(short_of, (int)c) : NULL;
    if (found != NULL) {
        eg_buf_append_char(out, '\\');
        eg_buf_append_char(out, letter[found - short_of]);
    } else if (c >= 0x20 && c < 0x7f) {
        eg_buf_append_char(out, (char)c);
    } else if (c < 0x10000) {
        put_escape(out, c);
    } else {
        put_escape(out, 0xd800 + ((c - 0x10000) >> 10));
        put_escape(out, 0xdc00 + ((c - 0x10000) & 0x3ff));
    }
}

static void put_string(eg_buf *out, eg_str s)
{
    eg_buf_append_char(out, '"');
    for (size_t i = 0, n; i < s.len; i += n) {
        put_char(out, code_point((const unsigned char *)s.data + i, &n));
    }
    eg_buf_append_char(out, '"');
}

static void put_ids(eg_buf *out, const eg_contest_data *data)
{
    if (data->error_ids == NULL) {
        eg_buf_append_str(out, EG_STR("null"));
        return;
    }
    eg_buf_append_char(out, '[');
    for (size_t i = 0; i < data->error_id_count; i++) {
        eg_buf_append_str(out, i == 0 ? EG_STR("") : EG_STR(", "));
        put_string(out, data->error_ids[i]);
    }
    eg_buf_append_char(out, ']');
}

static void put_write_ins(eg_buf *out, const eg_contest_data *data)
{
    if (data->write_ins == NULL) {
        eg_buf_append_str(out, EG_STR("null"));
        return;
    }
    eg_buf_append_char(out, '{');
    for (size_t i = 0; i < data->write_in_count; i++) {
        eg_buf_append_str(out, i == 0 ? EG_STR("") : EG_STR(", "));
        put_string(out, data->write_ins[i].selection_id);
        eg_buf_append_str(out, EG_STR(": "));
        put_string(out, data->write_ins[i].text);
    }
    eg_buf_append_char(out, '}');
}

void eg_contest_data_text(eg_buf *out, const eg_contest_data *data)
{
    static const char *const names[] = {"null", "\"nullvote\"", "\"undervote\"", "\"overvote\""};
    eg_buf_append_str(out, EG_STR("{\"error\": "));
    eg_buf_append_str(out, eg_str_from(names[data->error]));
    eg_buf_append_str(out, EG_STR(", \"error_data\": "));
    put_ids(out, data);
    eg_buf_append_str(out, EG_STR(", \"write_ins\": "));
    put_write_ins(out, data);
    eg_buf_append_char(out, '}');
}

eg_result eg_contest_data_pad(uint8_t out[EG_PADDED_BYTES], const eg_contest_data *data,
                              eg_error *err)
{
    eg_buf text;
    eg_buf_init(&text, NULL);
    eg_contest_data_text(&text, data);
    eg_result result = text.failed
                           ? EG_FAIL(err, EG_E_TOO_LARGE, NULL, "no memory for the contest data")
                           : eg_padding_add(out, eg_buf_str(&text), err);
    eg_buf_free(&text);
    return result;
}
