/* UTF-8 validity and length. */
#ifndef EG_BASE_UTF8_H
#define EG_BASE_UTF8_H

#include "base/str.h"

/* No overlong forms, no surrogates, nothing above U+10FFFF. */
bool eg_utf8_is_valid(eg_str s);

/* Code points in a valid string. */
size_t eg_utf8_count(eg_str s);

#endif
