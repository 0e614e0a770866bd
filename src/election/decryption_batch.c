#include "election/decryption_batch.h"

#include "crypto/proofs_batch.h"
#include "election/flat.h"

eg_result eg_share_claim_order(const eg_share_claim *claim, const eg_target *target, eg_error *err)
{
    return claim->own != NULL
               ? eg_decryption_share_order(claim->own, target, claim->guardian_id,
                                           claim->public_key, claim->path, err)
               : eg_compensated_share_order(claim->compensated, target, claim->guardian_id,
                                            claim->missing_id, claim->public_key,
                                            claim->recovery_key, claim->path, err);
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

/* The ciphertexts of the selections stand at bases 0, 2, 4, ... False when a challenge is wrong. */
static bool add_claim(eg_proof_batch *batch, const eg_share_claim *claim, const eg_target *target,
                      size_t first, size_t count, const eg_modq *extended_base_hash)
{
    size_t key =
        eg_proof_batch_base(batch, claim->own != NULL ? claim->public_key : claim->recovery_key);
    for (size_t i = 0; i < count; i++) {
        eg_generic_check check = check_at(claim, target, eg_flat_at(target, first + i));
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

static eg_result refuse(const eg_share_claim *claim, const eg_target *target, eg_flat at,
                        eg_error *err)
{
    const eg_target_contest *contest = &target->contests[at.contest];
    eg_str id = contest->selections[at.selection].object_id;
    eg_path contests = eg_path_field(claim->path, "contests");
    eg_path one = eg_path_key(&contests, contest->object_id.data, contest->object_id.len);
    eg_path selections = eg_path_field(&one, "selections");
    eg_path selection = eg_path_key(&selections, id.data, id.len);
    eg_path proof = eg_path_field(&selection, "proof");
    return EG_FAIL(err, EG_E_PROOF_INVALID, &proof, "the proof of the share does not hold");
}

eg_result eg_share_claim_verify(const eg_share_claim *claim, const eg_target *target, size_t first,
                                size_t count, const eg_modq *extended_base_hash, eg_arena *scratch,
                                eg_error *err)
{
    eg_generic_check *checks;
    bool *ok;
    EG_TRY(eg_arena_new(scratch, count, sizeof *checks, &checks, err));
    EG_TRY(eg_arena_new(scratch, count, sizeof *ok, &ok, err));
    for (size_t i = 0; i < count; i++) {
        checks[i] = check_at(claim, target, eg_flat_at(target, first + i));
    }
    eg_generic_verify_vartime(ok, checks, count, extended_base_hash);
    for (size_t i = 0; i < count; i++) {
        if (!ok[i]) {
            return refuse(claim, target, eg_flat_at(target, first + i), err);
        }
    }
    return EG_SUCCESS;
}

static bool all_in_order(const eg_share_claim claims[], size_t count, const eg_target *target)
{
    for (size_t i = 0; i < count; i++) {
        if (eg_failed(eg_share_claim_order(&claims[i], target, NULL))) {
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
        EG_TRY(eg_share_claim_order(&claims[i], target, err));
        EG_TRY(eg_share_claim_verify(&claims[i], target, 0, selections, extended_base_hash, scratch,
                                     err));
    }
    return EG_SUCCESS;
}
