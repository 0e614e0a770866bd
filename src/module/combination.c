#include "module/combination.h"

#include "base/utf8.h"
#include "wire/fields.h"
#include "wire/objects/decryption.h"

/* ---- whose files ---- */

static eg_result guardian_of(size_t *out, const eg_combination *c, const eg_node *file,
                             const eg_path *at, const char *id_name, const char *order_name,
                             eg_error *err)
{
    uint32_t order;
    eg_str id;
    eg_path path = eg_path_field(at, id_name);
    EG_TRY(eg_need_map(file, at, err));
    EG_TRY(eg_read_count(file, at, order_name, 1, (uint32_t)c->guardian_count, &order, err));
    EG_TRY(eg_read_str(file, at, id_name, 1, EG_NAME_BYTES_MAX, &id, err));
    if (!eg_str_equal(id, c->audit->guardians[order - 1].owner_id)) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, &path,
                       "guardian number %u of this election is another one", order);
    }
    *out = order - 1;
    return EG_SUCCESS;
}

static eg_result put_file(const eg_node **place, const eg_node *file, const eg_path *at,
                          eg_error *err)
{
    if (*place != NULL) {
        return EG_FAIL(err, EG_E_DUPLICATE, at, "there are two files of these shares");
    }
    *place = file;
    return EG_SUCCESS;
}

static eg_result sort_own(eg_combination *c, const eg_node *list, eg_error *err)
{
    eg_path at = eg_path_field(NULL, "shares");
    EG_TRY(eg_need_array(list, &at, EG_GUARDIANS_MAX, err));
    for (size_t i = 0; i < list->as.array.count; i++) {
        const eg_node *file = &list->as.array.items[i];
        eg_path path = eg_path_index(&at, i);
        size_t g;
        EG_TRY(guardian_of(&g, c, file, &path, "guardian_id", "sequence_order", err));
        EG_TRY(put_file(&c->own[g], file, &path, err));
        c->present_count++;
    }
    if (c->present_count < c->audit->context.quorum) {
        return EG_FAIL(err, EG_E_QUORUM, &at, "there are shares of %zu guardians, and it takes %u",
                       c->present_count, c->audit->context.quorum);
    }
    return EG_SUCCESS;
}

static eg_result sort_compensated(eg_combination *c, const eg_node *list, eg_error *err)
{
    eg_path at = eg_path_field(NULL, "compensated");
    if (list == NULL) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_need_array(list, &at, (size_t)EG_GUARDIANS_MAX * EG_GUARDIANS_MAX, err));
    for (size_t i = 0; i < list->as.array.count; i++) {
        const eg_node *file = &list->as.array.items[i];
        eg_path path = eg_path_index(&at, i);
        size_t maker, missing;
        EG_TRY(guardian_of(&maker, c, file, &path, "guardian_id", "sequence_order", err));
        EG_TRY(guardian_of(&missing, c, file, &path, "missing_guardian_id",
                           "missing_sequence_order", err));
        /* of one who came after all nothing is needed */
        if (c->own[missing] == NULL) {
            EG_TRY(
                put_file(&c->compensated[missing * c->guardian_count + maker], file, &path, err));
        }
    }
    return EG_SUCCESS;
}

/* The record says who is present once, for all that is decrypted. */
static eg_result need_all(const eg_combination *c, eg_error *err)
{
    eg_path at = eg_path_field(NULL, "compensated");
    for (size_t m = 0; m < c->guardian_count; m++) {
        for (size_t a = 0; a < c->guardian_count && c->own[m] == NULL; a++) {
            if (c->own[a] != NULL && c->compensated[m * c->guardian_count + a] == NULL) {
                return EG_FAIL(err, EG_E_NOT_FOUND, &at,
                               "the share for guardian %.*s by guardian %.*s is not there",
                               EG_SHOWN(c->audit->guardians[m].owner_id),
                               EG_SHOWN(c->audit->guardians[a].owner_id));
            }
        }
    }
    return EG_SUCCESS;
}

static eg_result find_coefficients(eg_combination *c, eg_error *err)
{
    uint64_t others[EG_GUARDIANS_MAX];
    size_t found = 0;
    EG_TRY(
        eg_arena_new(c->arena, c->present_count, sizeof *c->coefficients, &c->coefficients, err));
    for (size_t i = 0; i < c->guardian_count; i++) {
        size_t count = 0;
        for (size_t j = 0; j < c->guardian_count && c->own[i] != NULL; j++) {
            if (j != i && c->own[j] != NULL) {
                others[count++] = j + 1;
            }
        }
        if (c->own[i] != NULL) {
            EG_TRY(eg_lagrange(&c->coefficients[found++], i + 1, others, count, err));
        }
    }
    return EG_SUCCESS;
}

