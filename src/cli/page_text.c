#include "cli/page_text.h"

#include "cli/screen_text.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- lines ---- */

void eg_page_end_line(eg_page *p)
{
    eg_buf_append_char(p->out, '\n');
    p->at = 0;
    p->rows++;
}

void eg_page_spaces(eg_page *p, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        eg_buf_append_char(p->out, ' ');
    }
    p->at += count;
}

/* As much of it as fits, whole characters. */
static eg_str cut(eg_str text, size_t columns)
{
    enum { BYTES_PER_COLUMN = 16 }; /* more than any text that means well; a bound on the work */
    if (text.len > BYTES_PER_COLUMN * (columns + 1)) {
        text.len = BYTES_PER_COLUMN * (columns + 1);
    }
    while (text.len > 0 && eg_screen_width(text) > columns) {
        text.len--;
        while (text.len > 0 && ((unsigned char)text.data[text.len] & 0xc0) == 0x80) {
            text.len--;
        }
    }
    return text;
}

void eg_page_column(eg_page *p, eg_str text, size_t columns)
{
    eg_screen_append_padded(p->out, cut(text, columns), columns);
    p->at += columns;
}

void eg_page_text(eg_page *p, eg_str text)
{
    size_t room = p->columns > p->at ? p->columns - p->at : 0;
    eg_str shown = cut(text, room);
    eg_screen_append(p->out, shown);
    p->at += eg_screen_width(shown);
}

void eg_page_part(eg_page *p, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const bool is_first = p->at <= EG_PAGE_LABEL_COLUMNS;
    const size_t width = eg_screen_width(eg_str_from(text));
    if (!is_first && p->at + 2 + width + 1 > p->columns) {
        eg_page_text(p, EG_STR(";"));
        eg_page_end_line(p);
        eg_page_spaces(p, EG_PAGE_LABEL_COLUMNS);
    } else if (!is_first) {
        eg_page_text(p, EG_STR("; "));
    }
    eg_page_text(p, eg_str_from(text));
}

void eg_page_label(eg_page *p, const char *label)
{
    eg_page_column(p, eg_str_from(label), EG_PAGE_LABEL_COLUMNS);
}

const char *eg_page_bytes(char out[32], double bytes)
{
    static const char *const units[] = {"B", "KB", "MB", "GB", "TB"};
    size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        bytes /= 1024;
        unit++;
    }
    (void)snprintf(out, 32, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
    return out;
}

void eg_page_number(eg_page *p, const char *text, size_t columns)
{
    size_t width = eg_screen_width(eg_str_from(text));
    eg_page_spaces(p, width + 1 < columns ? columns - width : 1);
    eg_page_column(p, eg_str_from(text), width);
}

void eg_page_more(eg_page *p, size_t count)
{
    if (count > 0) {
        eg_page_part(p, "and %zu more", count);
        eg_page_end_line(p);
    }
}
