#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_DEPTH = 80, MAX_NAME_SHOWN = 64 };

eg_path eg_path_field(const eg_path *up, const char *name)
{
    return (eg_path){.up = up, .name = name, .name_len = strlen(name)};
}

eg_path eg_path_key(const eg_path *up, const char *name, size_t name_len)
{
    return (eg_path){.up = up, .name = name, .name_len = name_len};
}

eg_path eg_path_index(const eg_path *up, size_t index)
{
    return (eg_path){.up = up, .index = index};
}

typedef struct writer {
    char *out;
    size_t used;
    size_t size;
} writer;

static void put(writer *w, char c)
{
    if (w->used + 1 < w->size) {
        w->out[w->used++] = c;
    }
}

static void put_name(writer *w, const eg_path *step)
{
    for (size_t i = 0; i < step->name_len && i < MAX_NAME_SHOWN; i++) {
        unsigned char c = (unsigned char)step->name[i];
        put(w, c >= 0x20 && c < 0x7f && c != '"' && c != '\\' ? (char)c : '?');
    }
}

static void put_index(writer *w, size_t index)
{
    char digits[32];
    int n = snprintf(digits, sizeof digits, "[%zu]", index);
    for (int i = 0; i < n; i++) {
        put(w, digits[i]);
    }
}

static void render_path(char out[EG_ERROR_PATH_BYTES], const eg_path *path)
{
    const eg_path *steps[MAX_DEPTH];
    size_t depth = 0;
    for (const eg_path *p = path; p != NULL && depth < MAX_DEPTH; p = p->up) {
        steps[depth++] = p;
    }
    writer w = {out, 0, EG_ERROR_PATH_BYTES};
    while (depth > 0) {
        const eg_path *step = steps[--depth];
        if (step->name == NULL) {
            put_index(&w, step->index);
            continue;
        }
        if (w.used > 0) {
            put(&w, '.');
        }
        put_name(&w, step);
    }
    out[w.used] = '\0';
}

eg_result eg_error_raise(eg_error *err, eg_code code, const eg_path *path, const char *where,
                         const char *format, ...)
{
    if (err != NULL) {
        err->code = code;
        err->where = where;
        render_path(err->path, path);
        va_list args;
        va_start(args, format);
        (void)vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
    }
    return (eg_result){code};
}
