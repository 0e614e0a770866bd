#include "base/hex.h"

/* Arithmetic instead of a table of characters: vectorised by the compiler, and no address depends
 * on the data. */
static inline char digit(unsigned nibble, unsigned letter_gap)
{
    return (char)(nibble + '0' + (((9u - nibble) >> 31) & 1u) * letter_gap);
}

void eg_hex_encode(char *out, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digit(bytes[i] >> 4, 'A' - '0' - 10);
        out[2 * i + 1] = digit(bytes[i] & 15u, 'A' - '0' - 10);
    }
}

void eg_hex_encode_lower(char *out, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digit(bytes[i] >> 4, 'a' - '0' - 10);
        out[2 * i + 1] = digit(bytes[i] & 15u, 'a' - '0' - 10);
    }
}

/* 0..15, or 255 (with bit 7 set) for a character that is no digit */
static inline uint8_t nibble_of(unsigned char c)
{
    unsigned decimal = (unsigned)c - '0';
    unsigned letter = ((unsigned)c | 0x20u) - 'a';
    unsigned value = decimal < 10 ? decimal : 0xffu;
    return (uint8_t)(letter < 6 ? letter + 10 : value);
}

bool eg_hex_decode(uint8_t *out, const char *digits, size_t n)
{
    unsigned bad = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t high = nibble_of((unsigned char)digits[2 * i]);
        uint8_t low = nibble_of((unsigned char)digits[2 * i + 1]);
        bad |= (unsigned)(high | low) & 0x80u;
        out[i] = (uint8_t)((unsigned)high << 4 | (low & 15u));
    }
    return bad == 0;
}
