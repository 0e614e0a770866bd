/* Verifying shares of one target together: those of all guardians, their own and those for missing
 * ones. Source: docs/crypto.md 16.3, 16.4; crypto/proofs_batch.h. */
#ifndef EG_ELECTION_DECRYPTION_BATCH_H
#define EG_ELECTION_DECRYPTION_BATCH_H

#include "base/rng.h"
#include "election/decryption.h"

/* A share and what it must be. Borrowed pointers. */
typedef struct eg_share_claim {
    eg_decryption_share *share; /* put in order in place, as the functions of decryption.h do */
    eg_share_origin origin;
    const eg_path *path;
} eg_share_claim;

/* The key that the share's proofs are for. */
static inline const eg_modp *eg_share_claim_key(const eg_share_claim *claim)
{
    const eg_share_origin *origin = &claim->origin;
    return origin->recovery_key != NULL ? origin->recovery_key : origin->public_key;
}

/* Accepts what eg_decryption_share_verify accepts, and what it refuses with probability below
 * 2^-126. Fails as that does: for the first claim at fault, whose index is left in *failed. Also
 * fails when memory or the generator does. */
eg_result eg_share_claims_verify(const eg_share_claim claims[], size_t count,
                                 const eg_target *target, const eg_modq *extended_base_hash,
                                 const eg_rng *rng, eg_arena *scratch, size_t *failed,
                                 eg_error *err) EG_MUST_USE;

/* ---- in parts --------------------------------------------------------------------------------
 * What that does for shares too large for one unit of work: each claim's order first; then the
 * proofs of any selections first .. first + count - 1 (flat order), of several claims together or
 * of one exactly. */

/* The shape, as the verification of one share sees it; puts contests and selections in the target's
 * order. */
eg_result eg_decryption_share_order(eg_decryption_share *share, const eg_target *target,
                                    const eg_share_origin *origin, const eg_path *path,
                                    eg_error *err) EG_MUST_USE;
/* Of a share in that order: the proof of selection i, and what it is held against. */
eg_generic_check eg_share_claim_check(const eg_share_claim *claim, const eg_target *target,
                                      size_t i);
/* Whether the proofs hold, with the same certainty. */
eg_result eg_share_claims_hold(bool *out, const eg_share_claim claims[], size_t claim_count,
                               const eg_target *target, size_t first, size_t count,
                               const eg_modq *extended_base_hash, const eg_rng *rng,
                               eg_arena *scratch, eg_error *err) EG_MUST_USE;
/* Fails for the first proof that does not hold. */
eg_result eg_share_claim_verify(const eg_share_claim *claim, const eg_target *target, size_t first,
                                size_t count, const eg_modq *extended_base_hash, eg_arena *scratch,
                                eg_error *err) EG_MUST_USE;

/* Below so many proofs the exact way is as fast. */
enum { EG_SHARE_PROOFS_TOGETHER_MIN = 6 };

#endif
