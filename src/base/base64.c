/* Ballots with their nonces and guardians' polynomials travel as base64: no address and no branch
 * depends on a character or a byte, apart from where white space stands. Arithmetic on bytes, block
 * by block, is vectorised by the compiler. */
#include "base/base64.h"

#include "base/clones.h"
#include "base/vbmi.h"

#include <endian.h>
#include <string.h>

enum {
    BLOCK_CHARACTERS = 64,
    BLOCK_BYTES = BLOCK_CHARACTERS / 4 * 3,
    STEP_CHARACTERS = 8, /* of one 64-bit word */
    STEP_BYTES = 6
};

/* All ones when x > limit; both below 128. */
static inline uint8_t above(uint8_t x, uint8_t limit)
{
    return (uint8_t)(0 - ((uint8_t)(limit - x) >> 7));
}

/* ---- writing ---- */

/* sextet is 0..63. What a range adds to the one before stands between the two characters that meet
 * there. */
static inline uint8_t character(uint8_t sextet)
{
    enum { LOWER = 'a' - 26 - 'A', DIGIT = '0' - 52 - ('a' - 26), PLUS = '+' - 62 - ('0' - 52) };
    enum { SLASH = '/' - 63 - ('+' - 62) };
    uint8_t c = (uint8_t)(sextet + 'A');
    c = (uint8_t)(c + (above(sextet, 25) & (uint8_t)LOWER));
    c = (uint8_t)(c + (above(sextet, 51) & (uint8_t)DIGIT));
    c = (uint8_t)(c + (above(sextet, 61) & (uint8_t)PLUS));
    return (uint8_t)(c + (above(sextet, 62) & (uint8_t)SLASH));
}

/* 48 bits to eight sextets in eight bytes, the first in the highest. */
static inline uint64_t spread(uint64_t v)
{
    v = (v & 0x0000ffffff000000u) << 8 | (v & 0x0000000000ffffffu);
    v = (v & 0x00fff00000fff000u) << 4 | (v & 0x00000fff00000fffu);
    return (v & 0x0fc00fc00fc00fc0u) << 2 | (v & 0x003f003f003f003fu);
}

/* The step's 48 bits, from a load of a whole word: six bytes would be put together in memory, which
 * costs more than the rest. Past its last step a block does not reach. */
static inline uint64_t bits_of_step(const uint8_t *block, size_t step)
{
    enum { SPARE = sizeof(uint64_t) - STEP_BYTES };
    bool last = step == BLOCK_BYTES / STEP_BYTES - 1;
    uint64_t v;
    memcpy(&v, block + step * STEP_BYTES - (last ? SPARE : 0), sizeof v);
    v = be64toh(v);
    return last ? v & 0x0000ffffffffffffu : v >> 8 * SPARE;
}

static inline void encode_block(char *out, const uint8_t *bytes)
{
    uint8_t sextets[BLOCK_CHARACTERS];
    for (size_t i = 0; i < BLOCK_CHARACTERS / STEP_CHARACTERS; i++) {
        uint64_t v = htobe64(spread(bits_of_step(bytes, i)));
        memcpy(sextets + i * STEP_CHARACTERS, &v, sizeof v);
    }
    for (size_t i = 0; i < BLOCK_CHARACTERS; i++) {
        out[i] = (char)character(sextets[i]);
    }
}

static void encode_three(char out[4], const uint8_t bytes[3])
{
    uint32_t v = (uint32_t)bytes[0] << 16 | (uint32_t)bytes[1] << 8 | bytes[2];
    for (unsigned i = 0; i < 4; i++) {
        out[i] = (char)character(v >> (18 - 6 * i) & 63);
    }
}

static void encode_last(char out[4], const uint8_t *bytes, size_t n)
{
    const uint8_t last[3] = {bytes[0], n == 2 ? bytes[1] : 0, 0};
    encode_three(out, last);
    out[2] = n == 2 ? out[2] : '=';
    out[3] = '=';
}

/* From the last block to the first: text written over its own bytes is then ahead of what is still
 * to be read. */
EG_BYTE_LOOP static void encode(char *out, const uint8_t *bytes, size_t n)
{
    size_t i = n - n % 3;
    if (n % 3 > 0) {
        encode_last(out + i / 3 * 4, bytes + i, n % 3);
    }
    for (; i % BLOCK_BYTES > 0; i -= 3) {
        encode_three(out + i / 3 * 4 - 4, bytes + i - 3);
    }
    for (; i > 0; i -= BLOCK_BYTES) {
        encode_block(out + i / 3 * 4 - BLOCK_CHARACTERS, bytes + i - BLOCK_BYTES);
    }
}

