#include "client/opening.h"

#include "wire/objects/decryption.h"
#include "wire/objects/guardian.h"

/* ---- the guardians ---- */

static eg_result read_guardian(eg_guardian_public *out, eg_str text, uint32_t quorum,
                               const eg_path *at, eg_arena *arena, eg_error *err)
{
    eg_node node;
    EG_TRY(eg_tree_parse(&node, EG_JSON, text, 0, arena, at, err));
    EG_TRY(eg_need_map(&node, at, err));
    EG_TRY(eg_guardian_public_read(out, &node, at, arena, err));
    return eg_guardian_public_check(out, quorum, at, err);
}

/* Records name whom they are of, in the order of the election. */
static eg_result read_guardians(eg_opener *o, const eg_ceremony *ceremony, eg_arena *arena,
                                eg_error *err)
{
    eg_path list = eg_path_field(NULL, "guardian_data");
    EG_TRY(eg_arena_new(arena, o->spec->guardians, sizeof *o->guardians, &o->guardians, err));
    for (size_t i = 0; i < o->spec->guardians; i++) {
        eg_path at = eg_path_index(&list, i);
        eg_guardian_public *g = &o->guardians[i];
        EG_TRY(read_guardian(g, ceremony->records[i], o->spec->quorum, &at, arena, err));
        if (g->sequence_order != i + 1 || !eg_str_equal(g->owner_id, ceremony->ids[i])) {
            return EG_FAIL(err, EG_E_INTERNAL, &at,
                           "the service answered with the record of another guardian");
        }
    }
    return EG_SUCCESS;
}

static eg_result read_context(eg_opener *o, const eg_ceremony *ceremony, eg_error *err)
{
    const eg_node key_node = {.kind = EG_STRING, .as.str = ceremony->joint_public_key};
    const eg_node hash_node = {.kind = EG_STRING, .as.str = ceremony->commitment_hash};
    eg_path key_path = eg_path_field(NULL, "joint_public_key");
    eg_path hash_path = eg_path_field(NULL, "commitment_hash");
    eg_modp key, stated_key;
    eg_modq hash, stated_hash;
    EG_TRY(eg_node_p_decimal(&stated_key, &key_node, &key_path, err));
    EG_TRY(eg_node_q_decimal(&stated_hash, &hash_node, &hash_path, err));
    eg_joint_key(&key, &hash, o->guardians, o->spec->guardians);
    if (!eg_modp_equal(&key, &stated_key) || !eg_modq_equal(&hash, &stated_hash)) {
        return EG_FAIL(err, EG_E_INTERNAL, &key_path,
                       "the guardians' records do not make up the election's key");
    }
    return eg_context_init(&o->context, o->spec->guardians, o->spec->quorum, &key, &hash,
                           &o->spec->manifest->hash, err);
}

static eg_result find_coefficients(eg_opener *o, eg_arena *arena, eg_error *err)
{
    const size_t present = eg_spec_available(o->spec);
    uint64_t others[EG_GUARDIANS_MAX];
    EG_TRY(eg_arena_new(arena, present, sizeof *o->coefficients, &o->coefficients, err));
    for (size_t i = 0; i < present; i++) {
        size_t count = 0;
        for (size_t j = 0; j < present; j++) {
            if (j != i) {
                others[count++] = o->guardians[j].sequence_order;
            }
        }
        EG_TRY(
            eg_lagrange(&o->coefficients[i], o->guardians[i].sequence_order, others, count, err));
    }
    return EG_SUCCESS;
}

eg_result eg_opener_seat(eg_opener *opener, const size_t places[], eg_arena *arena, eg_error *err)
{
    const size_t count = opener->spec->guardians;
    eg_guardian_public *seated = NULL;
    EG_TRY(eg_arena_new(arena, count, sizeof *seated, &seated, err));
    for (size_t i = 0; i < count; i++) {
        seated[i] = opener->guardians[places[i]];
    }
    opener->guardians = seated;
    return find_coefficients(opener, arena, err);
}

eg_result eg_opener_init(eg_opener *out, const eg_election_spec *spec, const eg_ceremony *ceremony,
                         eg_arena *arena, eg_error *err)
{
    *out = (eg_opener){.spec = spec};
    EG_TRY(read_guardians(out, ceremony, arena, err));
    EG_TRY(read_context(out, ceremony, err));
    return find_coefficients(out, arena, err);
}

