/* What is asked of big numbers beyond arithmetic mod p and q, of public numbers only. What computes
 * it is chosen when building (mk/build.mk, PORTABLE): GMP, or short loops of our own where there is
 * no GMP. Time depends on the values. Inverses and symbols are declared in numbers.h and group.h.
 */
#ifndef EG_GROUP_PUBLIC_NUMBERS_H
#define EG_GROUP_PUBLIC_NUMBERS_H

#include "group/numbers.h"

enum { EG_P_DECIMAL_MAX = 1234 };

/* No leading zeros; NUL-terminated. */
void eg_modp_to_decimal_vartime(char out[EG_P_DECIMAL_MAX + 1], const eg_modp *value);
/* count digits, 1 to EG_P_DECIMAL_MAX of them, nothing else. False (out untouched) when the value
 * is p or more. */
bool eg_modp_from_decimal_vartime(eg_modp *out, const char *digits, size_t count);

#endif