void eg_base64_encode_plain(char *out, const uint8_t *bytes, size_t n)
{
    encode(out, bytes, n);
}

void eg_base64_encode(char *out, const uint8_t *bytes, size_t n)
{
    size_t blocks = eg_vbmi_is_supported() ? n / EG_VBMI_BASE64_BYTES : 0;
    encode(out + blocks * EG_VBMI_CHARACTERS, bytes + blocks * EG_VBMI_BASE64_BYTES,
           n - blocks * EG_VBMI_BASE64_BYTES);
    if (blocks > 0) {
        eg_vbmi_base64_encode(out, bytes, blocks);
    }
}

/* ---- reading ---- */

enum { FOREIGN = 0x80 };

/* 0..63, or FOREIGN. Of the five ranges one matches at most. */
static inline uint8_t value_of(uint8_t c)
{
    uint8_t upper = (uint8_t)(c - 'A'), lower = (uint8_t)(c - 'a'), digit = (uint8_t)(c - '0');
    uint8_t is_upper = (uint8_t)(0 - (upper < 26)), is_lower = (uint8_t)(0 - (lower < 26));
    uint8_t is_digit = (uint8_t)(0 - (digit < 10));
    uint8_t is_plus = (uint8_t)(0 - (c == '+')), is_slash = (uint8_t)(0 - (c == '/'));
    uint8_t known = is_upper | is_lower | is_digit | is_plus | is_slash;
    return (uint8_t)((upper & is_upper) | ((lower + 26) & is_lower) | ((digit + 52) & is_digit) |
                     (62 & is_plus) | (63 & is_slash) | (FOREIGN & ~known));
}

static inline bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Eight sextets to 48 bits: the way of spread back. */
static inline uint64_t gather(uint64_t v)
{
    v = (v & 0x3f003f003f003f00u) >> 2 | (v & 0x003f003f003f003fu);
    v = (v & 0x0fff00000fff0000u) >> 4 | (v & 0x00000fff00000fffu);
    return (v & 0x00ffffff00000000u) >> 8 | (v & 0x0000000000ffffffu);
}

/* False when there is anything but characters of the alphabet; out is then undefined. */
static inline bool decode_block(uint8_t *restrict out, const char *restrict text)
{
    uint8_t sextets[BLOCK_CHARACTERS], bad = 0;
    for (size_t i = 0; i < BLOCK_CHARACTERS; i++) {
        sextets[i] = value_of((uint8_t)text[i]);
        bad |= sextets[i];
    }
    for (size_t i = 0; i < BLOCK_CHARACTERS / STEP_CHARACTERS; i++) {
        uint64_t v;
        memcpy(&v, sextets + i * STEP_CHARACTERS, sizeof v);
        v = htobe64(gather(be64toh(v)) << 16);
        memcpy(out + i * STEP_BYTES, &v, STEP_BYTES);
    }
    return (bad & FOREIGN) == 0;
}

typedef struct quartet {
    uint32_t bits;
    unsigned characters; /* of the alphabet, 0 to 3 between calls */
    unsigned pads;
} quartet;

/* One character outside the fast path. False when it cannot stand here. */
static bool take(quartet *q, uint8_t c, uint8_t *out, size_t *used)
{
    if (is_space(c)) {
        return true;
    }
    if (c == '=') {
        q->pads++;
        return q->characters >= 2 && q->characters + q->pads <= 4;
    }
    uint8_t value = value_of(c);
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

EG_BYTE_LOOP static bool decode(uint8_t *out, size_t *out_len, const char *text, size_t n)
{
    quartet q = {0};
    size_t used = 0;
    size_t i = 0;
    while (i < n) {
        if (q.characters == 0 && q.pads == 0 && n - i >= BLOCK_CHARACTERS &&
            decode_block(out + used, text + i)) {
            used += BLOCK_BYTES;
            i += BLOCK_CHARACTERS;
        } else if (!take(&q, (uint8_t)text[i++], out, &used)) {
            return false;
        }
    }
    if (!finish(&q, out, &used)) {
        return false;
    }
    *out_len = used;
    return true;
}

bool eg_base64_decode(uint8_t *out, size_t *out_len, const char *text, size_t n)
{
    return decode(out, out_len, text, n);
}
