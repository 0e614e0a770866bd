/* Text from elsewhere in a page of HTML. */
#ifndef EG_REPORT_HTML_H
#define EG_REPORT_HTML_H

#include "base/buf.h"
#include "election/manifest.h"

/* Escaped for text and for attributes in double quotes; characters that HTML does not have become
 * U+FFFD. */
void eg_html_text(eg_buf *out, eg_str text);

/* The same in an element of its own, so that its direction of writing does not reach what is
 * around it. */
void eg_html_name(eg_buf *out, eg_str name);

/* All languages of a text, the first one as it is and the others smaller, each marked with its
 * language; or else, where it has none. */
void eg_html_languages(eg_buf *out, const eg_text *text, eg_str or_else);

/* 12345: "12,345". */
void eg_html_count(eg_buf *out, uint64_t count);

/* "1 ballot", "12,345 ballots". */
void eg_html_counted(eg_buf *out, uint64_t count, const char *noun);

/* part of whole as "37.5 %"; of nothing: a dash. */
void eg_html_share(eg_buf *out, uint64_t part, uint64_t whole);

/* A bar as long as part is of whole, for people who see; its numbers stand beside it. */
void eg_html_bar(eg_buf *out, uint64_t part, uint64_t whole);

/* Literals of the page itself. */
static inline void eg_html_raw(eg_buf *out, const char *html)
{
    eg_buf_append(out, html, strlen(html));
}

#endif
