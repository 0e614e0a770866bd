#include "election/contest_data.h"

#include "base/json_escape.h"
#include "base/secret.h"
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

/* ---- an overvote, in the dark ---- */

static const char overvote_head[] = "{\"error\": \"overvote\", \"error_data\": [";
enum {
    SEPARATOR = 2,
    PREFIX = EG_PADDED_BYTES - EG_PADDED_MESSAGE_MAX,
    SHIFTS = 9,
    HEAD = sizeof overvote_head - 1
};

/* Puts text at a secret offset below EG_PADDED_BYTES where mask is all ones; what reaches beyond
 * the end is lost. Bits of the offset shift it, each by its power of two. */
static void put_at(uint8_t out[EG_PADDED_BYTES], eg_str text, uint32_t offset, uint8_t mask)
{
    uint8_t now[EG_PADDED_BYTES] = {0}, shifted[EG_PADDED_BYTES];
    memcpy(now, text.data, text.len < sizeof now ? text.len : sizeof now);
    for (unsigned k = 0; k < SHIFTS; k++) {
        size_t by = (size_t)1 << k;
        uint8_t take = (uint8_t)(0u - (offset >> k & 1u));
        memset(shifted, 0, by);
        memcpy(shifted + by, now, sizeof now - by);
        for (size_t i = 0; i < sizeof now; i++) {
            now[i] = (uint8_t)((shifted[i] & take) | (now[i] & ~take));
        }
    }
    for (size_t i = 0; i < sizeof now; i++) {
        out[i] |= (uint8_t)(now[i] & mask);
    }
    eg_wipe(now, sizeof now);
    eg_wipe(shifted, sizeof shifted);
}

/* All ones when a is below b, both below 2^31. */
static uint32_t below_mask(uint32_t a, uint32_t b)
{
    return 0u - ((a - b) >> 31);
}

/* Bytes of the chosen ones that are listed before choice i, each with a separator. */
static uint32_t bytes_before(const eg_hidden_choice choices[], const eg_str quoted[], size_t count,
                             size_t i)
{
    uint32_t bytes = 0;
    for (size_t j = 0; j < count; j++) {
        uint32_t earlier = below_mask(choices[j].place, choices[i].place);
        uint32_t later = below_mask(choices[i].place, choices[j].place);
        uint32_t tie = j < i ? 0xffffffffu : 0u;
        uint32_t counts = (0u - choices[j].chosen) & (earlier | (~later & tie));
        bytes += counts & ((uint32_t)quoted[j].len + SEPARATOR);
    }
    return bytes;
}

/* The JSON strings of the ids, and what follows the list; in text. */
static eg_result quote_ids(eg_str **quoted, eg_str *tail, eg_buf *text,
                           const eg_hidden_choice choices[], size_t count,
                           const eg_contest_data *write_ins, eg_arena *scratch, eg_error *err)
{
    size_t *ends;
    EG_TRY(eg_arena_new(scratch, count, sizeof *ends, &ends, err));
    EG_TRY(eg_arena_new(scratch, count, sizeof **quoted, quoted, err));
    for (size_t i = 0; i < count; i++) {
        put_string(text, choices[i].selection_id);
        ends[i] = text->len;
    }
    eg_buf_append_str(text, EG_STR("], \"write_ins\": "));
    put_write_ins(text, write_ins);
    eg_buf_append_char(text, '}');
    EG_TRY(eg_buf_check(text, err));
    eg_str all = eg_buf_str(text);
    size_t start = 0;
    for (size_t i = 0; i < count; i++) {
        (*quoted)[i] = (eg_str){all.data + start, ends[i] - start};
        start = ends[i];
    }
    *tail = (eg_str){all.data + start, all.len - start};
    return EG_SUCCESS;
}

/* Every choice at its place, chosen or not; bytes of the list go into *listed. */
static void put_choices(uint8_t out[EG_PADDED_BYTES], uint32_t *listed,
                        const eg_hidden_choice choices[], const eg_str quoted[], size_t count)
{
    uint32_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t before = bytes_before(choices, quoted, count, i);
        uint32_t first = below_mask(before, 1);
        uint8_t chosen = (uint8_t)(0u - choices[i].chosen);
        uint32_t at = PREFIX + HEAD + before;
        put_at(out, EG_STR(", "), at - SEPARATOR, chosen & (uint8_t)~first);
        put_at(out, quoted[i], at, chosen);
        bytes += (0u - choices[i].chosen) & ((uint32_t)quoted[i].len + SEPARATOR);
    }
    *listed = bytes - (SEPARATOR & ~below_mask(bytes, 1)); /* none after the last */
}

static eg_result pad_overvote(uint8_t out[EG_PADDED_BYTES], unsigned *fits,
                              const eg_hidden_choice choices[], size_t count,
                              const eg_contest_data *write_ins, eg_buf *text, eg_arena *scratch,
                              eg_error *err)
{
    eg_str *quoted, tail;
    uint32_t listed;
    EG_TRY(quote_ids(&quoted, &tail, text, choices, count, write_ins, scratch, err));
    memset(out, 0, EG_PADDED_BYTES);
    put_at(out, (eg_str){overvote_head, HEAD}, PREFIX, 0xff);
    put_choices(out, &listed, choices, quoted, count);
    uint32_t tail_at = HEAD + listed;
    put_at(out, tail, PREFIX + tail_at, 0xff);
    uint32_t length = tail_at + (uint32_t)tail.len;
    uint32_t fill = EG_PADDED_MESSAGE_MAX - length;
    out[0] = (uint8_t)(fill >> 8);
    out[1] = (uint8_t)fill;
    *fits = below_mask(length, EG_PADDED_MESSAGE_MAX + 1) & 1u;
    return EG_SUCCESS;
}

eg_result eg_contest_data_pad_overvote(uint8_t out[EG_PADDED_BYTES], unsigned *fits,
                                       const eg_hidden_choice choices[], size_t count,
                                       const eg_write_in *write_ins, size_t write_in_count,
                                       eg_arena *scratch, eg_error *err)
{
    const eg_contest_data data = {.write_ins = write_ins, .write_in_count = write_in_count};
    eg_buf text;
    eg_buf_init(&text, NULL);
    eg_result result = pad_overvote(out, fits, choices, count, &data, &text, scratch, err);
    eg_buf_free(&text);
    return result;
}
