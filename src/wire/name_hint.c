#include "wire/name_hint.h"

#include "base/secret.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

typedef uint8_t *converter(eg_str s, size_t *n);

static uint8_t *composed(eg_str s, size_t *n)
{
    return u8_normalize(UNINORM_NFC, (const uint8_t *)s.data, s.len, NULL, n);
}

static uint8_t *composed_fold(eg_str s, size_t *n)
{
    return u8_casefold((const uint8_t *)s.data, s.len, NULL, UNINORM_NFC, NULL, n);
}

static uint8_t *folded(eg_str s, size_t *n)
{
    return u8_casefold((const uint8_t *)s.data, s.len, NULL, UNINORM_NFKC, NULL, n);
}

static bool equal_as(converter *convert, eg_str a, eg_str b)
{
    size_t x_bytes = 0, y_bytes = 0;
    uint8_t *x = convert(a, &x_bytes), *y = convert(b, &y_bytes);
    bool equal = x != NULL && y != NULL && x_bytes == y_bytes && memcmp(x, y, x_bytes) == 0;
    eg_wipe(x, x == NULL ? 0 : x_bytes);
    free(x);
    free(y);
    return equal;
}

/* Also no-break spaces and characters without width. */
static bool is_space(uint32_t c)
{
    return uc_is_property_white_space(c) || uc_is_property_zero_width(c);
}

/* What white space stands in front of a name and behind it; 0: none. */
typedef struct margins {
    uint32_t leading;
    uint32_t trailing;
} margins;

static eg_str trimmed(eg_str s, margins *out)
{
    size_t first = s.len, end = 0, n;
    uint32_t c = 0;
    *out = (margins){0};
    for (size_t i = 0; i < s.len; i += n) {
        c = eg_utf8_at(s, i, &n);
        if (!is_space(c)) {
            first = i < first ? i : first;
            end = i + n;
        } else if (i == 0) {
            out->leading = c;
        }
    }
    out->trailing = end < s.len ? c : 0;
    return first < end ? (eg_str){s.data + first, end - first} : (eg_str){s.data, 0};
}

static const char *name_of_space(uint32_t c)
{
    return c == ' ' ? "space" : c == 0xa0 ? "no-break space" : "character that does not show";
}

/* Whole characters. */
static int shown_bytes(eg_str name)
{
    enum { SHOWN_MAX = 64 };
    size_t n = name.len <= SHOWN_MAX ? name.len : SHOWN_MAX;
    while (n < name.len && n > 0 && ((unsigned char)name.data[n] & 0xc0) == 0x80) {
        n--;
    }
    return (int)n;
}

/* The first difference that there is to see, of those that a reader does not see. */
static void describe(char *out, size_t size, eg_str inner, const margins *m, eg_str known)
{
    if (m->trailing != 0 || m->leading != 0) {
        uint32_t c = m->trailing != 0 ? m->trailing : m->leading;
        (void)snprintf(out, size, "with a %s %s", m->trailing != 0 ? "trailing" : "leading",
                       name_of_space(c));
    } else if (equal_as(composed, inner, known)) {
        (void)snprintf(out, size, "in another Unicode normalisation");
    } else if (equal_as(composed_fold, inner, known)) {
        (void)snprintf(out, size, "in other case");
    } else {
        (void)snprintf(out, size, "in other characters");
    }
}

void eg_name_hint(char out[EG_NAME_HINT_BYTES], eg_str name, const eg_str *known, size_t stride,
                  size_t count)
{
    margins m, known_margins;
    eg_str inner = trimmed(name, &m);
    out[0] = '\0';
    if (inner.len == 0) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const void *at = (const char *)known + i * stride;
        const eg_str candidate = *(const eg_str *)at;
        char how[64];
        if (!equal_as(folded, inner, trimmed(candidate, &known_margins))) {
            continue;
        }
        describe(how, sizeof how, inner, &m, candidate);
        (void)snprintf(out, EG_NAME_HINT_BYTES, "; looks like candidate '%.*s', %s",
                       shown_bytes(candidate), candidate.data, how);
        return;
    }
}
