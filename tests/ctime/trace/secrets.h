/* The secrets that are compared: the same ones in each run. */
#ifndef EG_TESTS_CTIME_TRACE_SECRETS_H
#define EG_TESTS_CTIME_TRACE_SECRETS_H

#include "group/group.h"

/* 0 and 1 are at random; then zero, the greatest, both of these in turn from place to place; for
 * what is quickly done also one, the highest bit alone, one bit in each digit of four. */
enum { SECRETS_OF_LONG = 5, SECRETS = 8 };

/* `place` tells the numbers of one secret apart: lanes, jobs. */
void secret_number(eg_modp *out, unsigned secret, unsigned place);
void secret_exponent(eg_modq *out, unsigned secret, unsigned place);
/* Below count, a power of two. */
uint32_t secret_digit(unsigned secret, unsigned place, unsigned count);

#endif
