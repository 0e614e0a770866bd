#include "election/decryption_batch.h"

#include "crypto/proofs_batch.h"
#include "election/flat.h"

/* The ciphertexts of the selections stand at bases 0, 2, 4, ... False when a challenge is wrong. */
static bool add_claim(eg_proof_batch *batch, const eg_share_claim *claim, const eg_target *target,
                      size_t first, size_t count, const eg_modq *extended_base_hash)
{
    size_t key = eg_proof_batch_base(batch, eg_share_claim_key(claim));
    for (size_t i = 0; i < count; i++) {
        eg_generic_check check = eg_share_claim_check(claim, target, first + i);
        if (!eg_generic_challenge_holds(&check, extended_base_hash)) {
            return false;
        }
        size_t share = eg_proof_batch_base(batch, check.share);
        eg_proof_batch_generic(batch, EG_BATCH_OF_CIPHERTEXT * i, key, share, check.proof);
    }
    return true;
}

eg_result eg_share_claims_hold(bool *out, const eg_share_claim claims[], size_t claim_count,
                               const eg_target *target, size_t first, size_t count,
                               const eg_modq *extended_base_hash, const eg_rng *rng,
                               eg_arena *scratch, eg_error *err)
{
    eg_proof_batch batch;
    size_t bases = count * EG_BATCH_OF_CIPHERTEXT + claim_count * (count + 1);
    size_t commitments = claim_count * count * EG_BATCH_OF_GENERIC;
    EG_TRY(eg_proof_batch_init(&batch, bases + commitments, bases, rng, scratch, err));
    for (size_t i = 0; i < count; i++) {
        eg_flat at = eg_flat_at(target, first + i);
        (void)eg_proof_batch_ciphertext(
            &batch, target->contests[at.contest].selections[at.selection].ciphertext);
    }
    *out = false;
    for (size_t i = 0; i < claim_count; i++) {
        if (!add_claim(&batch, &claims[i], target, first, count, extended_base_hash)) {
            return EG_SUCCESS;
        }
    }
    return eg_proof_batch_holds(out, &batch, NULL, err);
}

static eg_result order(const eg_share_claim *claim, const eg_target *target, eg_error *err)
{
    return eg_decryption_share_order(claim->share, target, &claim->origin, claim->path, err);
}

static bool all_in_order(const eg_share_claim claims[], size_t count, const eg_target *target)
{
    for (size_t i = 0; i < count; i++) {
        if (eg_failed(order(&claims[i], target, NULL))) {
            return false;
        }
    }
    return true;
}

eg_result eg_share_claims_verify(const eg_share_claim claims[], size_t count,
                                 const eg_target *target, const eg_modq *extended_base_hash,
                                 const eg_rng *rng, eg_arena *scratch, size_t *failed,
                                 eg_error *err)
{
    size_t selections = eg_target_selection_count(target);
    bool hold = false;
    *failed = 0;
    if (count * selections >= EG_SHARE_PROOFS_TOGETHER_MIN && all_in_order(claims, count, target)) {
        EG_TRY(eg_share_claims_hold(&hold, claims, count, target, 0, selections, extended_base_hash,
                                    rng, scratch, err));
    }
    for (size_t i = 0; i < count && !hold; i++) {
        *failed = i;
        EG_TRY(order(&claims[i], target, err));
        EG_TRY(eg_share_claim_verify(&claims[i], target, 0, selections, extended_base_hash, scratch,
                                     err));
    }
    return EG_SUCCESS;
}
