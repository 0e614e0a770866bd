#include "election/contest_data.h"

#include "base/json_escape.h"
#include "base/utf8.h"

static void put_string(eg_buf *out, eg_str s)
{
    eg_buf_append_char(out, '"');
    for (size_t i = 0, n; i < s.len; i += n) {
        uint32_t c = eg_utf8_at(s, i, &n);
        if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
            eg_buf_append_char(out, (char)c);
        } else {
            char escaped[EG_JSON_ESCAPE_MAX];
            eg_buf_append(out, escaped, eg_json_escape(escaped, c));
        }
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
    eg_result result = eg_buf_check(&text, err);
    if (!eg_failed(result)) {
        result = eg_padding_add(out, eg_buf_str(&text), err);
    }
    eg_buf_free(&text);
    return result;
}
