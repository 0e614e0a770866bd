/* From shares to counts: reconstruction of missing guardians' shares, then combination
 * (docs/crypto.md 16.5, 16.6). */
#include "election/decryption.h"

#include "crypto/dlog.h"

#include "group/group.h"

static void reconstruct_selection(eg_decryption_selection *out,
                                  const eg_compensated_selection parts[],
                                  const eg_modq coefficients[], size_t count, eg_modp *powers)
{
    eg_modp_acc product;
    eg_modp_acc_init(&product);
    eg_pow jobs[EG_GUARDIANS_MAX];
    for (size_t l = 0; l < count; l++) {
        jobs[l] = (eg_pow){&parts[l].share, &coefficients[l], &powers[l]};
    }
    eg_pow_batch_vartime(jobs, count);
    for (size_t l = 0; l < count; l++) {
        eg_modp_acc_mul(&product, &powers[l]);
    }
    eg_modp_acc_value(&out->share, &product);
    out->parts = parts;
    out->part_count = count;
}

eg_result eg_share_reconstruct(eg_decryption_share *out, const eg_target *target, eg_str missing_id,
                               const eg_modp *missing_key,
                               const eg_compensated_share *const parts[],
                               const eg_modq coefficients[], size_t part_count, eg_arena *arena,
                               eg_error *err)
{
    EG_BUG_IF(err, part_count == 0 || part_count > EG_GUARDIANS_MAX);
    eg_modp *powers = NULL;
    EG_TRY(eg_arena_new(arena, part_count, sizeof *powers, &powers, err));
    EG_TRY(eg_decryption_share_init(out, target, missing_id, missing_key, arena, err));
    for (size_t i = 0; i < target->contest_count; i++) {
        for (size_t j = 0; j < target->contests[i].selection_count; j++) {
            eg_compensated_selection *collected = NULL;
            EG_TRY(eg_arena_new(arena, part_count, sizeof *collected, &collected, err));
            for (size_t l = 0; l < part_count; l++) {
                collected[l] = parts[l]->contests[i].selections[j];
            }
            reconstruct_selection(&out->contests[i].selections[j], collected, coefficients,
                                  part_count, powers);
        }
    }
    return EG_SUCCESS;
}

/* B / product of all shares */
static bool open_selection(eg_modp *value, const eg_target_selection *target, size_t contest,
                           size_t selection, const eg_decryption_share *const shares[],
                           size_t share_count)
{
    eg_modp_acc product;
    eg_modp_acc_init(&product);
    for (size_t g = 0; g < share_count; g++) {
        eg_modp_acc_mul(&product, &shares[g]->contests[contest].selections[selection].share);
    }
    eg_modp divisor;
    eg_modp_acc_value(&divisor, &product);
    if (!eg_modp_inverse_vartime(&divisor, &divisor)) {
        return false;
    }
    eg_modp_mul(value, &target->ciphertext->data, &divisor);
    return true;
}

static eg_result open_contest(eg_plain_result results[], size_t *n, const eg_target *target,
                              size_t index, const eg_decryption_share *const shares[],
                              size_t share_count, const eg_dlog *counts, const eg_path *at,
                              eg_error *err)
{
    const eg_target_contest *contest = &target->contests[index];
    eg_path selections = eg_path_field(at, "selections");
    for (size_t j = 0; j < contest->selection_count; j++) {
        const eg_target_selection *selection = &contest->selections[j];
        eg_plain_result *result = &results[*n];
        if (selection->is_placeholder) {
            continue;
        }
        eg_path here =
            eg_path_key(&selections, selection->object_id.data, selection->object_id.len);
        if (!open_selection(&result->value, selection, index, j, shares, share_count) ||
            !eg_dlog_find_vartime(&result->tally, counts, &result->value)) {
            return EG_FAIL(err, EG_E_PROOF_INVALID, &here,
                           "the shares do not decrypt the selection to a count that is possible");
        }
        result->contest_id = contest->object_id;
        result->object_id = selection->object_id;
        (*n)++;
    }
    return EG_SUCCESS;
}

eg_result eg_shares_combine(eg_plain_result results[], size_t *result_count,
                            const eg_target *target, const eg_decryption_share *const shares[],
                            size_t share_count, uint64_t max, const eg_path *path, eg_error *err)
{
    eg_path list = eg_path_field(path, "contests");
    eg_dlog *counts = eg_dlog_new(max, eg_target_selection_count(target));
    eg_result r = EG_SUCCESS;
    size_t n = 0;
    if (counts == NULL) {
        return EG_FAIL(err, EG_E_BUSY, path, "no memory to search for the counts");
    }
    for (size_t i = 0; i < target->contest_count && !eg_failed(r); i++) {
        eg_str id = target->contests[i].object_id;
        eg_path at = eg_path_key(&list, id.data, id.len);
        r = open_contest(results, &n, target, i, shares, share_count, counts, &at, err);
    }
    eg_dlog_free(counts);
    EG_TRY(r);
    *result_count = n;
    return EG_SUCCESS;
}
