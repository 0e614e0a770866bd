/* UTF-8: validity, length, code points. */
#ifndef EG_BASE_UTF8_H
#define EG_BASE_UTF8_H

#include "base/str.h"

#include <stdint.h>

/* No overlong forms, no surrogates, nothing above U+10FFFF. */
bool eg_utf8_is_valid(eg_str s);

/* Code points in a valid string. */
size_t eg_utf8_count(eg_str s);

/* The code point that begins at byte i of a valid string; *n: its bytes. i < s.len. */
uint32_t eg_utf8_at(eg_str s, size_t i, size_t *n);

/* Is there nothing to see in a valid string: no character at all, or white space and characters
 * without width alone? */
bool eg_utf8_is_blank(eg_str s);

/* A name from outside as an error may show it: at most 64 bytes, whole characters; of a valid
 * string. */
eg_str eg_shown(eg_str name);
#define EG_SHOWN(name) (int)eg_shown(name).len, eg_shown(name).data

#endif
