#include "api/combination.h"

#include "wire/objects/guardian.h"

static const size_t no_entry = SIZE_MAX;

static eg_arena *arena_of(const eg_combination *c)
{
    return c->share.intake.call->arena;
}

/* ---- guardians ---------------------------------------------------------------------------------
 */

static eg_result refuse_repeated_orders(const eg_combination *c, size_t i, const eg_path *at,
                                        eg_error *err)
{
    for (size_t j = 0; j < i; j++) {
        if (eg_str_equal(c->guardians[j].id, c->guardians[i].id)) {
            eg_path path = eg_path_field(at, "id");
            return EG_FAIL(err, EG_E_DUPLICATE, &path, "an earlier guardian has the same id");
        }
        if (c->guardians[j].sequence_order == c->guardians[i].sequence_order) {
            eg_path path = eg_path_field(at, "sequence_order");
            return EG_FAIL(err, EG_E_DUPLICATE, &path,
                           "an earlier guardian has the same sequence order");
        }
    }
    return EG_SUCCESS;
}

static eg_result read_guardian(eg_combination *c, size_t i, const eg_node *node, const eg_path *at,
                               eg_error *err)
{
    eg_guardian_data *g = &c->guardians[i];
    EG_TRY(eg_guardian_data_read(g, node, at, arena_of(c), err));
    EG_TRY(eg_guardian_data_check(g, c->share.election.context.number_of_guardians, at, err));
    if (!g->has_record) {
        eg_path path = eg_path_field(at, "election_public_key");
        return EG_FAIL(err, EG_E_MISSING_FIELD, &path, "'election_public_key' is required");
    }
    return refuse_repeated_orders(c, i, at, err);
}

static eg_result check_joint_key(const eg_combination *c, const eg_path *path, eg_error *err)
{
    eg_modp_acc product;
    eg_modp key;
    eg_modp_acc_init(&product);
    for (size_t i = 0; i < c->guardian_count; i++) {
        eg_modp_acc_mul(&product, &c->guardians[i].record.key);
    }
    eg_modp_acc_value(&key, &product);
    if (!eg_modp_equal(&key, &c->share.election.context.public_key)) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, path,
                       "the guardians' keys do not make up 'joint_public_key'");
    }
    return EG_SUCCESS;
}

static eg_result read_guardians(eg_combination *c, eg_error *err)
{
    eg_path path = eg_path_field(NULL, "guardian_data");
    eg_node list;
    EG_TRY(eg_intake_open(&c->share.intake, "guardian_data", &list, NULL, err));
    EG_TRY(eg_need_array(&list, &path, EG_GUARDIANS_MAX, err));
    c->guardian_count = list.as.array.count;
    if (c->guardian_count != c->share.election.context.number_of_guardians) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                       "'guardian_data' must hold one entry for each of the election's guardians");
    }
    EG_TRY(eg_arena_new(arena_of(c), c->guardian_count, sizeof *c->guardians, &c->guardians, err));
    for (size_t i = 0; i < c->guardian_count; i++) {
        eg_path at = eg_path_index(&path, i);
        EG_TRY(read_guardian(c, i, &list.as.array.items[i], &at, err));
    }
    return check_joint_key(c, &path, err);
}

/* ---- lists -------------------------------------------------------------------------------------
 */

static eg_result read_list(const eg_combination *c, const char *name, size_t max, eg_node *out,
                           eg_error *err)
{
    eg_path path = eg_path_field(NULL, name);
    EG_TRY(eg_intake_open(&c->share.intake, name, out, NULL, err));
    return eg_need_array(out, &path, max, err);
}

static eg_result need_length(const eg_node *list, const char *name, size_t count, const char *other,
                             eg_error *err)
{
    eg_path path = eg_path_field(NULL, name);
    if (list->as.array.count != count) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'%s' must be as long as '%s'", name, other);
    }
    return EG_SUCCESS;
}

static eg_result read_share_list(const eg_combination *c, eg_share_list *out, const char *name,
                                 size_t count, const char *other, eg_error *err)
{
    out->name = name;
    EG_TRY(read_list(c, name, (size_t)EG_GUARDIANS_MAX * EG_GUARDIANS_MAX, &out->list, err));
    return need_length(&out->list, name, count, other, err);
}

/* Entries of a list of ballot shares: maps of ballot id to share, or the JSON text of one. */
static eg_result open_ballot_shares(const eg_combination *c, eg_share_list *list, eg_error *err)
{
    size_t count = list->list.as.array.count;
    eg_path path = eg_path_field(NULL, list->name);
    EG_TRY(eg_arena_new(arena_of(c), count, sizeof *list->opened, &list->opened, err));
    for (size_t i = 0; i < count; i++) {
        eg_path at = eg_path_index(&path, i);
        EG_TRY(eg_artifact_open(&list->opened[i], NULL, &list->list.as.array.items[i], &at,
                                arena_of(c), err));
        EG_TRY(eg_need_map(&list->opened[i], &at, err));
    }
    return EG_SUCCESS;
}

