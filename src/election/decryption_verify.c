/* Checking a share: the shape against what is decrypted, then every proof. */
#include "election/decryption_batch.h"
#include "election/flat.h"

static eg_result wrong_shape(const eg_path *at, eg_error *err)
{
    return EG_FAIL(err, EG_E_WRONG_ELECTION, at,
                   "the share does not cover exactly what is decrypted");
}

static bool is_of(eg_str guardian_id, eg_str missing_guardian_id, const eg_share_origin *origin)
{
    return eg_str_equal(guardian_id, origin->guardian_id) &&
           eg_str_equal(missing_guardian_id, origin->missing_guardian_id);
}

/* Brings the selection with that id to place i, by a swap with what is there; false when none from
 * i on has it. It stands there already, as a rule. */
static bool place_selection(eg_decryption_contest *contest, size_t i, eg_str id)
{
    eg_decryption_selection *at = contest->selections;
    size_t j = i;
    while (j < contest->selection_count && !eg_str_equal(at[j].object_id, id)) {
        j++;
    }
    if (j < contest->selection_count && j != i) {
        eg_decryption_selection other = at[i];
        at[i] = at[j];
        at[j] = other;
    }
    return j < contest->selection_count;
}

/* Likewise. */
static bool place_contest(eg_decryption_share *share, size_t i, eg_str id)
{
    eg_decryption_contest *at = share->contests;
    size_t j = i;
    while (j < share->contest_count && !eg_str_equal(at[j].object_id, id)) {
        j++;
    }
    if (j < share->contest_count && j != i) {
        eg_decryption_contest other = at[i];
        at[i] = at[j];
        at[j] = other;
    }
    return j < share->contest_count;
}

static eg_result check_selection(const eg_decryption_selection *selection,
                                 const eg_share_origin *origin, const eg_path *at, eg_error *err)
{
    if (!is_of(selection->guardian_id, selection->missing_guardian_id, origin)) {
        return wrong_shape(at, err);
    }
    if (!selection->has_proof || selection->parts != NULL) {
        return EG_FAIL(err, EG_E_PROOF_INVALID, at,
                       "a guardian's share needs its proof, and nothing else");
    }
    if (origin->recovery_key != NULL &&
        (selection->recovery_key == NULL ||
         !eg_modp_equal(selection->recovery_key, origin->recovery_key))) {
        eg_path key = eg_path_field(at, "recovery_key");
        return EG_FAIL(err, EG_E_PROOF_INVALID, &key,
                       "'recovery_key' does not follow from the missing guardian's commitments");
    }
    return EG_SUCCESS;
}

/* The contest's selections in the target's order. */
static eg_result order_contest(eg_decryption_contest *contest, const eg_target_contest *target,
                               const eg_share_origin *origin, const eg_path *at, eg_error *err)
{
    eg_path list = eg_path_field(at, "selections");
    if (contest->selection_count != target->selection_count ||
        !is_of(contest->guardian_id, contest->missing_guardian_id, origin) ||
        !eg_modq_equal(&contest->description_hash, &target->description_hash)) {
        return wrong_shape(at, err);
    }
    for (size_t i = 0; i < target->selection_count; i++) {
        eg_str id = target->selections[i].object_id;
        eg_path path = eg_path_key(&list, id.data, id.len);
        if (!place_selection(contest, i, id)) {
            return wrong_shape(&path, err);
        }
        EG_TRY(check_selection(&contest->selections[i], origin, &path, err));
    }
    return EG_SUCCESS;
}

static eg_result check_head(const eg_decryption_share *share, const eg_target *target,
                            const eg_share_origin *origin, const eg_path *path, eg_error *err)
{
    if (!eg_str_equal(share->object_id, target->object_id) ||
        !is_of(share->guardian_id, share->missing_guardian_id, origin) ||
        share->contest_count != target->contest_count) {
        return wrong_shape(path, err);
    }
    if (!eg_modp_equal(&share->public_key, origin->public_key)) {
        eg_path key = eg_path_field(path, "public_key");
        return EG_FAIL(err, EG_E_PROOF_INVALID, &key, "'public_key' is not the %s key",
                       origin->recovery_key == NULL ? "guardian's" : "available guardian's");
    }
    return EG_SUCCESS;
}

eg_result eg_decryption_share_order(eg_decryption_share *share, const eg_target *target,
                                    const eg_share_origin *origin, const eg_path *path,
                                    eg_error *err)
{
    eg_path list = eg_path_field(path, "contests");
    EG_BUG_IF(err, (origin->missing_guardian_id.len == 0) != (origin->recovery_key == NULL));
    EG_TRY(check_head(share, target, origin, path, err));
    for (size_t i = 0; i < target->contest_count; i++) {
        eg_str id = target->contests[i].object_id;
        eg_path at = eg_path_key(&list, id.data, id.len);
        if (!place_contest(share, i, id)) {
            return wrong_shape(&at, err);
        }
        EG_TRY(order_contest(&share->contests[i], &target->contests[i], origin, &at, err));
    }
    return EG_SUCCESS;
}

/* ---- proofs, of a share in order ---- */

eg_generic_check eg_share_claim_check(const eg_share_claim *claim, const eg_target *target,
                                      size_t i)
{
    eg_flat at = eg_flat_at(target, i);
    const eg_decryption_selection *s = &claim->share->contests[at.contest].selections[at.selection];
    return (eg_generic_check){.proof = &s->proof,
                              .ciphertext =
                                  target->contests[at.contest].selections[at.selection].ciphertext,
                              .public_key = eg_share_claim_key(claim),
                              .share = &s->share};
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
        checks[i] = eg_share_claim_check(claim, target, first + i);
    }
    eg_generic_verify_vartime(ok, checks, count, extended_base_hash);
    for (size_t i = 0; i < count; i++) {
        if (!ok[i]) {
            return refuse(claim, target, eg_flat_at(target, first + i), err);
        }
    }
    return EG_SUCCESS;
}

eg_result eg_decryption_share_verify(eg_decryption_share *share, const eg_target *target,
                                     const eg_share_origin *origin,
                                     const eg_modq *extended_base_hash, eg_arena *scratch,
                                     const eg_path *path, eg_error *err)
{
    const eg_share_claim claim = {.share = share, .origin = *origin, .path = path};
    EG_TRY(eg_decryption_share_order(share, target, origin, path, err));
    return eg_share_claim_verify(&claim, target, 0, eg_target_selection_count(target),
                                 extended_base_hash, scratch, err);
}
