#include "base/hex.h"

#include "base/clones.h"
#include "base/vbmi.h"

/* Arithmetic on bytes instead of a table of characters: vectorised by the compiler (a fifth of the
 * time of the same arithmetic on int), and no address or branch depends on the data. */

/* nibble is 0..15; letter_gap: from the character after '9' to the first letter */
static inline uint8_t digit(uint8_t nibble, uint8_t letter_gap)
{
    uint8_t is_letter = (uint8_t)(9 - nibble) >> 7;
    return (uint8_t)(nibble + '0' + ((uint8_t)-is_letter & letter_gap));
}

static inline void encode_with(char *restrict out, const uint8_t *restrict bytes, size_t n,
                               uint8_t letter_gap)
{
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = (char)digit(bytes[i] >> 4, letter_gap);
        out[2 * i + 1] = (char)digit(bytes[i] & 15u, letter_gap);
    }
}

EG_BYTE_LOOP static void encode_upper(char *out, const uint8_t *bytes, size_t n)
{
    encode_with(out, bytes, n, 'A' - '0' - 10);
}

void eg_hex_encode_plain(char *out, const uint8_t *bytes, size_t n)
{
    encode_upper(out, bytes, n);
}

void eg_hex_encode(char *out, const uint8_t *bytes, size_t n)
{
    size_t blocks = eg_vbmi_is_supported() ? n / EG_VBMI_HEX_BYTES : 0;
    size_t done = blocks * EG_VBMI_HEX_BYTES;
    if (blocks > 0) {
        eg_vbmi_hex_encode(out, bytes, blocks);
    }
    if (done < n) {
        encode_upper(out + 2 * done, bytes + done, n - done);
    }
}

void eg_hex_encode_lower(char *out, const uint8_t *bytes, size_t n)
{
    encode_with(out, bytes, n, 'a' - '0' - 10);
}

/* All ones when value is below limit, else 0: a comparison and no ?:, which would branch at -O0. */
static inline uint8_t below(uint8_t value, uint8_t limit)
{
    return (uint8_t)(0 - (value < limit));
}

/* 0..15, or 255 (with bit 7 set) for a character that is no digit */
static inline uint8_t nibble_of(uint8_t c)
{
    uint8_t decimal = (uint8_t)(c - '0');
    uint8_t letter = (uint8_t)((c | 0x20u) - 'a');
    uint8_t is_decimal = below(decimal, 10), is_letter = below(letter, 6);
    return (uint8_t)((decimal & is_decimal) | ((letter + 10u) & is_letter) |
                     (0xffu ^ (is_decimal | is_letter)));
}

EG_BYTE_LOOP static bool decode(uint8_t *restrict out, const char *restrict digits, size_t n)
{
    uint8_t bad = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t high = nibble_of((uint8_t)digits[2 * i]);
        uint8_t low = nibble_of((uint8_t)digits[2 * i + 1]);
        bad |= high | low;
        out[i] = (uint8_t)((unsigned)high << 4 | (low & 15u));
    }
    return (bad & 0x80u) == 0;
}

bool eg_hex_decode(uint8_t *out, const char *digits, size_t n)
{
    return decode(out, digits, n);
}
