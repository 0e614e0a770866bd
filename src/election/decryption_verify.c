/* Checking shares: the shape against what is decrypted, then every proof. */
#include "election/decryption_batch.h"

static eg_result wrong_shape(const eg_path *at, eg_error *err)
{
    return EG_FAIL(err, EG_E_WRONG_ELECTION, at,
                   "the share does not cover exactly what is decrypted");
}

/* Contests and selections of both kinds of shares begin with their object_id. */
static eg_str id_at(const char *items, size_t item_bytes, size_t i)
{
    eg_str id;
    memcpy(&id, items + i * item_bytes, sizeof id);
    return id;
}

/* Brings the item with that id to place i, by a swap with what is there; false when none from i on
 * has it. It stands there already, as a rule. */
static bool bring_to_place(void *items, size_t item_bytes, size_t count, size_t i, eg_str id)
{
    char *bytes = items;
    size_t j = i;
    while (j < count && !eg_str_equal(id_at(bytes, item_bytes, j), id)) {
        j++;
    }
    for (size_t b = 0; j < count && j != i && b < item_bytes; b++) {
        char other = bytes[j * item_bytes + b];
        bytes[j * item_bytes + b] = bytes[i * item_bytes + b];
        bytes[i * item_bytes + b] = other;
    }
    return j < count;
}

#define BRING_TO_PLACE(items, count, i, id) bring_to_place(items, sizeof *(items), count, i, id)

/* Verifies what was collected; at most one failure is reported, the first. */
static eg_result verify_checks(const eg_generic_check checks[], size_t count,
                               const eg_modq *extended_base_hash, const eg_target_contest *contest,
                               eg_arena *scratch, const eg_path *at, eg_error *err)
{
    bool *ok = NULL;
    EG_TRY(eg_arena_new(scratch, count, sizeof *ok, &ok, err));
    eg_generic_verify_vartime(ok, checks, count, extended_base_hash);
    eg_path list = eg_path_field(at, "selections");
    for (size_t i = 0; i < count; i++) {
        if (!ok[i]) {
            eg_str id = contest->selections[i].object_id;
            eg_path selection = eg_path_key(&list, id.data, id.len);
            eg_path proof = eg_path_field(&selection, "proof");
            return EG_FAIL(err, EG_E_PROOF_INVALID, &proof, "the proof of the share does not hold");
        }
    }
    return EG_SUCCESS;
}

/* ---- a guardian's own share ---- */

/* The contest's selections in the target's order. */
static eg_result order_own(eg_decryption_contest *contest, const eg_target_contest *target,
                           eg_str guardian_id, const eg_path *at, eg_error *err)
{
    eg_path list = eg_path_field(at, "selections");
    if (contest->selection_count != target->selection_count ||
        !eg_str_equal(contest->guardian_id, guardian_id) ||
        !eg_modq_equal(&contest->description_hash, &target->description_hash)) {
        return wrong_shape(at, err);
    }
    for (size_t i = 0; i < target->selection_count; i++) {
        eg_str id = target->selections[i].object_id;
        eg_path path = eg_path_key(&list, id.data, id.len);
        const eg_decryption_selection *selection = &contest->selections[i];
        if (!BRING_TO_PLACE(contest->selections, contest->selection_count, i, id) ||
            !eg_str_equal(selection->guardian_id, guardian_id)) {
            return wrong_shape(&path, err);
        }
        if (!selection->has_proof || selection->parts != NULL) {
            return EG_FAIL(err, EG_E_PROOF_INVALID, &path,
                           "a guardian's own share needs its proof, and nothing else");
        }
    }
    return EG_SUCCESS;
}

static eg_result verify_own(const eg_decryption_contest *contest, const eg_target_contest *target,
                            const eg_modp *public_key, const eg_modq *extended_base_hash,
                            eg_arena *scratch, const eg_path *at, eg_error *err)
{
    eg_generic_check *checks = NULL;
    EG_TRY(eg_arena_new(scratch, target->selection_count, sizeof *checks, &checks, err));
    for (size_t i = 0; i < target->selection_count; i++) {
        checks[i] =
            (eg_generic_check){&contest->selections[i].proof, target->selections[i].ciphertext,
                               public_key, &contest->selections[i].share};
    }
    return verify_checks(checks, target->selection_count, extended_base_hash, target, scratch, at,
                         err);
}

