/* A growing byte buffer for output. Owns its memory; wipes it when it moves or goes. */
#ifndef EG_BASE_BUF_H
#define EG_BASE_BUF_H

#include "base/arena.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

typedef struct eg_buf {
    char *data; /* owned */
    size_t len;
    size_t capacity;
    eg_budget *budget; /* borrowed; may be NULL */
    bool failed;       /* sticky: an append found no memory; what was appended since is lost */
    bool misused; /* sticky: its writer was not used as it should be; what is there is no value */
} eg_buf;

/* Whether all is there that was to be: EG_E_NO_MEMORY, or EG_E_INTERNAL when it was misused. */
eg_result eg_buf_check(const eg_buf *buf, eg_error *err) EG_MUST_USE;

void eg_buf_init(eg_buf *buf, eg_budget *budget);
void eg_buf_free(eg_buf *buf);
void eg_buf_clear(eg_buf *buf); /* wipes content, keeps the memory */

bool eg_buf_grow(eg_buf *buf, size_t n); /* of eg_buf_reserve */

/* Room for n more bytes at data + len, or NULL (and failed is set). The caller adds to len what it
 * wrote. */
static inline char *eg_buf_reserve(eg_buf *buf, size_t n)
{
    if ((buf->failed || buf->capacity - buf->len < n) && !eg_buf_grow(buf, n)) {
        return NULL;
    }
    return buf->data + buf->len;
}

/* The same as a guess: n more bytes will come, and one move is cheaper than many. Where there is no
 * memory for so many, nothing changes. */
void eg_buf_expect(eg_buf *buf, size_t n);

static inline void eg_buf_append(eg_buf *buf, const void *bytes, size_t n)
{
    char *to = n == 0 ? NULL : eg_buf_reserve(buf, n);
    if (to != NULL) {
        memcpy(to, bytes, n);
        buf->len += n;
    }
}

static inline void eg_buf_append_str(eg_buf *buf, eg_str s)
{
    eg_buf_append(buf, s.data, s.len);
}

static inline void eg_buf_append_char(eg_buf *buf, char c)
{
    eg_buf_append(buf, &c, 1);
}

/* printf's text, cut to 511 bytes. */
void eg_buf_printf(eg_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline eg_str eg_buf_str(const eg_buf *buf)
{
    eg_str s = {buf->data, buf->len};
    return s;
}

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
