/* A borrowed run of bytes: text (UTF-8, may hold NUL) or binary. Never owns. */
#ifndef EG_BASE_STR_H
#define EG_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct eg_str {
    const char *data; /* borrowed; may be NULL when len is 0 */
    size_t len;       /* bytes */
} eg_str;

/* A borrowed run of bytes. */
typedef struct eg_bytes {
    const uint8_t *data;
    size_t len;
} eg_bytes;

/* Of a literal; constant. */
#ifdef __cplusplus
#define EG_STR(literal) (eg_str{"" literal, sizeof(literal) - 1})
#else
#define EG_STR(literal) ((eg_str){"" literal, sizeof(literal) - 1})
#endif

static inline eg_str eg_str_from(const char *text)
{
    eg_str s = {text, strlen(text)};
    return s;
}

static inline bool eg_str_equal(eg_str a, eg_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Order by bytes, which for UTF-8 is order by code point. <0, 0, >0. */
static inline int eg_str_compare(eg_str a, eg_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n == 0 ? 0 : memcmp(a.data, b.data, n);
    return c != 0 ? c : (a.len > b.len) - (a.len < b.len);
}

#endif