/* Index of the guardian named by an element of an id list. */
static eg_result find_guardian(const eg_combination *c, const eg_node *id, const eg_path *at,
                               size_t *out, eg_error *err)
{
    eg_str name;
    EG_TRY(eg_node_id(&name, id, at, arena_of(c), err));
    for (size_t i = 0; i < c->guardian_count; i++) {
        if (eg_str_equal(c->guardians[i].id, name)) {
            *out = i;
            return EG_SUCCESS;
        }
    }
    return EG_FAIL(err, EG_E_OUT_OF_RANGE, at, "no entry of 'guardian_data' has this id");
}

/* Position among the available guardians; false when the guardian is missing. */
static bool find_available(const eg_combination *c, size_t guardian, size_t *position)
{
    for (size_t i = 0; i < c->available_count; i++) {
        if (c->available[i] == guardian) {
            *position = i;
            return true;
        }
    }
    return false;
}

/* ---- available guardians -----------------------------------------------------------------------
 */

static eg_result check_public_key(const eg_combination *c, size_t i, const eg_node *node,
                                  const eg_path *at, eg_error *err)
{
    const eg_guardian_data *g = &c->guardians[c->available[i]];
    eg_node map;
    eg_guardian_public record;
    EG_TRY(eg_artifact_open(&map, NULL, node, at, arena_of(c), err));
    EG_TRY(eg_guardian_public_read(&record, &map, at, arena_of(c), err));
    if (!eg_str_equal(record.owner_id, g->id) || record.sequence_order != g->sequence_order ||
        !eg_modp_equal(&record.key, &g->record.key)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, at,
                       "the key is not that of guardian %.*s in 'guardian_data'", EG_SHOWN(g->id));
    }
    return EG_SUCCESS;
}

static eg_result read_available(eg_combination *c, eg_error *err)
{
    const char *ids_name = "available_guardian_ids";
    const char *keys_name = "available_guardian_public_keys";
    eg_path ids_path = eg_path_field(NULL, ids_name);
    eg_path keys_path = eg_path_field(NULL, keys_name);
    eg_node ids;
    eg_node keys;
    EG_TRY(read_list(c, ids_name, EG_GUARDIANS_MAX, &ids, err));
    EG_TRY(read_list(c, keys_name, EG_GUARDIANS_MAX, &keys, err));
    size_t count = ids.as.array.count;
    EG_TRY(need_length(&keys, keys_name, count, ids_name, err));
    EG_TRY(read_share_list(c, &c->tally_shares, "available_tally_shares", count, ids_name, err));
    EG_TRY(read_share_list(c, &c->ballot_shares, "available_ballot_shares", count, ids_name, err));
    EG_TRY(open_ballot_shares(c, &c->ballot_shares, err));
    EG_TRY(eg_arena_new(arena_of(c), count, sizeof *c->available, &c->available, err));
    for (size_t i = 0; i < count; i++) {
        eg_path at = eg_path_index(&ids_path, i);
        eg_path key_at = eg_path_index(&keys_path, i);
        size_t guardian;
        size_t earlier;
        EG_TRY(find_guardian(c, &ids.as.array.items[i], &at, &guardian, err));
        if (find_available(c, guardian, &earlier)) {
            return EG_FAIL(err, EG_E_DUPLICATE, &at, "the guardian is listed twice");
        }
        c->available[c->available_count++] = guardian;
        EG_TRY(check_public_key(c, i, &keys.as.array.items[i], &key_at, err));
    }
    uint32_t quorum = c->share.election.context.quorum;
    if (count < quorum) {
        return EG_FAIL(err, EG_E_QUORUM, &ids_path,
                       "Insufficient guardians available. Need %u, have %zu", (unsigned)quorum,
                       count);
    }
    return EG_SUCCESS;
}

/* ---- missing guardians -------------------------------------------------------------------------
 */

static eg_result list_missing(eg_combination *c, eg_error *err)
{
    size_t pairs = (c->guardian_count - c->available_count) * c->available_count;
    EG_TRY(eg_arena_new(arena_of(c), c->guardian_count, sizeof *c->missing, &c->missing, err));
    EG_TRY(eg_arena_new(arena_of(c), pairs, sizeof *c->pair_entry, &c->pair_entry, err));
    for (size_t i = 0; i < c->guardian_count; i++) {
        size_t position;
        if (!find_available(c, i, &position)) {
            c->missing[c->missing_count++] = i;
        }
    }
    for (size_t i = 0; i < pairs; i++) {
        c->pair_entry[i] = no_entry;
    }
    return EG_SUCCESS;
}

