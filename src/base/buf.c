#include "base/buf.h"

#include "base/pages.h"
#include "base/secret.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Small buffers grow fourfold: each step copies and wipes what there is. Large ones double. */
enum { FIRST_CAPACITY = 1024, SMALL_CAPACITY = 64 * 1024, PRINTED_BYTES = 512 };

void eg_buf_init(eg_buf *buf, eg_budget *budget)
{
    *buf = (eg_buf){.budget = budget};
}

void eg_buf_clear(eg_buf *buf)
{
    eg_wipe(buf->data, buf->len);
    buf->len = 0;
    buf->failed = false;
    buf->misused = false;
}

eg_result eg_buf_check(const eg_buf *buf, eg_error *err)
{
    EG_BUG_IF(err, buf->misused);
    if (buf->failed) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "this takes more memory than there is now");
    }
    return EG_SUCCESS;
}

void eg_buf_free(eg_buf *buf)
{
    eg_wipe(buf->data, buf->len);
    free(buf->data);
    eg_budget_give(buf->budget, buf->capacity);
    *buf = (eg_buf){.budget = buf->budget};
}

/* To hold need bytes. */
static bool move(eg_buf *buf, size_t need)
{
    size_t capacity = buf->capacity == 0 ? FIRST_CAPACITY : buf->capacity;
    while (capacity < need) {
        if (capacity > SIZE_MAX / 2) {
            return false;
        }
        capacity *= capacity < SMALL_CAPACITY ? 4 : 2;
    }
    if (!eg_budget_take(buf->budget, capacity)) {
        return false;
    }
    /* not realloc: it may leave a copy of secrets behind */
    char *data = malloc(capacity);
    if (data == NULL) {
        eg_budget_give(buf->budget, capacity);
        return false;
    }
    if (capacity >= SMALL_CAPACITY) { /* smaller ones share their pages with others */
        eg_pages_keep_from_dumps(data, capacity);
    }
    if (buf->len > 0) {
        memcpy(data, buf->data, buf->len);
        eg_wipe(buf->data, buf->len);
    }
    free(buf->data);
    eg_budget_give(buf->budget, buf->capacity);
    buf->data = data;
    buf->capacity = capacity;
    return true;
}

bool eg_buf_grow(eg_buf *buf, size_t n)
{
    if (buf->failed || n > SIZE_MAX - buf->len || !move(buf, buf->len + n)) {
        buf->failed = true;
        return false;
    }
    return true;
}

void eg_buf_expect(eg_buf *buf, size_t n)
{
    if (!buf->failed && buf->capacity - buf->len < n && n <= SIZE_MAX - buf->len) {
        (void)move(buf, buf->len + n);
    }
}

void eg_buf_printf(eg_buf *buf, const char *format, ...)
{
    char text[PRINTED_BYTES];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    eg_buf_append(buf, text, n < 0 ? 0 : n < PRINTED_BYTES ? (size_t)n : PRINTED_BYTES - 1);
}
