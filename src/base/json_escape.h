/* What of a string JSON cannot hold as it is. */
#ifndef EG_BASE_JSON_ESCAPE_H
#define EG_BASE_JSON_ESCAPE_H

#include <stddef.h>
#include <stdint.h>

enum { EG_JSON_ESCAPE_MAX = 12 }; /* two times \uXXXX */

/* One code point escaped: its letter where it has one, else \uXXXX in lower-case digits, above
 * U+FFFF a surrogate pair. Returns the number of characters, no NUL. */
size_t eg_json_escape(char out[EG_JSON_ESCAPE_MAX], uint32_t code_point);

#endif
