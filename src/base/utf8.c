#include "base/utf8.h"

/* Bytes of the character at s[0], or 0 when it is not well formed. */
static size_t character_bytes(const unsigned char *s, size_t left)
{
    unsigned char c = s[0];
    if (c < 0x80) {
        return 1;
    }
    size_t n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    if (c < 0xc2 || c > 0xf4 || left < n) {
        return 0;
    }
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool overlong = (c == 0xe0 && s[1] < 0xa0) || (c == 0xf0 && s[1] < 0x90);
    bool surrogate = c == 0xed && s[1] >= 0xa0;
    bool too_high = c == 0xf4 && s[1] >= 0x90;
    return overlong || surrogate || too_high ? 0 : n;
}

bool eg_utf8_is_valid(eg_str s)
{
    const unsigned char *bytes = (const unsigned char *)s.data;
    size_t i = 0;
    while (i < s.len) {
        uint64_t word;
        if (i + sizeof word <= s.len) {
            memcpy(&word, bytes + i, sizeof word);
            if ((word & 0x8080808080808080u) == 0) {
                i += sizeof word;
                continue;
            }
        }
        size_t n = character_bytes(bytes + i, s.len - i);
        if (n == 0) {
            return false;
        }
        i += n;
    }
    return true;
}

size_t eg_utf8_count(eg_str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++) {
        count += ((unsigned char)s.data[i] & 0xc0) != 0x80;
    }
    return count;
}

uint32_t eg_utf8_at(eg_str s, size_t i, size_t *n)
{
    const unsigned char *bytes = (const unsigned char *)s.data + i;
    if (bytes[0] < 0x80) {
        *n = 1;
        return bytes[0];
    }
    *n = bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : 2;
    uint32_t c = bytes[0] & (0xffu >> (*n + 1));
    for (size_t k = 1; k < *n; k++) {
        c = c << 6 | (bytes[k] & 0x3fu);
    }
    return c;
}
