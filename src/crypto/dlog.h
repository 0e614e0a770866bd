/* Logarithms of several numbers up to one bound: the counts of a tally. Public data. */
#ifndef EG_CRYPTO_DLOG_H
#define EG_CRYPTO_DLOG_H

#include "group/group.h"

typedef struct eg_dlog eg_dlog;

/* For so many lookups in 0..max: about sqrt(max * lookups) products to make, and as many for all
 * the lookups together. NULL when memory runs out. */
eg_dlog *eg_dlog_new(uint64_t max, size_t lookups);
void eg_dlog_free(eg_dlog *table); /* NULL is fine */

/* The e in 0..max with g^e = x; false (out untouched) when there is none. */
bool eg_dlog_find_vartime(uint64_t *out, const eg_dlog *table, const eg_modp *x);

#endif
