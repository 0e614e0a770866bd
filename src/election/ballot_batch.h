/* Verifying the proofs of many ballots at once. Source: docs/crypto.md 15; crypto/proofs_batch.h.
 */
#ifndef EG_ELECTION_BALLOT_BATCH_H
#define EG_ELECTION_BALLOT_BATCH_H

#include "base/rng.h"
#include "election/ballot_verify.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/* Below so many selections the exact path is as fast: nothing is shared by so few. */
enum { EG_BATCH_SELECTIONS_MIN = 8 };

/* How many ballots there are before the first whose proofs do not all hold: count when all do.
 * What eg_ballot_verify_proofs accepts is never refused here; what it refuses is accepted with
 * probability below 2^-120. The reason is for eg_ballot_verify_proofs to tell.
 *
 * ballots  their structure was checked; nobody changes them any more. Borrowed until return
 * rng      of fresh random numbers: whoever can foresee them can cheat
 *
 * Fails when memory or the generator does. */
eg_result eg_ballots_count_valid(size_t *out, const eg_ballot *const ballots[], size_t count,
                                 const eg_election *election, const eg_rng *rng, eg_arena *scratch,
                                 eg_error *err) EG_MUST_USE;

/* Of all its contests, placeholders included. */
size_t eg_ballot_selection_count(const eg_ballot *ballot);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
