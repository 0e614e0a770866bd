/* Pages of text for a terminal: lines of columns, none wider than the page, in which nothing that
 * somebody else wrote can move the cursor. */
#ifndef EG_CLI_PAGE_TEXT_H
#define EG_CLI_PAGE_TEXT_H

#include "base/buf.h"

enum { EG_PAGE_LABEL_COLUMNS = 11 };

typedef struct eg_page {
    eg_buf *out;
    size_t columns;
    size_t at;   /* columns of the line at hand that are taken */
    size_t rows; /* lines that have ended */
} eg_page;

void eg_page_end_line(eg_page *p);
void eg_page_spaces(eg_page *p, size_t count);
/* Text of somebody else, cut to so many columns or filled up to them. */
void eg_page_column(eg_page *p, eg_str text, size_t columns);
/* The same without filling up, cut to what is left of the line. */
void eg_page_text(eg_page *p, eg_str text);
/* Right-aligned, a space at least before it. */
void eg_page_number(eg_page *p, const char *text, size_t columns);
/* The word before a line's parts; and a part, on a new line when it does not fit, indented as the
 * label is long. */
void eg_page_label(eg_page *p, const char *label);
void eg_page_part(eg_page *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "and 3 more", where there are any. */
void eg_page_more(eg_page *p, size_t count);

/* "1.5 MB"; returns out. */
const char *eg_page_bytes(char out[32], double bytes);

#endif
