#include "wire/fields.h"

#include "base/hex.h"
#include "base/utf8.h"
#include "crypto/hash.h"
#include "wire/decimal.h"

#include <math.h>
#include <stdio.h>

/* Name of the field for a sentence: the last step that has one. */
static eg_str shown(const eg_path *path)
{
    while (path != NULL && path->name == NULL) {
        path = path->up;
    }
    if (path == NULL) {
        return EG_STR("value");
    }
    return (eg_str){path->name, path->name_len < 48 ? path->name_len : 48};
}

/* Field names of the contract are ASCII; a key of the request that is shown here may hold anything.
 */
static const char *name_of(const eg_path *path, char out[64])
{
    eg_str name = shown(path);
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.data[i];
        out[i] = c >= 0x20 && c < 0x7f ? name.data[i] : '?';
    }
    out[name.len] = '\0';
    return out;
}

/* The sentence is "'<name>' <rest>", rest with its arguments. Uses path and err of the function it
 * stands in. */
#define FAIL_FIELD(code, ...)                                                                      \
    do {                                                                                           \
        char name_[64], rest_[128];                                                                \
        (void)snprintf(rest_, sizeof rest_, __VA_ARGS__);                                          \
        return EG_FAIL(err, (code), path, "'%s' %s", name_of(path, name_), rest_);                 \
    } while (0)

eg_result eg_need_map(const eg_node *node, const eg_path *path, eg_error *err)
{
    if (node->kind != EG_MAP) {
        FAIL_FIELD(EG_E_BAD_TYPE, "must be a map");
    }
    return EG_SUCCESS;
}

eg_result eg_need_array(const eg_node *node, const eg_path *path, size_t max_count, eg_error *err)
{
    if (node->kind != EG_ARRAY) {
        FAIL_FIELD(EG_E_BAD_TYPE, "must be a list");
    }
    if (node->as.array.count > max_count) {
        FAIL_FIELD(EG_E_OUT_OF_RANGE, "must hold at most %zu entries", max_count);
    }
    return EG_SUCCESS;
}

eg_result eg_field(const eg_node **out, const eg_node *map, const eg_path *at, const char *name,
                   eg_error *err)
{
    EG_TRY(eg_need_map(map, at, err));
    *out = eg_map_member(map, name);
    if (*out == NULL) {
        eg_path path = eg_path_field(at, name);
        return EG_FAIL(err, EG_E_MISSING_FIELD, &path, "Missing required field: %s", name);
    }
    return EG_SUCCESS;
}

eg_result eg_node_str(eg_str *out, const eg_node *node, const eg_path *path, size_t min_bytes,
                      size_t max_bytes, eg_error *err)
{
    if (node->kind == EG_BYTES) {
        FAIL_FIELD(EG_E_BAD_ENCODING, "must be UTF-8");
    }
    if (node->kind != EG_STRING) {
        FAIL_FIELD(EG_E_BAD_TYPE, "must be a string");
    }
    if (node->as.str.len < min_bytes || node->as.str.len > max_bytes) {
        FAIL_FIELD(EG_E_OUT_OF_RANGE, "must be %zu to %zu bytes long", min_bytes, max_bytes);
    }
    *out = node->as.str;
    return EG_SUCCESS;
}

/* An integer in any of its spellings. */
static bool as_integer(int64_t *out, const eg_node *node)
{
    if (node->kind == EG_INT) {
        *out = node->as.integer;
        return true;
    }
    if (node->kind == EG_FLOAT) {
        double value = node->as.real;
        *out = fabs(value) < 9e15 ? (int64_t)value : 0;
        return fabs(value) < 9e15 && floor(value) == value;
    }
    if (node->kind == EG_STRING) {
        eg_str s = node->as.str;
        bool negative = s.len > 1 && s.data[0] == '-';
        int64_t value = 0;
        if (s.len == 0 || s.len > 18) {
            return false;
        }
        for (size_t i = negative ? 1 : 0; i < s.len; i++) {
            if (s.data[i] < '0' || s.data[i] > '9') {
                return false;
            }
            value = value * 10 + (s.data[i] - '0');
        }
        *out = negative ? -value : value;
        return true;
    }
    return false;
}

static bool is_beyond_int64(const eg_node *node)
{
    if (node->kind == EG_BIGINT) {
        return true;
    }
    if (node->kind != EG_STRING || node->as.str.len <= 18) {
        return false;
    }
    for (size_t i = 0; i < node->as.str.len; i++) {
        if (node->as.str.data[i] < '0' || node->as.str.data[i] > '9') {
            return false;
        }
    }
    return true;
}

