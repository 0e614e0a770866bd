/* Numbers, truth values and bytes, on the pieces of writer.c. */
#include "base/base64.h"
#include "base/hex.h"
#include "base/int_text.h"
#include "base/secret.h"
#include "crypto/hash.h"
#include "wire/decimal.h"
#include "wire/writer_parts.h"

#include <stdio.h>
#include <stdlib.h>

void eg_write_null(eg_writer *w)
{
    eg_writer_before_value(w);
    if (w->style == EG_STYLE_MSGPACK) {
        put_byte(w, 0xc0);
    } else {
        eg_buf_append_str(w->out, EG_STR("null"));
    }
}

void eg_write_bool(eg_writer *w, bool value)
{
    eg_writer_before_value(w);
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
        eg_writer_put_be(w, v, 1);
    } else if (v < 65536) {
        put_byte(w, 0xcd);
        eg_writer_put_be(w, v, 2);
    } else if (v <= UINT32_MAX) {
        put_byte(w, 0xce);
        eg_writer_put_be(w, v, 4);
    } else {
        put_byte(w, 0xcf);
        eg_writer_put_be(w, v, 8);
    }
}

static void put_msgpack_negative(eg_writer *w, int64_t v)
{
    if (v >= -32) {
        put_byte(w, (unsigned)v & 0xffu);
    } else if (v >= INT8_MIN) {
        put_byte(w, 0xd0);
        eg_writer_put_be(w, (uint64_t)v, 1);
    } else if (v >= INT16_MIN) {
        put_byte(w, 0xd1);
        eg_writer_put_be(w, (uint64_t)v, 2);
    } else if (v >= INT32_MIN) {
        put_byte(w, 0xd2);
        eg_writer_put_be(w, (uint64_t)v, 4);
    } else {
        put_byte(w, 0xd3);
        eg_writer_put_be(w, (uint64_t)v, 8);
    }
}

void eg_write_int(eg_writer *w, int64_t value)
{
    eg_writer_before_value(w);
    if (w->style != EG_STYLE_MSGPACK) {
        char text[EG_INT_TEXT_MAX];
        eg_buf_append(w->out, text, eg_int_text(text, value));
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
    if (e == NULL) { /* not finite: there is no such number in JSON */
        w->out->misused = true;
        return;
    }
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
    eg_writer_before_value(w);
    if (w->style == EG_STYLE_MSGPACK) {
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        put_byte(w, 0xcb);
        eg_writer_put_be(w, bits, 8);
    } else {
        put_json_double(w, value);
    }
}

void eg_write_p(eg_writer *w, const eg_modp *value)
{
    size_t start = eg_writer_open_string(w, EG_P_HEX_MAX);
    if (!w->out->failed) {
        w->out->len += eg_modp_to_hex(w->out->data + start, value);
    }
    eg_writer_close_string(w, start, EG_P_HEX_MAX);
}

void eg_write_q(eg_writer *w, const eg_modq *value)
{
    size_t start = eg_writer_open_string(w, EG_Q_HEX_MAX);
    if (!w->out->failed) {
        w->out->len += eg_modq_to_hex(w->out->data + start, value);
    }
    eg_writer_close_string(w, start, EG_Q_HEX_MAX);
}

void eg_write_p_decimal(eg_writer *w, const eg_modp *value)
{
    char text[EG_P_DECIMAL_MAX + 1];
    eg_modp_to_decimal_vartime(text, value);
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
    size_t start = eg_writer_open_string(w, 2 * n);
    if (!w->out->failed) {
        eg_hex_encode(w->out->data + start, bytes, n);
        w->out->len += 2 * n;
    }
    eg_writer_close_string(w, start, 2 * n);
}

void eg_write_base64(eg_writer *w, const void *bytes, size_t n)
{
    size_t encoded = EG_BASE64_ENCODED_LEN(n);
    size_t start = eg_writer_open_string(w, encoded);
    if (!w->out->failed) {
        eg_base64_encode(w->out->data + start, bytes, n);
        w->out->len += encoded;
    }
    eg_writer_close_string(w, start, encoded);
}

void eg_write_bigint(eg_writer *w, eg_str digits)
{
    if (w->style == EG_STYLE_TEXT || w->style == EG_STYLE_COMPACT) {
        eg_writer_before_value(w);
        eg_buf_append_str(w->out, digits);
    } else {
        eg_write_str(w, digits);
    }
}
