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

/* Unicode's White_Space, and what has no width: soft hyphen, zero-width spaces and joiners, marks
 * of direction, word joiner, byte order mark. */
static bool is_invisible(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {{0x09, 0x0d},     {0x20, 0x20},     {0x85, 0x85},     {0xa0, 0xa0},
                  {0xad, 0xad},     {0x1680, 0x1680}, {0x180e, 0x180e}, {0x2000, 0x200f},
                  {0x2028, 0x202f}, {0x205f, 0x2064}, {0x2066, 0x206f}, {0x3000, 0x3000},
                  {0xfeff, 0xfeff}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (c >= ranges[i].first && c <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

bool eg_utf8_is_blank(eg_str s)
{
    size_t n;
    for (size_t i = 0; i < s.len; i += n) {
        if (!is_invisible(eg_utf8_at(s, i, &n))) {
            return false;
        }
    }
    return true;
}

eg_str eg_shown(eg_str name)
{
    enum { SHOWN_MAX = 64 };
    if (name.len <= SHOWN_MAX) {
        return name;
    }
    size_t n = SHOWN_MAX;
    while (n > 0 && ((unsigned char)name.data[n] & 0xc0) == 0x80) {
        n--;
    }
    return (eg_str){name.data, n};
}
