/* Text of others on a terminal: how wide it is, and nothing in it that could move the cursor, hide
 * or reorder what stands beside it. */
#ifndef EG_CLI_SCREEN_TEXT_H
#define EG_CLI_SCREEN_TEXT_H

#include "base/buf.h"

/* The text with a '?' for each control character, mark of direction, other invisible character, and
 * byte that is no UTF-8. Joiners stay: scripts and emoji need them. */
void eg_screen_append(eg_buf *out, eg_str text);

/* Columns that this takes: none for combining characters, two for wide ones. */
size_t eg_screen_width(eg_str text);

/* The same filled up with spaces to `columns`; wider text stays whole. */
void eg_screen_append_padded(eg_buf *out, eg_str text, size_t columns);

#endif
