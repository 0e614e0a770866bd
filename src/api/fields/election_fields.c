#include "api/fields/election_fields.h"
#include "api/fields/noted.h"

#include "api/fields/decimal_fields.h"
#include "api/fields/known_keys.h"
#include "api/fields/manifest_field.h"
#include "base/str_index.h"

static eg_result read_count(const eg_node *fields, const char *name, uint32_t fallback,
                            uint32_t *out, eg_error *err)
{
    if (fallback != 0 && eg_map_find(fields, name) == NULL) {
        *out = fallback;
        return EG_SUCCESS;
    }
    return eg_read_count(fields, NULL, name, 1, EG_GUARDIANS_MAX, out, err);
}

eg_result eg_counts_read(const eg_node *fields, uint32_t default_count, uint32_t *guardians,
                         uint32_t *quorum, eg_error *err)
{
    EG_TRY(read_count(fields, "number_of_guardians", default_count, guardians, err));
    EG_TRY(read_count(fields, "quorum", default_count, quorum, err));
    if (*quorum > *guardians) {
        eg_path path = eg_path_field(NULL, "quorum");
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                       "Quorum cannot be greater than number of guardians");
    }
    return EG_SUCCESS;
}

/* Where a name may be empty, null stands for an empty one. */
static eg_result read_list(const eg_node *fields, const char *name, size_t min_bytes,
                           eg_str **items, size_t *count, eg_arena *arena, eg_error *err)
{
    const eg_node *node;
    EG_TRY(eg_field(&node, fields, NULL, name, err));
    eg_path path = eg_path_field(NULL, name);
    EG_TRY(eg_need_array(node, &path, EG_CANDIDATES_MAX, err));
    *count = node->as.array.count;
    EG_TRY(eg_arena_new(arena, *count, sizeof **items, items, err));
    for (size_t i = 0; i < *count; i++) {
        const eg_node *item = &node->as.array.items[i];
        eg_path at = eg_path_index(&path, i);
        if (item->kind == EG_NULL && min_bytes == 0) {
            (*items)[i] = EG_STR("");
        } else {
            EG_TRY(eg_node_str(&(*items)[i], item, &at, min_bytes, EG_NAME_BYTES_MAX, err));
        }
    }
    return EG_SUCCESS;
}

static bool has_prefix_and_suffix(eg_str s, eg_str prefix, eg_str suffix)
{
    return s.len > prefix.len + suffix.len && memcmp(s.data, prefix.data, prefix.len) == 0 &&
           memcmp(s.data + s.len - suffix.len, suffix.data, suffix.len) == 0;
}

/* Names that would stand for a placeholder, or for another nonce, in a ballot. */
static bool is_reserved(eg_str name)
{
    eg_str prefix = EG_STR("contest-1-");
    eg_str suffix = EG_STR("-placeholder");
    if (eg_str_equal(name, EG_STR("ballot_nonce")) ||
        eg_str_equal(name, EG_STR("contest-1_nonce"))) {
        return true;
    }
    if (!has_prefix_and_suffix(name, prefix, suffix)) {
        return false;
    }
    for (size_t i = prefix.len; i < name.len - suffix.len; i++) {
        if (name.data[i] < '0' || name.data[i] > '9') {
            return false;
        }
    }
    return true;
}

static eg_result refuse_repeated(const eg_names *names, const eg_path *path, eg_arena *arena,
                                 eg_error *err)
{
    eg_str_index index;
    size_t position;
    EG_TRY(eg_str_index_init(&index, names->candidates, sizeof *names->candidates,
                             names->candidate_count, arena, err));
    if (eg_str_index_repeated(&index, &position)) {
        eg_path at = eg_path_index(path, position);
        return EG_FAIL(err, EG_E_DUPLICATE, &at, "'candidate_names' must all be different");
    }
    return EG_SUCCESS;
}

eg_result eg_names_read(eg_names *out, const eg_node *fields, eg_arena *arena, eg_error *err)
{
    EG_TRY(read_list(fields, "party_names", 0, &out->parties, &out->party_count, arena, err));
    EG_TRY(read_list(fields, "candidate_names", 1, &out->candidates, &out->candidate_count, arena,
                     err));
    eg_path path = eg_path_field(NULL, "candidate_names");
    if (out->candidate_count == 0) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'candidate_names' must not be empty");
    }
    for (size_t i = 0; i < out->candidate_count; i++) {
        eg_path at = eg_path_index(&path, i);
        if (is_reserved(out->candidates[i])) {
            return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at,
                           "'candidate_names' holds a name that ballots use for something else");
        }
    }
    return refuse_repeated(out, &path, arena, err);
}

eg_result eg_names_manifest(eg_manifest *out, const eg_names *names, uint32_t max_choices,
                            eg_arena *arena, eg_error *err)
{
    return eg_manifest_build_from_names(out, arena, names->parties, names->party_count,
                                        names->candidates, names->candidate_count, max_choices,
                                        err);
}

