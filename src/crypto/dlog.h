/* Logarithms of several numbers up to one bound: the counts of a tally. Public data. */
#ifndef EG_CRYPTO_DLOG_H
#define EG_CRYPTO_DLOG_H

#include "base/arena.h"
#include "group/group.h"

typedef struct eg_dlog eg_dlog;

/* For so many lookups in 0..max: about sqrt(max * lookups) products to make, and as many for all
 * the lookups together. Lives in the arena: 16 to 24 bytes a product. Fails without memory. */
eg_result eg_dlog_new(eg_dlog **out, uint64_t max, size_t lookups, eg_arena *arena,
                      eg_error *err) EG_MUST_USE;

/* The same in parts, for several threads: begin; fill over any disjoint ranges of 0 .. babies - 1,
 * a product each, until each was in one; finish. */
eg_result eg_dlog_begin(eg_dlog **out, uint64_t max, size_t lookups, eg_arena *arena,
                        eg_error *err) EG_MUST_USE;
size_t eg_dlog_babies(const eg_dlog *table);
void eg_dlog_fill(eg_dlog *table, size_t first, size_t count);
void eg_dlog_finish(eg_dlog *table);

/* The e in 0..max with g^e = x; false (out untouched) when there is none. */
bool eg_dlog_find_vartime(uint64_t *out, const eg_dlog *table, const eg_modp *x);

#endif