eg_result eg_node_count(uint32_t *out, const eg_node *node, const eg_path *path, uint32_t min,
                        uint32_t max, eg_error *err)
{
    int64_t value;
    if (is_beyond_int64(node)) {
        FAIL_FIELD(EG_E_OUT_OF_RANGE, "must be from %u to %u", min, max);
    }
    if (!as_integer(&value, node)) {
        FAIL_FIELD(EG_E_BAD_TYPE, "must be an integer from %u to %u", min, max);
    }
    if (value < (int64_t)min || value > (int64_t)max) {
        FAIL_FIELD(EG_E_OUT_OF_RANGE, "must be from %u to %u", min, max);
    }
    *out = (uint32_t)value;
    return EG_SUCCESS;
}

eg_result eg_node_int64(int64_t *out, const eg_node *node, const eg_path *path, eg_error *err)
{
    if (node->kind != EG_INT) {
        FAIL_FIELD(node->kind == EG_BIGINT ? EG_E_OUT_OF_RANGE : EG_E_BAD_TYPE,
                   "must be an integer of 64 bits");
    }
    *out = node->as.integer;
    return EG_SUCCESS;
}

eg_result eg_node_bool(bool *out, const eg_node *node, const eg_path *path, eg_error *err)
{
    if (node->kind != EG_BOOL) {
        FAIL_FIELD(EG_E_BAD_TYPE, "must be true or false");
    }
    *out = node->as.boolean;
    return EG_SUCCESS;
}

/* ---- elements in hexadecimal ---- */

static eg_result hex_text(eg_str *out, const eg_node *node, const eg_path *path, eg_error *err)
{
    if (node->kind != EG_STRING) {
        FAIL_FIELD(EG_E_BAD_TYPE, "must be a string of hexadecimal digits");
    }
    eg_str s = node->as.str;
    unsigned foreign = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.data[i];
        foreign |= (unsigned)((unsigned char)(c - '0') > 9) &
                   (unsigned)((unsigned char)((c | 32u) - 'a') > 5);
    }
    if (foreign != 0 || s.len == 0 || s.len % 2 != 0) {
        FAIL_FIELD(EG_E_BAD_ENCODING, "must be an even number of hexadecimal digits");
    }
    *out = s;
    return EG_SUCCESS;
}

eg_result eg_node_p_hex(eg_modp *out, const eg_node *node, const eg_path *path, eg_error *err)
{
    eg_str text;
    EG_TRY(hex_text(&text, node, path, err));
    if (!eg_modp_from_hex(out, text)) {
        FAIL_FIELD(EG_E_OUT_OF_RANGE, "must be below the modulus p");
    }
    return EG_SUCCESS;
}

eg_result eg_node_q_hex(eg_modq *out, const eg_node *node, const eg_path *path, eg_error *err)
{
    eg_str text;
    EG_TRY(hex_text(&text, node, path, err));
    if (!eg_modq_from_hex(out, text)) {
        FAIL_FIELD(EG_E_OUT_OF_RANGE, "must be below the order q");
    }
    return EG_SUCCESS;
}

eg_result eg_node_bytes_hex(uint8_t *out, size_t size, const eg_node *node, const eg_path *path,
                            eg_error *err)
{
    eg_str text;
    EG_TRY(hex_text(&text, node, path, err));
    while (text.len / 2 > size && text.data[0] == '0' && text.data[1] == '0') {
        text.data += 2;
        text.len -= 2;
    }
    if (text.len / 2 > size) {
        FAIL_FIELD(EG_E_OUT_OF_RANGE, "must hold at most %zu bytes", size);
    }
    memset(out, 0, size - text.len / 2);
    (void)eg_hex_decode(out + size - text.len / 2, text.data, text.len / 2);
    return EG_SUCCESS;
}

/* ---- big decimals ---- */

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static eg_str trim(eg_str s)
{
    while (s.len > 0 && is_space(s.data[0])) {
        s.data++;
        s.len--;
    }
    while (s.len > 0 && is_space(s.data[s.len - 1])) {
        s.len--;
    }
    return s;
}

/* Digits of a string or of an integer; small must outlive the result. */
static eg_result decimal_text(eg_str *out, char small[24], const eg_node *node, const eg_path *path,
                              eg_error *err)
{
    if (node->kind == EG_STRING) {
        *out = trim(node->as.str);
    } else if (node->kind == EG_BIGINT) {
        *out = node->as.str;
    } else if (node->kind == EG_INT) {
        int n = snprintf(small, 24, "%lld", (long long)node->as.integer);
        *out = (eg_str){small, (size_t)n};
    } else {
        FAIL_FIELD(EG_E_BAD_TYPE, "must be a decimal integer");
    }
    size_t sign = out->len > 1 && out->data[0] == '-' ? 1 : 0;
    if (out->len == 0) {
        FAIL_FIELD(EG_E_BAD_TYPE, "must be a decimal integer");
    }
    if (out->len > EG_DECIMAL_DIGITS_MAX) {
        FAIL_FIELD(EG_E_OUT_OF_RANGE, "must have at most %d digits", EG_DECIMAL_DIGITS_MAX);
    }
    for (size_t i = sign; i < out->len; i++) {
        if (out->data[i] < '0' || out->data[i] > '9') {
            FAIL_FIELD(EG_E_BAD_TYPE, "must be a decimal integer");
        }
    }
    if (sign != 0) {
        FAIL_FIELD(EG_E_OUT_OF_RANGE, "must not be negative");
    }
    return EG_SUCCESS;
}

