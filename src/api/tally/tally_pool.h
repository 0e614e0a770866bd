/* Running products that several threads add ballots to, each its own; merged at the end. */
#ifndef EG_API_TALLY_TALLY_POOL_H
#define EG_API_TALLY_TALLY_POOL_H

#include "api/endpoint.h"
#include "election/tally.h"

struct eg_pooled_sum;

typedef struct eg_tally_pool {
    struct eg_pooled_sum *all;  /* under the call's arena_lock */
    struct eg_pooled_sum *idle; /* likewise */
} eg_tally_pool;

/* Multiplies a checked ballot in. From any stage. */
eg_result eg_tally_pool_add(eg_tally_pool *pool, const eg_ballot *ballot,
                            const eg_manifest *manifest, const eg_call *call,
                            eg_error *err) EG_MUST_USE;
/* Multiplies a checked tally in. */
eg_result eg_tally_pool_add_tally(eg_tally_pool *pool, const eg_tally *tally,
                                  const eg_manifest *manifest, const eg_call *call,
                                  eg_error *err) EG_MUST_USE;

/* The product of everything that was added, when no thread adds any more. */
eg_result eg_tally_pool_total(eg_tally *out, eg_tally_pool *pool, const eg_manifest *manifest,
                              const eg_call *call, eg_error *err) EG_MUST_USE;

#endif