static eg_result check_own_head(const eg_decryption_share *share, const eg_target *target,
                                eg_str guardian_id, const eg_modp *public_key, const eg_path *path,
                                eg_error *err)
{
    eg_path key = eg_path_field(path, "public_key");
    if (!eg_str_equal(share->object_id, target->object_id) ||
        !eg_str_equal(share->guardian_id, guardian_id) ||
        share->contest_count != target->contest_count) {
        return wrong_shape(path, err);
    }
    if (!eg_modp_equal(&share->public_key, public_key)) {
        return EG_FAIL(err, EG_E_PROOF_INVALID, &key, "'public_key' is not the guardian's key");
    }
    return EG_SUCCESS;
}

/* Contest i of the target to place i of the share, and its selections in order. */
static eg_result place_own(eg_decryption_share *share, size_t i, const eg_target *target,
                           eg_str guardian_id, const eg_path *at, eg_error *err)
{
    const eg_target_contest *contest = &target->contests[i];
    if (!BRING_TO_PLACE(share->contests, share->contest_count, i, contest->object_id)) {
        return wrong_shape(at, err);
    }
    return order_own(&share->contests[i], contest, guardian_id, at, err);
}

eg_result eg_decryption_share_order(eg_decryption_share *share, const eg_target *target,
                                    eg_str guardian_id, const eg_modp *public_key,
                                    const eg_path *path, eg_error *err)
{
    eg_path list = eg_path_field(path, "contests");
    EG_TRY(check_own_head(share, target, guardian_id, public_key, path, err));
    for (size_t i = 0; i < target->contest_count; i++) {
        eg_str id = target->contests[i].object_id;
        eg_path at = eg_path_key(&list, id.data, id.len);
        EG_TRY(place_own(share, i, target, guardian_id, &at, err));
    }
    return EG_SUCCESS;
}

eg_result eg_decryption_share_verify(eg_decryption_share *share, const eg_target *target,
                                     eg_str guardian_id, const eg_modp *public_key,
                                     const eg_modq *extended_base_hash, eg_arena *scratch,
                                     const eg_path *path, eg_error *err)
{
    eg_path list = eg_path_field(path, "contests");
    EG_TRY(check_own_head(share, target, guardian_id, public_key, path, err));
    for (size_t i = 0; i < target->contest_count; i++) {
        eg_str id = target->contests[i].object_id;
        eg_path at = eg_path_key(&list, id.data, id.len);
        EG_TRY(place_own(share, i, target, guardian_id, &at, err));
        EG_TRY(verify_own(&share->contests[i], &target->contests[i], public_key, extended_base_hash,
                          scratch, &at, err));
    }
    return EG_SUCCESS;
}

/* ---- a compensated share ---- */

static bool is_for(eg_str guardian_id, eg_str missing_id, eg_str available, eg_str missing)
{
    return eg_str_equal(guardian_id, available) && eg_str_equal(missing_id, missing);
}

static eg_result order_compensated(eg_compensated_contest *contest, const eg_target_contest *target,
                                   eg_str available, eg_str missing, const eg_modp *recovery_key,
                                   const eg_path *at, eg_error *err)
{
    eg_path list = eg_path_field(at, "selections");
    if (contest->selection_count != target->selection_count ||
        !is_for(contest->guardian_id, contest->missing_guardian_id, available, missing) ||
        !eg_modq_equal(&contest->description_hash, &target->description_hash)) {
        return wrong_shape(at, err);
    }
    for (size_t i = 0; i < target->selection_count; i++) {
        eg_str id = target->selections[i].object_id;
        eg_path path = eg_path_key(&list, id.data, id.len);
        eg_path key = eg_path_field(&path, "recovery_key");
        const eg_compensated_selection *selection = &contest->selections[i];
        if (!BRING_TO_PLACE(contest->selections, contest->selection_count, i, id) ||
            !is_for(selection->guardian_id, selection->missing_guardian_id, available, missing)) {
            return wrong_shape(&path, err);
        }
        if (!eg_modp_equal(&selection->recovery_key, recovery_key)) {
            return EG_FAIL(
                err, EG_E_PROOF_INVALID, &key,
                "'recovery_key' does not follow from the missing guardian's commitments");
        }
    }
    return EG_SUCCESS;
}