eg_result eg_node_p_decimal(eg_modp *out, const eg_node *node, const eg_path *path, eg_error *err)
{
    eg_str text;
    char small[24];
    EG_TRY(decimal_text(&text, small, node, path, err));
    if (eg_modp_from_decimal(out, text) != EG_DECIMAL_OK) {
        FAIL_FIELD(EG_E_OUT_OF_RANGE, "must be below the modulus p");
    }
    return EG_SUCCESS;
}

eg_result eg_node_q_decimal(eg_modq *out, const eg_node *node, const eg_path *path, eg_error *err)
{
    eg_str text;
    char small[24];
    EG_TRY(decimal_text(&text, small, node, path, err));
    if (eg_modq_from_decimal(out, text) != EG_DECIMAL_OK) {
        FAIL_FIELD(EG_E_OUT_OF_RANGE, "must be below the order q");
    }
    return EG_SUCCESS;
}

eg_result eg_node_name(eg_str *out, const eg_node *node, const eg_path *path, size_t max_bytes,
                       eg_error *err)
{
    EG_TRY(eg_node_str(out, node, path, 1, max_bytes, err));
    if (eg_utf8_is_blank(*out)) {
        FAIL_FIELD(EG_E_OUT_OF_RANGE, "must not be white space alone");
    }
    return EG_SUCCESS;
}

eg_result eg_node_id(eg_str *out, const eg_node *node, const eg_path *path, eg_arena *arena,
                     eg_error *err)
{
    enum { ID_BYTES_MAX = 1024 }; /* api-contract.md 1.5 */
    if (node->kind == EG_INT) {
        char text[24];
        int n = snprintf(text, sizeof text, "%lld", (long long)node->as.integer);
        return eg_arena_copy_str(arena, (eg_str){text, (size_t)n}, out, err);
    }
    return eg_node_name(out, node, path, ID_BYTES_MAX, err);
}

/* ---- the same of a required field ---- */

#define READ_FIELD(call)                                                                           \
    const eg_node *node = NULL;                                                                    \
    eg_path field = eg_path_field(at, name);                                                       \
    EG_TRY(eg_field(&node, map, at, name, err));                                                   \
    return call

eg_result eg_read_str(const eg_node *map, const eg_path *at, const char *name, size_t min_bytes,
                      size_t max_bytes, eg_str *out, eg_error *err)
{
    READ_FIELD(eg_node_str(out, node, &field, min_bytes, max_bytes, err));
}

eg_result eg_read_name(const eg_node *map, const eg_path *at, const char *name, size_t max_bytes,
                       eg_str *out, eg_error *err)
{
    READ_FIELD(eg_node_name(out, node, &field, max_bytes, err));
}

eg_result eg_read_count(const eg_node *map, const eg_path *at, const char *name, uint32_t min,
                        uint32_t max, uint32_t *out, eg_error *err)
{
    READ_FIELD(eg_node_count(out, node, &field, min, max, err));
}

eg_result eg_read_int64(const eg_node *map, const eg_path *at, const char *name, int64_t *out,
                        eg_error *err)
{
    READ_FIELD(eg_node_int64(out, node, &field, err));
}

eg_result eg_read_bool(const eg_node *map, const eg_path *at, const char *name, bool *out,
                       eg_error *err)
{
    READ_FIELD(eg_node_bool(out, node, &field, err));
}

eg_result eg_read_p(const eg_node *map, const eg_path *at, const char *name, eg_modp *out,
                    eg_error *err)
{
    READ_FIELD(eg_node_p_hex(out, node, &field, err));
}

eg_result eg_read_q(const eg_node *map, const eg_path *at, const char *name, eg_modq *out,
                    eg_error *err)
{
    READ_FIELD(eg_node_q_hex(out, node, &field, err));
}

eg_result eg_read_bytes(const eg_node *map, const eg_path *at, const char *name, uint8_t *out,
                        size_t size, eg_error *err)
{
    READ_FIELD(eg_node_bytes_hex(out, size, node, &field, err));
}

eg_result eg_read_id(const eg_node *map, const eg_path *at, const char *name, eg_arena *arena,
                     eg_str *out, eg_error *err)
{
    READ_FIELD(eg_node_id(out, node, &field, arena, err));
}