/* ---- shares ---- */

/* missing NULL: the guardian's own. */
static eg_result read_and_verify(const eg_opener *o, eg_decryption_share *out,
                                 const eg_target *target, const eg_guardian_public *guardian,
                                 const eg_guardian_public *missing, const eg_node *node,
                                 const eg_path *at, eg_arena *arena, eg_error *err)
{
    eg_share_message message = missing == NULL ? EG_OWN_SHARE : EG_COMPENSATED_SHARE;
    eg_share_origin origin = {.guardian_id = guardian->owner_id, .public_key = &guardian->key};
    eg_modp recovery_key;
    if (missing != NULL) {
        eg_recovery_key_vartime(&recovery_key, missing->commitments, missing->commitment_count,
                                guardian->sequence_order);
        origin.missing_guardian_id = missing->owner_id;
        origin.recovery_key = &recovery_key;
    }
    EG_TRY(eg_need_map(node, at, err));
    EG_TRY(eg_decryption_share_read(out, message, node, at, arena, err));
    return eg_decryption_share_verify(out, target, &origin, &o->context.extended_base_hash, arena,
                                      at, err);
}

eg_result eg_opener_check_share(const eg_opener *opener, const eg_target *target,
                                const eg_guardian_public *guardian,
                                const eg_guardian_public *missing, const eg_node *share,
                                const eg_path *at, eg_arena *arena, eg_error *err)
{
    eg_decryption_share read;
    return read_and_verify(opener, &read, target, guardian, missing, share, at, arena, err);
}

static eg_result verify_share(const eg_opener *o, eg_decryption_share *out, const eg_target *target,
                              const eg_guardian_public *guardian, const eg_guardian_public *missing,
                              eg_str text, eg_arena *arena, eg_error *err)
{
    eg_path shares = eg_path_field(NULL, missing == NULL ? "shares" : "compensated_shares");
    eg_path at = eg_path_key(&shares, guardian->owner_id.data, guardian->owner_id.len);
    eg_node node;
    EG_TRY(eg_tree_parse(&node, EG_JSON, text, 0, arena, &at, err));
    return read_and_verify(o, out, target, guardian, missing, &node, &at, arena, err);
}

static eg_result reconstruct(const eg_opener *o, eg_decryption_share *out, const eg_target *target,
                             const eg_guardian_public *missing, const eg_str compensated[],
                             eg_arena *arena, eg_error *err)
{
    const size_t present = eg_spec_available(o->spec);
    const eg_decryption_share *list[EG_GUARDIANS_MAX];
    eg_decryption_share *parts = NULL;
    EG_TRY(eg_arena_new(arena, present, sizeof *parts, &parts, err));
    for (size_t i = 0; i < present; i++) {
        EG_TRY(verify_share(o, &parts[i], target, &o->guardians[i], missing, compensated[i], arena,
                            err));
        list[i] = &parts[i];
    }
    return eg_share_reconstruct(out, target, missing->owner_id, &missing->key, list,
                                o->coefficients, present, arena, err);
}

eg_result eg_opener_open(const eg_opener *opener, eg_opened *out, const eg_str own[],
                         const eg_str compensated[], uint64_t max, eg_arena *arena, eg_error *err)
{
    const size_t count = opener->spec->guardians;
    const size_t present = eg_spec_available(opener->spec);
    const size_t selections = eg_target_selection_count(&out->target);
    eg_path at = eg_path_field(NULL, "shares");
    eg_decryption_share *shares = NULL;
    EG_TRY(eg_arena_new(arena, count, sizeof *shares, &shares, err));
    EG_TRY(eg_arena_new(arena, count, sizeof(eg_decryption_share *), &out->shares, err));
    EG_TRY(eg_arena_new(arena, selections, sizeof *out->results, &out->results, err));
    for (size_t i = 0; i < count; i++) {
        const eg_guardian_public *g = &opener->guardians[i];
        out->shares[i] = &shares[i];
        if (i < present) {
            EG_TRY(verify_share(opener, &shares[i], &out->target, g, NULL, own[i], arena, err));
        } else {
            EG_TRY(reconstruct(opener, &shares[i], &out->target, g,
                               &compensated[(i - present) * present], arena, err));
        }
    }
    return eg_shares_combine(out->results, &out->result_count, &out->target, out->shares, count,
                             max, &at, err);
}
