/* What of a string JSON cannot hold as it is. */
#ifndef EG_BASE_JSON_ESCAPE_H
#define EG_BASE_JSON_ESCAPE_H

#include "base/buf.h"

/* Appends one code point escaped: its letter where it has one, else \uXXXX in lower-case digits,
 * above U+FFFF a surrogate pair. */
void eg_json_escape(eg_buf *out, uint32_t code_point);

#endif
