#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void eg_base64_encode(char *out, const uint8_t *bytes, size_t n)
{
    size_t i = 0;
    for (; i + 3 <= n; i += 3, out += 4) {
        uint32_t v = (uint32_t)bytes[i] << 16 | (uint32_t)bytes[i + 1] << 8 | bytes[i + 2];
        out[0] = alphabet[v >> 18];
        out[1] = alphabet[v >> 12 & 63];
        out[2] = alphabet[v >> 6 & 63];
        out[3] = alphabet[v & 63];
    }
    if (i == n) {
        return;
    }
    uint32_t v = (uint32_t)bytes[i] << 16 | (i + 1 < n ? (uint32_t)bytes[i + 1] << 8 : 0);
    out[0] = alphabet[v >> 18];
    out[1] = alphabet[v >> 12 & 63];
    out[2] = i + 1 < n ? alphabet[v >> 6 & 63] : '=';
    out[3] = '=';
}

enum { FOREIGN = 0x80, SPACE = 0x81, PAD = 0x82 };

/* clang-format off */
#define X4(v) v, v, v, v
#define X16(v) X4(v), X4(v), X4(v), X4(v)
static const uint8_t value_of[256] = {
    X4(FOREIGN), X4(FOREIGN), FOREIGN, SPACE, SPACE, SPACE, SPACE, SPACE, FOREIGN, FOREIGN, X16(FOREIGN),
    SPACE, FOREIGN, FOREIGN, FOREIGN, X4(FOREIGN), FOREIGN, FOREIGN, FOREIGN, 62, FOREIGN, FOREIGN, FOREIGN, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, FOREIGN, FOREIGN, FOREIGN, PAD, FOREIGN, FOREIGN,
    FOREIGN, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, FOREIGN, FOREIGN, FOREIGN, FOREIGN, FOREIGN,
    FOREIGN, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, FOREIGN, FOREIGN, FOREIGN, FOREIGN, FOREIGN,
    X16(FOREIGN), X16(FOREIGN), X16(FOREIGN), X16(FOREIGN),
    X16(FOREIGN), X16(FOREIGN), X16(FOREIGN), X16(FOREIGN),
};
/* clang-format on */

typedef struct quartet {
    uint32_t bits;
    unsigned characters; /* of the alphabet, 0 to 3 between calls */
    unsigned pads;
} quartet;

/* One character outside the fast path. False when it cannot stand here. */
static bool take(quartet *q, uint8_t value, uint8_t *out, size_t *used)
{
    if (value == SPACE) {
        return true;
    }
    if (value == PAD) {
        q->pads++;
        return q->characters >= 2 && q->characters + q->pads <= 4;
    }
    if (value == FOREIGN || q->pads > 0) {
        return false;
    }
    q->bits = q->bits << 6 | value;
    if (++q->characters == 4) {
        out[(*used)++] = (uint8_t)(q->bits >> 16);
        out[(*used)++] = (uint8_t)(q->bits >> 8);
        out[(*used)++] = (uint8_t)q->bits;
        *q = (quartet){0};
    }
    return true;
}

static bool finish(const quartet *q, uint8_t *out, size_t *used)
{
    if (q->characters == 0) {
        return q->pads == 0;
    }
    if (q->characters + q->pads != 4) {
        return false;
    }
    if (q->characters == 2) {
        out[(*used)++] = (uint8_t)(q->bits >> 4);
        return (q->bits & 15u) == 0;
    }
    out[(*used)++] = (uint8_t)(q->bits >> 10);
    out[(*used)++] = (uint8_t)(q->bits >> 2);
    return (q->bits & 3u) == 0;
}

bool eg_base64_decode(uint8_t *out, size_t *out_len, const char *text, size_t n)
{
    const unsigned char *in = (const unsigned char *)text;
    quartet q = {0};
    size_t used = 0;
    size_t i = 0;
    while (i < n) {
        if (q.characters == 0 && q.pads == 0 && i + 4 <= n) {
            uint32_t a = value_of[in[i]], b = value_of[in[i + 1]];
            uint32_t c = value_of[in[i + 2]], d = value_of[in[i + 3]];
            if (((a | b | c | d) & 0x80u) == 0) {
                uint32_t bits = a << 18 | b << 12 | c << 6 | d;
                out[used] = (uint8_t)(bits >> 16);
                out[used + 1] = (uint8_t)(bits >> 8);
                out[used + 2] = (uint8_t)bits;
                used += 3;
                i += 4;
                continue;
            }
        }
        if (!take(&q, value_of[in[i++]], out, &used)) {
            return false;
        }
    }
    if (!finish(&q, out, &used)) {
        return false;
    }
    *out_len = used;
    return true;
}
