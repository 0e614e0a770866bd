/* From shares to counts: reconstruction of missing guardians' shares, then combination
 * (docs/crypto.md 16.5, 16.6). */
#include "election/decryption_open.h"

#include "group/group.h"

static void reconstruct_selection(eg_decryption_selection *out,
                                  const eg_decryption_selection parts[],
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
                               const eg_modp *missing_key, const eg_decryption_share *const parts[],
                               const eg_modq coefficients[], size_t part_count, eg_arena *arena,
                               eg_error *err)
{
    EG_BUG_IF(err, part_count == 0 || part_count > EG_GUARDIANS_MAX);
    const eg_share_origin origin = {.guardian_id = missing_id, .public_key = missing_key};
    eg_modp *powers = NULL;
    EG_TRY(eg_arena_new(arena, part_count, sizeof *powers, &powers, err));
    EG_TRY(eg_decryption_share_init(out, target, &origin, arena, err));
    for (size_t i = 0; i < target->contest_count; i++) {
        for (size_t j = 0; j < target->contests[i].selection_count; j++) {
            eg_decryption_selection *collected = NULL;
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

eg_result eg_shares_combine(eg_plain_result results[], size_t *result_count,
                            const eg_target *target, const eg_decryption_share *const shares[],
                            size_t share_count, uint64_t max, const eg_path *path, eg_error *err)
{
    size_t selections = eg_target_selection_count(target);
    eg_opening o = {.target = target, .own = shares, .own_count = share_count};
    eg_dlog *counts;
    eg_arena arena;
    eg_arena_init(&arena, NULL);
    for (size_t i = 0; i < selections; i++) {
        results[i] = (eg_plain_result){.tally = 0};
    }
    eg_result r = eg_dlog_new(&counts, max, selections, &arena, err);
    if (!eg_failed(r)) {
        o.counts = counts;
        r = eg_selections_open(results, &o, 0, selections, &arena, path, err);
    }
    eg_arena_free(&arena);
    EG_TRY(r);
    *result_count = eg_results_gather(results, target);
    return EG_SUCCESS;
}
