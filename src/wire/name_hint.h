/* Names that are not the same and look it: another case, another Unicode normalisation, white space
 * around them. They are never taken for each other; the one who mends the request is told.
 * Source: docs/decisions/0001-libraries.md (libunistring). */
#ifndef EG_WIRE_NAME_HINT_H
#define EG_WIRE_NAME_HINT_H

#include "base/str.h"

enum { EG_NAME_HINT_BYTES = 192 };

/* "; looks like candidate 'Ann', with a trailing space" for the first of the known names that name
 * looks like, "" for none. Valid UTF-8. known[i] is at (const char *)known + i * stride. Takes a
 * time that grows with count: for a bounded number of errors alone. */
void eg_name_hint(char out[EG_NAME_HINT_BYTES], eg_str name, const eg_str *known, size_t stride,
                  size_t count);

#endif