eg_result eg_combination_init(eg_combination *out, const eg_audit *audit, const eg_node *shares,
                              const eg_node *compensated, eg_arena *arena, eg_error *err)
{
    const size_t n = audit->guardian_count;
    *out = (eg_combination){.audit = audit, .arena = arena, .guardian_count = n};
    EG_TRY(eg_arena_new(arena, n, sizeof *out->own, &out->own, err));
    EG_TRY(eg_arena_new(arena, n * n, sizeof *out->compensated, &out->compensated, err));
    EG_TRY(sort_own(out, shares, err));
    EG_TRY(sort_compensated(out, compensated, err));
    EG_TRY(need_all(out, err));
    return find_coefficients(out, err);
}

/* ---- shares of one target ---- */

/* Within a guardian's file: the tally's share, or that of a ballot. */
static eg_result find_share(const eg_node **out, const eg_node *file, eg_str ballot_id,
                            const eg_path *at, eg_error *err)
{
    const eg_node *ballots;
    eg_path list = eg_path_field(at, "ballot_shares");
    eg_path path = eg_path_key(&list, ballot_id.data, ballot_id.len);
    if (ballot_id.len == 0) {
        return eg_field(out, file, at, "tally_share", err);
    }
    EG_TRY(eg_field(&ballots, file, at, "ballot_shares", err));
    EG_TRY(eg_need_map(ballots, &list, err));
    for (size_t i = 0; i < ballots->as.map.count; i++) {
        if (eg_str_equal(ballots->as.map.members[i].key, ballot_id)) {
            *out = &ballots->as.map.members[i].value;
            return EG_SUCCESS;
        }
    }
    return EG_FAIL(err, EG_E_MISSING_FIELD, &path, "there is no share of this spoiled ballot");
}

/* missing NULL: the guardian's own. */
static eg_result verify_share(const eg_combination *c, eg_decryption_share *out,
                              const eg_target *target, const eg_guardian_public *guardian,
                              const eg_guardian_public *missing, const eg_node *file,
                              eg_str ballot_id, eg_error *err)
{
    const eg_share_message message = missing == NULL ? EG_OWN_SHARE : EG_COMPENSATED_SHARE;
    eg_share_origin origin = {.guardian_id = guardian->owner_id, .public_key = &guardian->key};
    eg_path shares = eg_path_field(NULL, missing == NULL ? "shares" : "compensated");
    eg_path at = eg_path_key(&shares, guardian->owner_id.data, guardian->owner_id.len);
    eg_modp recovery_key;
    const eg_node *share;
    if (missing != NULL) {
        eg_recovery_key_vartime(&recovery_key, missing->commitments, missing->commitment_count,
                                guardian->sequence_order);
        origin.missing_guardian_id = missing->owner_id;
        origin.recovery_key = &recovery_key;
    }
    EG_TRY(find_share(&share, file, ballot_id, &at, err));
    EG_TRY(eg_need_map(share, &at, err));
    EG_TRY(eg_decryption_share_read(out, message, share, &at, c->arena, err));
    return eg_decryption_share_verify(out, target, &origin, &c->audit->context.extended_base_hash,
                                      c->arena, &at, err);
}

static eg_result reconstruct(const eg_combination *c, eg_decryption_share *out,
                             const eg_target *target, size_t missing, eg_str ballot_id,
                             eg_error *err)
{
    const eg_guardian_public *guardians = c->audit->guardians;
    const eg_decryption_share *list[EG_GUARDIANS_MAX];
    eg_decryption_share *parts = NULL;
    size_t count = 0;
    EG_TRY(eg_arena_new(c->arena, c->present_count, sizeof *parts, &parts, err));
    for (size_t a = 0; a < c->guardian_count; a++) {
        if (c->own[a] != NULL) {
            EG_TRY(verify_share(c, &parts[count], target, &guardians[a], &guardians[missing],
                                c->compensated[missing * c->guardian_count + a], ballot_id, err));
            list[count] = &parts[count];
            count++;
        }
    }
    return eg_share_reconstruct(out, target, guardians[missing].owner_id, &guardians[missing].key,
                                list, c->coefficients, count, c->arena, err);
}

eg_result eg_combination_open(const eg_combination *combination, eg_combined *out, eg_str ballot_id,
                              uint64_t max, eg_error *err)
{
    const eg_combination *c = combination;
    const size_t selections = eg_target_selection_count(&out->target);
    eg_path at = eg_path_field(NULL, "shares");
    eg_decryption_share *shares = NULL;
    EG_TRY(eg_arena_new(c->arena, c->guardian_count, sizeof *shares, &shares, err));
    EG_TRY(eg_arena_new(c->arena, c->guardian_count, sizeof *out->shares, &out->shares, err));
    EG_TRY(eg_arena_new(c->arena, selections, sizeof *out->results, &out->results, err));
    for (size_t i = 0; i < c->guardian_count; i++) {
        out->shares[i] = &shares[i];
        EG_TRY(c->own[i] == NULL
                   ? reconstruct(c, &shares[i], &out->target, i, ballot_id, err)
                   : verify_share(c, &shares[i], &out->target, &c->audit->guardians[i], NULL,
                                  c->own[i], ballot_id, err));
    }
    return eg_shares_combine(out->results, &out->result_count, &out->target, out->shares,
                             c->guardian_count, max, &at, err);
}
