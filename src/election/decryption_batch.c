#include "election/decryption_batch.h"

#include "crypto/proofs_batch.h"
#include "election/flat.h"

/* Below so many proofs the exact way is as fast. */
enum { PROOFS_MIN = 6 };

static bool has_shape(const eg_share_claim *claim, const eg_target *target)
{
    return claim->own != NULL
               ? eg_decryption_share_has_shape(claim->own, target, claim->guardian_id,
                                               claim->public_key)
               : eg_compensated_share_has_shape(claim->compensated, target, claim->guardian_id,
                                                claim->missing_id, claim->public_key,
                                                claim->recovery_key);
}

/* Of a share that has its shape. */
static eg_generic_check check_at(const eg_share_claim *claim, const eg_target *target, eg_flat at)
{
    eg_generic_check check = {.ciphertext =
                                  target->contests[at.contest].selections[at.selection].ciphertext};
    if (claim->own != NULL) {
        const eg_decryption_selection *s =
            &claim->own->contests[at.contest].selections[at.selection];
        check.proof = &s->proof;
        check.share = &s->share;
        check.public_key = claim->public_key;
    } else {
        const eg_compensated_selection *s =
            &claim->compensated->contests[at.contest].selections[at.selection];
        check.proof = &s->proof;
        check.share = &s->share;
        check.public_key = claim->recovery_key;
    }
    return check;
}

/* The target's ciphertexts stand at bases 0, 2, 4, ... False when a challenge is wrong. */
static bool add_claim(eg_proof_batch *batch, const eg_share_claim *claim, const eg_target *target,
                      size_t selections, const eg_modq *extended_base_hash)
{
    size_t key =
        eg_proof_batch_base(batch, claim->own != NULL ? claim->public_key : claim->recovery_key);
    for (size_t i = 0; i < selections; i++) {
        eg_generic_check check = check_at(claim, target, eg_flat_at(target, i));
        if (!eg_generic_challenge_holds(&check, extended_base_hash)) {
            return false;
        }
        size_t share = eg_proof_batch_base(batch, check.share);
        eg_proof_batch_generic(batch, EG_BATCH_OF_CIPHERTEXT * i, key, share, check.proof);
    }
    return true;
}

static eg_result batch_holds(bool *out, const eg_share_claim claims[], size_t count,
                             const eg_target *target, size_t selections,
                             const eg_modq *extended_base_hash, const eg_rng *rng,
                             eg_arena *scratch, eg_error *err)
{
    eg_proof_batch batch;
    size_t bases = selections * EG_BATCH_OF_CIPHERTEXT + count * (selections + 1);
    size_t commitments = count * selections * EG_BATCH_OF_GENERIC;
    EG_TRY(eg_proof_batch_init(&batch, bases + commitments, bases, rng, scratch, err));
    for (size_t i = 0; i < selections; i++) {
        eg_flat at = eg_flat_at(target, i);
        (void)eg_proof_batch_ciphertext(
            &batch, target->contests[at.contest].selections[at.selection].ciphertext);
    }
    *out = false;
    for (size_t i = 0; i < count; i++) {
        if (!has_shape(&claims[i], target) ||
            !add_claim(&batch, &claims[i], target, selections, extended_base_hash)) {
            return EG_SUCCESS;
        }
    }
    return eg_proof_batch_holds(out, &batch, NULL, err);
}

static eg_result verify_exactly(const eg_share_claim *claim, const eg_target *target,
                                const eg_modq *extended_base_hash, eg_arena *scratch, eg_error *err)
{
    if (claim->own != NULL) {
        return eg_decryption_share_verify(claim->own, target, claim->guardian_id, claim->public_key,
                                          extended_base_hash, scratch, claim->path, err);
    }
    return eg_compensated_share_verify(claim->compensated, target, claim->guardian_id,
                                       claim->missing_id, claim->public_key, claim->recovery_key,
                                       extended_base_hash, scratch, claim->path, err);
}

eg_result eg_share_claims_verify(const eg_share_claim claims[], size_t count,
                                 const eg_target *target, const eg_modq *extended_base_hash,
                                 const eg_rng *rng, eg_arena *scratch, size_t *failed,
                                 eg_error *err)
{
    size_t selections = eg_target_selection_count(target);
    bool hold = false;
    *failed = 0;
    if (count * selections >= PROOFS_MIN) {
        EG_TRY(batch_holds(&hold, claims, count, target, selections, extended_base_hash, rng,
                           scratch, err));
    }
    for (size_t i = 0; i < count && !hold; i++) {
        *failed = i;
        EG_TRY(verify_exactly(&claims[i], target, extended_base_hash, scratch, err));
    }
    return EG_SUCCESS;
}