/* Absent, and the 0 that clients write who never set it, are all the same. */
static eg_result read_choices(const eg_node *fields, uint32_t fallback, uint32_t *out,
                              eg_error *err)
{
    *out = 0;
    if (eg_map_find(fields, "max_choices") != NULL) {
        EG_TRY(eg_read_count(fields, NULL, "max_choices", 0, UINT32_MAX, out, err));
    }
    if (*out == 0) {
        *out = fallback == 0 ? 1 : fallback;
    }
    return EG_SUCCESS;
}

eg_result eg_voted_on_read(eg_manifest *out, eg_names *names, const eg_node *fields,
                           uint32_t max_choices, eg_arena *arena, eg_error *err)
{
    bool given;
    *names = (eg_names){.party_count = 0};
    EG_TRY(eg_manifest_field_read(out, &given, fields, arena, err));
    if (given) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_names_read(names, fields, arena, err));
    return eg_names_manifest(out, names, max_choices, arena, err);
}

/* Names are read before keys and the manifest is made after them, so that the first error is the
 * one that clients have always had. */
static eg_result read_voted_on(eg_election_fields *out, const eg_node *fields, eg_arena *arena,
                               eg_error *err)
{
    EG_TRY(eg_manifest_field_read(&out->manifest, &out->from_manifest, fields, arena, err));
    return out->from_manifest ? EG_SUCCESS : eg_names_read(&out->names, fields, arena, err);
}

static eg_result make_from_names(eg_election_fields *out, const eg_node *fields, uint32_t fallback,
                                 eg_arena *arena, eg_error *err)
{
    uint32_t max_choices;
    EG_TRY(read_choices(fields, fallback, &max_choices, err));
    return eg_names_manifest(&out->manifest, &out->names, max_choices, arena, err);
}

eg_result eg_election_fields_read(eg_election_fields *out, const eg_node *fields,
                                  const eg_election_wants *wants, const eg_call *call,
                                  eg_arena *arena, eg_error *err)
{
    uint32_t guardians;
    uint32_t quorum;
    eg_modp key;
    eg_modq commitment_hash;
    EG_TRY(eg_counts_read(fields, wants->default_count, &guardians, &quorum, err));
    EG_TRY(read_voted_on(out, fields, arena, err));
    EG_TRY(eg_decimal_p_read(fields, NULL, "joint_public_key", &key, err));
    EG_TRY(eg_decimal_q_read(fields, NULL, "commitment_hash", &commitment_hash, err));
    eg_note_election(call, &commitment_hash);
    if (!out->from_manifest) {
        EG_TRY(make_from_names(out, fields, wants->default_choices, arena, err));
    }
    if (!eg_key_is_member_vartime(&key)) {
        return eg_context_refuse_key(err);
    }
    EG_TRY(eg_context_init_of_member(&out->context, guardians, quorum, &key, &commitment_hash,
                                     &out->manifest.hash, err));
    out->election = (eg_election){.manifest = &out->manifest, .context = &out->context};
    if (wants->key_table) {
        EG_TRY(eg_key_acquire(&out->key, &key, call->settings, err));
        out->election.key = eg_key_table(out->key);
    }
    out->ready = true;
    return EG_SUCCESS;
}

eg_result eg_election_follow(eg_election_fields *election, const eg_modq *manifest_hash,
                             const char *name, const eg_call *call, eg_error *err)
{
    eg_context *c = &election->context;
    eg_modp key = c->public_key;
    eg_modq commitment_hash = c->commitment_hash;
    if (call->settings->strict_manifest || election->from_manifest) {
        return EG_SUCCESS;
    }
    election->follows = name;
    election->manifest.hash = *manifest_hash;
    return eg_context_init_of_member(c, c->number_of_guardians, c->quorum, &key, &commitment_hash,
                                     manifest_hash, err);
}

eg_result eg_election_same_manifest(const eg_election_fields *election,
                                    const eg_modq *manifest_hash, const eg_path *path,
                                    eg_error *err)
{
    eg_path at = eg_path_field(path, "manifest_hash");
    if (eg_modq_equal(manifest_hash, &election->manifest.hash)) {
        return EG_SUCCESS;
    }
    if (election->from_manifest) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, &at,
                       "'manifest_hash' is not that of the request's 'manifest'");
    }
    if (election->follows == NULL) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, &at,
                       "'manifest_hash' is not that of the request's parties, candidates and "
                       "number of votes");
    }
    return EG_FAIL(err, EG_E_WRONG_ELECTION, &at, "'manifest_hash' is not that of '%s'",
                   election->follows);
}

void eg_election_fields_release(eg_election_fields *fields)
{
    eg_key_release(fields->key);
    fields->key = NULL;
}

static bool has_all(const eg_node *fields, const char *const names[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (eg_map_member(fields, names[i]) == NULL) {
            return false;
        }
    }
    return true;
}

bool eg_election_fields_present(const eg_node *fields)
{
    static const char *const always[] = {"number_of_guardians", "quorum", "joint_public_key",
                                         "commitment_hash"};
    static const char *const of_names[] = {"party_names", "candidate_names", "max_choices"};
    return has_all(fields, always, sizeof always / sizeof *always) &&
           (eg_map_find(fields, "manifest") != NULL ||
            has_all(fields, of_names, sizeof of_names / sizeof *of_names));
}

eg_result eg_election_fields_settled(const eg_node *fields, eg_error *err)
{
    return eg_manifest_field_alone(fields, err);
}
