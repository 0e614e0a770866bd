/* Checking the ballots of a list in rounds of units, none of which holds a thread for long:
 *
 *   check   batches of some selections: structure of the ballots that begin in it, then all proofs
 *           of these selections together. A large ballot is in several batches
 *   halve   only after batches that do not hold: their halves, until single pieces are left
 *   blame   the proofs of the ballots these are of, some at a time, exactly: what is wrong with
 * them
 *
 * Either every false ballot is found, or the lowest of the list: whether its structure or a proof
 * is false; its structure where both are.
 * Source: docs/decisions/0019-units-in-rounds.md, 0033-ballots-one-by-one.md; docs/crypto.md 15. */
#ifndef EG_API_TALLY_VERIFY_ROUNDS_H
#define EG_API_TALLY_VERIFY_ROUNDS_H

#include "api/tally/verify_queue.h"

struct eg_verify_plan;

typedef struct eg_verify_rounds {
    /* by the caller; borrowed */
    eg_call *call;
    const eg_election *election;
    const char *list_name;      /* member of the request that holds the ballots; static */
    bool proofs;                /* looked at */
    bool each;                  /* find every false ballot, not only the lowest */
    eg_listed_ballot **ballots; /* those left to do, in rising order of index, without fault */
    size_t count;
    /* Of a ballot that is not counted yet: its structure, and whatever its caller makes of it. */
    eg_result (*check)(eg_call *call, eg_listed_ballot *ballot, eg_arena *scratch, eg_error *err);
    /* own */
    struct eg_verify_plan *plan;
} eg_verify_rounds;

/* In plan or next: the first round; how many units it has. 0 when nothing is left to do. */
eg_result eg_verify_rounds_begin(eg_verify_rounds *v, size_t *units, eg_error *err) EG_MUST_USE;

eg_result eg_verify_rounds_run(eg_verify_rounds *v, size_t unit, eg_arena *scratch,
                               eg_error *err) EG_MUST_USE;

/* In next: the units of another round, or 0: all is done. What is false has its `fault` then; where
 * the lowest is enough, this fails with it. */
eg_result eg_verify_rounds_next(eg_verify_rounds *v, size_t *units, eg_error *err) EG_MUST_USE;

#endif