static bool find_missing(const eg_combination *c, size_t guardian, size_t *position)
{
    for (size_t i = 0; i < c->missing_count; i++) {
        if (c->missing[i] == guardian) {
            *position = i;
            return true;
        }
    }
    return false;
}

/* One entry of the parallel lists. Those for guardians who are available are ignored. */
static eg_result note_pair(eg_combination *c, const eg_node *missing_id,
                           const eg_node *compensating_id, size_t entry, eg_error *err)
{
    eg_path missing_list = eg_path_field(NULL, "missing_guardian_ids");
    eg_path compensating_list = eg_path_field(NULL, "compensating_guardian_ids");
    eg_path missing_at = eg_path_index(&missing_list, entry);
    eg_path compensating_at = eg_path_index(&compensating_list, entry);
    size_t missing;
    size_t compensating;
    size_t m;
    size_t a;
    EG_TRY(find_guardian(c, missing_id, &missing_at, &missing, err));
    EG_TRY(find_guardian(c, compensating_id, &compensating_at, &compensating, err));
    if (!find_missing(c, missing, &m)) {
        return EG_SUCCESS;
    }
    if (!find_available(c, compensating, &a)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &compensating_at,
                       "a guardian that is not available cannot compensate");
    }
    size_t *slot = &c->pair_entry[m * c->available_count + a];
    if (*slot != no_entry) {
        return EG_FAIL(err, EG_E_DUPLICATE, &compensating_at,
                       "the same two guardians are listed twice");
    }
    *slot = entry;
    return EG_SUCCESS;
}

static bool has_compensation(const eg_combination *c)
{
    static const char *const names[] = {"missing_guardian_ids", "compensating_guardian_ids",
                                        "compensated_tally_shares", "compensated_ballot_shares"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (eg_intake_has(&c->share.intake, names[i])) {
            return true;
        }
    }
    return false;
}

static eg_result need_all_pairs(const eg_combination *c, eg_error *err)
{
    for (size_t i = 0; i < c->missing_count * c->available_count; i++) {
        if (c->pair_entry[i] == no_entry) {
            eg_path path = eg_path_field(NULL, "compensated_tally_shares");
            eg_str missing = c->guardians[c->missing[i / c->available_count]].id;
            eg_str available = c->guardians[c->available[i % c->available_count]].id;
            return EG_FAIL(err, EG_E_MISSING_FIELD, &path,
                           "Missing compensated shares for guardian %.*s from guardian %.*s",
                           EG_SHOWN(missing), EG_SHOWN(available));
        }
    }
    return EG_SUCCESS;
}

static eg_result read_compensation(eg_combination *c, eg_error *err)
{
    const char *name = "missing_guardian_ids";
    size_t max = (size_t)EG_GUARDIANS_MAX * EG_GUARDIANS_MAX;
    eg_node missing;
    eg_node compensating;
    EG_TRY(list_missing(c, err));
    if (!has_compensation(c)) {
        return need_all_pairs(c, err);
    }
    EG_TRY(read_list(c, name, max, &missing, err));
    EG_TRY(read_list(c, "compensating_guardian_ids", max, &compensating, err));
    size_t count = missing.as.array.count;
    EG_TRY(need_length(&compensating, "compensating_guardian_ids", count, name, err));
    EG_TRY(read_share_list(c, &c->compensated_tally_shares, "compensated_tally_shares", count, name,
                           err));
    EG_TRY(read_share_list(c, &c->compensated_ballot_shares, "compensated_ballot_shares", count,
                           name, err));
    EG_TRY(open_ballot_shares(c, &c->compensated_ballot_shares, err));
    for (size_t i = 0; i < count; i++) {
        EG_TRY(note_pair(c, &missing.as.array.items[i], &compensating.as.array.items[i], i, err));
    }
    return need_all_pairs(c, err);
}

/* Over all available guardians, not quorum many of them. */
static eg_result make_coefficients(eg_combination *c, eg_error *err)
{
    uint64_t orders[EG_GUARDIANS_MAX];
    EG_TRY(eg_arena_new(arena_of(c), c->available_count, sizeof *c->coefficients, &c->coefficients,
                        err));
    for (size_t i = 0; i < c->available_count; i++) {
        size_t others = 0;
        for (size_t j = 0; j < c->available_count; j++) {
            if (j != i) {
                orders[others++] = c->guardians[c->available[j]].sequence_order;
            }
        }
        EG_TRY(eg_lagrange(&c->coefficients[i], c->guardians[c->available[i]].sequence_order,
                           orders, others, err));
    }
    return EG_SUCCESS;
}

eg_result eg_combination_read(eg_combination *c, eg_error *err)
{
    EG_TRY(read_guardians(c, err));
    EG_TRY(read_available(c, err));
    EG_TRY(read_compensation(c, err));
    return make_coefficients(c, err);
}
