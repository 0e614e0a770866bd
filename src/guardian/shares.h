/* A guardian's shares of a tally and of spoiled ballots, its own and those for a missing guardian,
 * as the files that it hands out.
 *
 * Whoever calls this has verified the tally: that it is the product of ballots that all hold, and
 * that no spoiled ballot is a copy of one that it counts (docs/decisions/0032-guardian.md).
 * guardian/verified_tally.h does it from a record; programs that verify in parts do it their way.
 *
 * The work is cut into units, so that it may be spread over threads and stopped between: begin, all
 * units in any order, write, free. */
#ifndef EG_GUARDIAN_SHARES_H
#define EG_GUARDIAN_SHARES_H

#include "election/decryption.h"
#include "guardian/guardian.h"

/* What shares are made of. All borrowed, until eg_guardian_shares_free. */
typedef struct eg_guardian_tally {
    const eg_context *context;
    const eg_tally *tally;           /* in the manifest's shape (eg_tally_check_shape) */
    const eg_ballot *const *spoiled; /* ballots that are opened: state spoiled, structure good */
    size_t spoiled_count;
} eg_guardian_tally;

typedef struct eg_guardian_shares eg_guardian_shares;

/* missing: the sequence order of the guardian that the shares stand in for; 0: the guardian's own
 * shares. The guardian must outlive them. EG_E_WRONG_ELECTION and EG_E_NOT_FOUND as
 * eg_guardian_check_context; EG_E_NOT_FOUND when the missing guardian's backup was not taken;
 * EG_E_OUT_OF_RANGE when it is the guardian itself or nobody; EG_E_DUPLICATE when two ballots have
 * one id; EG_E_WITHHELD for a ballot that was cast. *out is NULL on failure. */
eg_result eg_guardian_shares_begin(eg_guardian_shares **out, const eg_guardian *guardian,
                                   const eg_guardian_tally *tally, uint32_t missing,
                                   eg_error *err) EG_MUST_USE;
size_t eg_guardian_shares_units(const eg_guardian_shares *shares);
/* Unit number `unit`, each once; from any thread. EG_E_NOT_IN_GROUP for an element that would give
 * the key away. */
eg_result eg_guardian_shares_compute(eg_guardian_shares *shares, size_t unit, const eg_rng *rng,
                                     eg_error *err) EG_MUST_USE;
/* When all units are done: the file of shares, an object with guardian_id, sequence_order,
 * tally_share and ballot_shares, for a missing guardian its id and order as well, appended to out.
 */
eg_result eg_guardian_shares_write(const eg_guardian_shares *shares, eg_buf *out,
                                   eg_error *err) EG_MUST_USE;
/* Wipes. NULL is fine. */
void eg_guardian_shares_free(eg_guardian_shares *shares);

#endif