static eg_result check_compensated_head(const eg_compensated_share *share, const eg_target *target,
                                        eg_str available, eg_str missing,
                                        const eg_modp *available_key, const eg_path *path,
                                        eg_error *err)
{
    eg_path key = eg_path_field(path, "public_key");
    if (!eg_str_equal(share->object_id, target->object_id) ||
        !is_for(share->guardian_id, share->missing_guardian_id, available, missing) ||
        share->contest_count != target->contest_count) {
        return wrong_shape(path, err);
    }
    if (!eg_modp_equal(&share->public_key, available_key)) {
        return EG_FAIL(err, EG_E_PROOF_INVALID, &key,
                       "'public_key' is not the available guardian's key");
    }
    return EG_SUCCESS;
}

static eg_result place_compensated(eg_compensated_share *share, size_t i, const eg_target *target,
                                   eg_str available, eg_str missing, const eg_modp *recovery_key,
                                   const eg_path *at, eg_error *err)
{
    const eg_target_contest *contest = &target->contests[i];
    if (!BRING_TO_PLACE(share->contests, share->contest_count, i, contest->object_id)) {
        return wrong_shape(at, err);
    }
    return order_compensated(&share->contests[i], contest, available, missing, recovery_key, at,
                             err);
}

eg_result eg_compensated_share_order(eg_compensated_share *share, const eg_target *target,
                                     eg_str available_id, eg_str missing_id,
                                     const eg_modp *available_key, const eg_modp *recovery_key,
                                     const eg_path *path, eg_error *err)
{
    eg_path list = eg_path_field(path, "contests");
    EG_TRY(
        check_compensated_head(share, target, available_id, missing_id, available_key, path, err));
    for (size_t i = 0; i < target->contest_count; i++) {
        eg_str id = target->contests[i].object_id;
        eg_path at = eg_path_key(&list, id.data, id.len);
        EG_TRY(
            place_compensated(share, i, target, available_id, missing_id, recovery_key, &at, err));
    }
    return EG_SUCCESS;
}

static eg_result verify_compensated(const eg_compensated_contest *contest,
                                    const eg_target_contest *target, const eg_modp *recovery_key,
                                    const eg_modq *extended_base_hash, eg_arena *scratch,
                                    const eg_path *at, eg_error *err)
{
    eg_generic_check *checks = NULL;
    EG_TRY(eg_arena_new(scratch, target->selection_count, sizeof *checks, &checks, err));
    for (size_t i = 0; i < target->selection_count; i++) {
        checks[i] =
            (eg_generic_check){&contest->selections[i].proof, target->selections[i].ciphertext,
                               recovery_key, &contest->selections[i].share};
    }
    return verify_checks(checks, target->selection_count, extended_base_hash, target, scratch, at,
                         err);
}

eg_result eg_compensated_share_verify(eg_compensated_share *share, const eg_target *target,
                                      eg_str available_id, eg_str missing_id,
                                      const eg_modp *available_key,
                                      const eg_modp *expected_recovery_key,
                                      const eg_modq *extended_base_hash, eg_arena *scratch,
                                      const eg_path *path, eg_error *err)
{
    eg_path list = eg_path_field(path, "contests");
    EG_TRY(
        check_compensated_head(share, target, available_id, missing_id, available_key, path, err));
    for (size_t i = 0; i < target->contest_count; i++) {
        eg_str id = target->contests[i].object_id;
        eg_path at = eg_path_key(&list, id.data, id.len);
        EG_TRY(place_compensated(share, i, target, available_id, missing_id, expected_recovery_key,
                                 &at, err));
        EG_TRY(verify_compensated(&share->contests[i], &target->contests[i], expected_recovery_key,
                                  extended_base_hash, scratch, &at, err));
    }
    return EG_SUCCESS;
}
