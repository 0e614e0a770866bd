/* Decimal texts of big numbers. Mod q in constant time: secret keys travel so. */
#ifndef EG_WIRE_DECIMAL_H
#define EG_WIRE_DECIMAL_H

#include "base/str.h"
#include "group/group.h"
#include "group/public_numbers.h"

enum { EG_Q_DECIMAL_MAX = 78, EG_DECIMAL_DIGITS_MAX = 1300 };

/* No leading zeros; NUL-terminated. Mod p: eg_modp_to_decimal_vartime. */
void eg_modq_to_decimal(char out[EG_Q_DECIMAL_MAX + 1], const eg_modq *value);

typedef enum eg_decimal { EG_DECIMAL_OK, EG_DECIMAL_NO_DIGITS, EG_DECIMAL_TOO_LARGE } eg_decimal;

/* Digits only; leading zeros are fine. */
eg_decimal eg_modp_from_decimal(eg_modp *out, eg_str digits);
eg_decimal eg_modq_from_decimal(eg_modq *out, eg_str digits);

#endif
