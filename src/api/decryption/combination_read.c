#include "api/decryption/combination.h"

#include "wire/objects/guardian.h"

static const size_t no_entry = SIZE_MAX;

static eg_arena *arena_of(const eg_combination *c)
{
    return c->request.intake.call->arena;
}

/* ---- guardians ---- */

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
    EG_TRY(eg_guardian_data_check(g, c->request.election.context.number_of_guardians, at, err));
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
    if (!eg_modp_equal(&key, &c->request.election.context.public_key)) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, path,
                       "the guardians' keys do not make up 'joint_public_key'");
    }
    return EG_SUCCESS;
}

static eg_result read_guardians(eg_combination *c, eg_error *err)
{
    eg_path path = eg_path_field(NULL, "guardian_data");
    eg_node list;
    EG_TRY(eg_intake_open_list(&c->request.intake, "guardian_data", &list, err));
    EG_TRY(eg_need_array(&list, &path, EG_GUARDIANS_MAX, err));
    c->guardian_count = list.as.array.count;
    if (c->guardian_count != c->request.election.context.number_of_guardians) {
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

/* ---- lists ---- */

static eg_result read_list(const eg_combination *c, const char *name, size_t max, eg_node *out,
                           eg_error *err)
{
    eg_path path = eg_path_field(NULL, name);
    EG_TRY(eg_intake_open_list(&c->request.intake, name, out, err));
    return eg_need_array(out, &path, max, err);
}

/* One of the lists about missing guardians: while nobody is missing, it need not be there. */
static eg_result read_missing_list(const eg_combination *c, const char *name, size_t max,
                                   eg_node *out, eg_error *err)
{
    if (c->missing_count == 0 && !eg_intake_has(&c->request.intake, name)) {
        *out = (eg_node){.kind = EG_ARRAY};
        return EG_SUCCESS;
    }
    return read_list(c, name, max, out, err);
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
    EG_TRY(read_list(c, name, EG_GUARDIANS_MAX, &out->list, err));
    return need_length(&out->list, name, count, other, err);
}

static eg_result read_part_list(const eg_combination *c, eg_share_list *out, const char *name,
                                size_t count, const char *other, eg_error *err)
{
    out->name = name;
    EG_TRY(
        read_missing_list(c, name, (size_t)EG_GUARDIANS_MAX * EG_GUARDIANS_MAX, &out->list, err));
    return need_length(&out->list, name, count, other, err);
}

/* Entries of a list of ballot shares are opened later, each by a unit. */
static eg_result make_room(const eg_combination *c, eg_share_list *list, eg_error *err)
{
    return eg_arena_new(arena_of(c), list->list.as.array.count, sizeof *list->opened, &list->opened,
                        err);
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

/* ---- available guardians ---- */

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
    EG_TRY(make_room(c, &c->ballot_shares, err));
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
    uint32_t quorum = c->request.election.context.quorum;
    if (count < quorum) {
        return EG_FAIL(err, EG_E_QUORUM, &ids_path,
                       "Insufficient guardians available. Need %u, have %zu", (unsigned)quorum,
                       count);
    }
    return EG_SUCCESS;
}

/* ---- missing guardians ---- */

static eg_result list_missing(eg_combination *c, eg_error *err)
{
    EG_TRY(eg_arena_new(arena_of(c), c->guardian_count, sizeof *c->missing, &c->missing, err));
    for (size_t i = 0; i < c->guardian_count; i++) {
        eg_missing_guardian *m = &c->missing[c->missing_count];
        size_t position;
        if (find_available(c, i, &position)) {
            continue;
        }
        m->guardian = i;
        EG_TRY(eg_arena_new(arena_of(c), c->available_count, sizeof *m->pairs, &m->pairs, err));
        EG_TRY(eg_arena_new(arena_of(c), c->request.election.context.quorum,
                            sizeof *m->coefficients, &m->coefficients, err));
        for (size_t a = 0; a < c->available_count; a++) {
            m->pairs[a] = (eg_share_pair){.available = a, .entry = no_entry};
        }
        c->missing_count++;
    }
    return EG_SUCCESS;
}

static bool find_missing(const eg_combination *c, size_t guardian, size_t *position)
{
    for (size_t i = 0; i < c->missing_count; i++) {
        if (c->missing[i].guardian == guardian) {
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
    size_t *slot = &c->missing[m].pairs[a].entry;
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
        if (eg_intake_has(&c->request.intake, names[i])) {
            return true;
        }
    }
    return false;
}

/* Of the available guardians, the first who sent nothing for the missing one. */
static eg_str first_silent(const eg_combination *c, const eg_missing_guardian *m)
{
    size_t a = 0;
    while (m->pairs[a].entry != no_entry) {
        a++;
    }
    return c->guardians[c->available[a]].id;
}

/* Moves the pairs that were sent together; how many. */
static size_t gather_pairs(eg_missing_guardian *m, size_t available)
{
    size_t n = 0;
    for (size_t a = 0; a < available; a++) {
        if (m->pairs[a].entry != no_entry) {
            m->pairs[n++] = m->pairs[a];
        }
    }
    return n;
}

static size_t count_pairs(const eg_missing_guardian *m, size_t available)
{
    size_t n = 0;
    for (size_t a = 0; a < available; a++) {
        n += m->pairs[a].entry != no_entry ? 1 : 0;
    }
    return n;
}

/* Any quorum of the available guardians is enough for a missing one. */
static eg_result need_quorum_of_pairs(eg_combination *c, eg_error *err)
{
    size_t quorum = c->request.election.context.quorum;
    c->shares_each = c->available_count;
    for (size_t i = 0; i < c->missing_count; i++) {
        eg_missing_guardian *m = &c->missing[i];
        size_t have = count_pairs(m, c->available_count);
        if (have < quorum) {
            eg_path path = eg_path_field(NULL, "compensated_tally_shares");
            return EG_FAIL(
                err, EG_E_MISSING_FIELD, &path,
                "Missing compensated shares for guardian %.*s. Need %zu, have %zu: none from "
                "guardian %.*s",
                EG_SHOWN(c->guardians[m->guardian].id), quorum, have, EG_SHOWN(first_silent(c, m)));
        }
        m->pair_count = gather_pairs(m, c->available_count);
        m->first_share = c->shares_each;
        c->shares_each += m->pair_count;
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
        return need_quorum_of_pairs(c, err);
    }
    EG_TRY(read_missing_list(c, name, max, &missing, err));
    EG_TRY(read_missing_list(c, "compensating_guardian_ids", max, &compensating, err));
    size_t count = missing.as.array.count;
    EG_TRY(need_length(&compensating, "compensating_guardian_ids", count, name, err));
    EG_TRY(read_part_list(c, &c->compensated_tally_shares, "compensated_tally_shares", count, name,
                          err));
    EG_TRY(read_part_list(c, &c->compensated_ballot_shares, "compensated_ballot_shares", count,
                          name, err));
    EG_TRY(make_room(c, &c->compensated_ballot_shares, err));
    for (size_t i = 0; i < count; i++) {
        EG_TRY(note_pair(c, &missing.as.array.items[i], &compensating.as.array.items[i], i, err));
    }
    return need_quorum_of_pairs(c, err);
}

eg_result eg_combination_read(eg_combination *c, eg_error *err)
{
    EG_TRY(read_guardians(c, err));
    EG_TRY(read_available(c, err));
    return read_compensation(c, err);
}
