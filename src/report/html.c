#include "report/html.h"

#include <inttypes.h>
#include <stdio.h>

static const char *entity_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\n':
    case '\t':
        return " ";
    default:
        return (unsigned char)c < ' ' || c == 0x7f ? "&#xfffd;" : NULL;
    }
}

void eg_html_text(eg_buf *out, eg_str text)
{
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *entity = entity_of(text.data[i]);
        if (entity != NULL) {
            eg_buf_append(out, text.data + from, i - from);
            eg_html_raw(out, entity);
            from = i + 1;
        }
    }
    eg_buf_append(out, text.data + from, text.len - from);
}

void eg_html_name(eg_buf *out, eg_str name)
{
    eg_html_raw(out, "<bdi>");
    eg_html_text(out, name);
    eg_html_raw(out, "</bdi>");
}

static void language(eg_buf *out, const eg_language *text, const char *class)
{
    eg_html_raw(out, "<bdi");
    eg_html_raw(out, class);
    eg_html_raw(out, " lang=\"");
    eg_html_text(out, text->language);
    eg_html_raw(out, "\">");
    eg_html_text(out, text->value);
    eg_html_raw(out, "</bdi>");
}

void eg_html_languages(eg_buf *out, const eg_text *text, eg_str or_else)
{
    size_t written = 0;
    for (size_t i = 0; text->kind == EG_TEXT_LANGUAGES && i < text->language_count; i++) {
        if (text->languages[i].value.len > 0) {
            eg_html_raw(out, written > 0 ? " " : "");
            language(out, &text->languages[i], written > 0 ? " class=\"other\"" : "");
            written++;
        }
    }
    if (written == 0) {
        bool is_plain = text->kind == EG_TEXT_PLAIN && text->plain.len > 0;
        eg_html_name(out, is_plain ? text->plain : or_else);
    }
}

void eg_html_count(eg_buf *out, uint64_t count)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, count);
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0) {
            eg_buf_append_char(out, ',');
        }
        eg_buf_append_char(out, digits[i]);
    }
}

void eg_html_counted(eg_buf *out, uint64_t count, const char *noun)
{
    eg_html_count(out, count);
    eg_buf_printf(out, " %s%s", noun, count == 1 ? "" : "s");
}

static double percent(uint64_t part, uint64_t whole)
{
    return 100.0 * (double)part / (double)whole;
}

void eg_html_share(eg_buf *out, uint64_t part, uint64_t whole)
{
    if (whole == 0) {
        eg_html_raw(out, "–");
        return;
    }
    eg_buf_printf(out, "%.1f %%", percent(part, whole));
}

void eg_html_bar(eg_buf *out, uint64_t part, uint64_t whole)
{
    double width = whole == 0 ? 0 : percent(part, whole);
    eg_buf_printf(out,
                  "<span class=\"bar\" aria-hidden=\"true\"><i style=\"width:%.2f%%\"></i></span>",
                  width > 100 ? 100 : width);
}
