/* What the ballots rest on: constants, manifest, guardians, context, coefficients, devices. */
#include "record/audit_parts.h"

#include "election/manifest_parts.h"
#include "group/group.h"
#include "record/parallel.h"
#include "wire/objects/context.h"
#include "wire/objects/manifest.h"
#include "wire/objects/proofs.h"

#include <stdio.h>

/* ---- constants ---- */

static void compare_constant(eg_audit_state *s, const eg_source_file *file, const eg_node *map,
                             const char *name, eg_str right)
{
    const eg_node *node = eg_map_member(map, name);
    eg_path at = eg_path_field(NULL, name);
    if (!eg_str_equal(node->as.str, right)) {
        eg_audit_fault_at(s, EG_AUDIT_PARAMETERS, file, &at,
                          "it is not the constant of ElectionGuard 1.0");
    }
}

static eg_str limbs_hex(char out[EG_P_HEX_MAX], const uint64_t limbs[], size_t count)
{
    size_t n = 0;
    for (size_t i = count; i-- > 0;) {
        n += (size_t)snprintf(out + n, 17, "%016llX", (unsigned long long)limbs[i]);
    }
    return (eg_str){out, n};
}

static void check_cofactor(eg_audit_state *s, const eg_source_file *file, const eg_node *map)
{
    const eg_node *node = eg_map_member(map, "cofactor");
    eg_path at = eg_path_field(NULL, "cofactor");
    eg_modp value;
    if (!eg_modp_from_hex(&value, node->as.str) || !eg_modp_equal(&value, &eg_modp_cofactor)) {
        eg_audit_fault_at(s, EG_AUDIT_PARAMETERS, file, &at,
                          "it is not the constant of ElectionGuard 1.0");
    }
}

eg_result eg_audit_constants(eg_audit_state *s, eg_error *err)
{
    const eg_source_file *file = eg_audit_only_file(s, EG_RECORD_CLASS_CONSTANTS);
    char text[EG_P_HEX_MAX + 17];
    eg_node map;
    bool good;
    if (file == NULL) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_audit_load(s, file, &eg_shape_constants, &map, &good, s->keep, err));
    if (!good) {
        return EG_SUCCESS;
    }
    compare_constant(s, file, &map, "large_prime", limbs_hex(text, eg_p_limbs, EG_P_LIMBS));
    compare_constant(s, file, &map, "small_prime", limbs_hex(text, eg_q_limbs, EG_Q_LIMBS));
    check_cofactor(s, file, &map);
    compare_constant(s, file, &map, "generator", (eg_str){text, eg_modp_to_hex(text, &eg_modp_g)});
    eg_audit_checked(s, EG_AUDIT_PARAMETERS, 4);
    return EG_SUCCESS;
}

/* ---- the manifest ---- */

static eg_result take_manifest(eg_audit_state *s, const eg_source_file *file, const eg_node *map,
                               eg_error *err)
{
    eg_manifest *manifest = &s->out->manifest;
    eg_problems problems;
    EG_TRY(eg_problems_init(&problems, EG_PROBLEMS_MAX, s->keep, err));
    EG_TRY(eg_manifest_read(manifest, map, NULL, s->keep, &problems, err));
    EG_TRY(eg_manifest_judge_either(manifest, &problems, NULL, s->keep, err));
    for (size_t i = 0; i < problems.count; i++) {
        if (!problems.list[i].is_warning) {
            eg_audit_add_fault(s, EG_AUDIT_PARAMETERS, file, &problems.list[i].error);
        }
    }
    s->out->has_election = problems.faults == 0;
    return problems.faults == 0 ? eg_manifest_finish(manifest, s->keep, err) : EG_SUCCESS;
}

eg_result eg_audit_manifest(eg_audit_state *s, eg_error *err)
{
    const eg_source_file *file = eg_audit_only_file(s, EG_RECORD_CLASS_MANIFEST);
    eg_node map;
    bool good = false;
    if (file != NULL) {
        EG_TRY(eg_audit_load(s, file, &eg_shape_manifest, &map, &good, s->keep, err));
    }
    return good ? take_manifest(s, file, &map, err) : EG_SUCCESS;
}

/* ---- guardians ---- */

static eg_result read_commitments(eg_guardian_public *out, const eg_node *map, eg_arena *arena,
                                  eg_error *err)
{
    const eg_node *list = eg_map_member(map, "election_commitments");
    const eg_node *proofs = eg_map_member(map, "election_proofs");
    eg_path at = eg_path_field(NULL, "election_commitments");
    eg_path proofs_at = eg_path_field(NULL, "election_proofs");
    EG_TRY(eg_need_array(list, &at, EG_GUARDIANS_MAX, err));
    EG_TRY(eg_need_array(proofs, &proofs_at, EG_GUARDIANS_MAX, err));
    out->commitment_count = list->as.array.count;
    out->proof_count = proofs->as.array.count;
    EG_TRY(eg_arena_new(arena, out->commitment_count, sizeof(eg_modp), &out->commitments, err));
    EG_TRY(eg_arena_new(arena, out->proof_count, sizeof(eg_schnorr_proof), &out->proofs, err));
    for (size_t i = 0; i < out->commitment_count; i++) {
        eg_path path = eg_path_index(&at, i);
        EG_TRY(eg_node_p_hex(&out->commitments[i], &list->as.array.items[i], &path, err));
    }
    for (size_t i = 0; i < out->proof_count; i++) {
        eg_path path = eg_path_index(&proofs_at, i);
        EG_TRY(eg_schnorr_proof_read(&out->proofs[i], &proofs->as.array.items[i], &path, err));
    }
    return EG_SUCCESS;
}

static eg_result read_guardian(eg_guardian_public *out, const eg_node *map, eg_str id,
                               size_t guardians, eg_arena *arena, eg_error *err)
{
    eg_path at = eg_path_field(NULL, "guardian_id");
    EG_TRY(eg_read_str(map, NULL, "guardian_id", 1, EG_NAME_BYTES_MAX, &out->owner_id, err));
    EG_TRY(eg_read_count(map, NULL, "sequence_order", 1, (uint32_t)guardians, &out->sequence_order,
                         err));
    EG_TRY(eg_read_p(map, NULL, "election_public_key", &out->key, err));
    if (!eg_str_equal(out->owner_id, id)) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, &at, "the file is named for another guardian");
    }
    return read_commitments(out, map, arena, err);
}

/* The library names the parts as ElectionPublicKey does, a record as GuardianRecord. */
static void rename_parts(eg_error *fault)
{
    static const char *const names[][2] = {{"coefficient_commitments", "election_commitments"},
                                           {"coefficient_proofs", "election_proofs"},
                                           {"key", "election_public_key"}};
    char path[EG_ERROR_PATH_BYTES];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t n = strlen(names[i][0]);
        if (strncmp(fault->path, names[i][0], n) == 0 && (fault->path[n] == '\0' || i < 2)) {
            (void)snprintf(path, sizeof path, "%s%s", names[i][1], fault->path + n);
            memcpy(fault->path, path, sizeof path);
            return;
        }
    }
}

/* Each is put where its sequence order says. */
static eg_result load_guardians(eg_audit_state *s, bool *all, eg_error *err)
{
    const eg_audit_files *files = &s->files[EG_RECORD_CLASS_GUARDIAN];
    for (size_t i = 0; i < files->count; i++) {
        eg_guardian_public guardian = {0};
        eg_error fault = {0};
        eg_node map;
        bool good;
        EG_TRY(eg_audit_load(s, files->files[i], &eg_shape_guardian, &map, &good, s->keep, err));
        *all = *all && good;
        if (!good) {
            continue;
        }
        eg_result result =
            read_guardian(&guardian, &map, files->ids[i], files->count, s->keep, &fault);
        *all = *all && !eg_failed(result);
        EG_TRY(eg_audit_note(s, EG_AUDIT_FORM, files->files[i], result, &fault, err));
        if (eg_failed(result)) {
            continue;
        }
        eg_audit_guardian *place = &s->guardians[guardian.sequence_order - 1];
        if (place->file != NULL) {
            eg_path at = eg_path_field(NULL, "sequence_order");
            eg_audit_fault_at(s, EG_AUDIT_FORM, files->files[i], &at,
                              "another guardian has the same");
            eg_audit_fault_at(s, EG_AUDIT_FORM, place->file, &at, "another guardian has the same");
            *all = false;
            continue;
        }
        *place = (eg_audit_guardian){.file = files->files[i], .key = guardian};
    }
    return EG_SUCCESS;
}

typedef struct guardian_checks {
    eg_audit_state *s;
    uint32_t quorum;
} guardian_checks;

static eg_result check_guardian(void *context, size_t thread, size_t i, eg_arena *scratch,
                                eg_error *err)
{
    const guardian_checks *c = context;
    const eg_audit_guardian *g = &c->s->guardians[i];
    eg_error fault = {0};
    (void)thread, (void)scratch;
    if (g->file == NULL) {
        return EG_SUCCESS;
    }
    eg_result result = eg_guardian_public_check(&g->key, c->quorum, NULL, &fault);
    rename_parts(&fault);
    eg_audit_checked(c->s, EG_AUDIT_GUARDIAN_KEYS, g->key.commitment_count);
    eg_audit_watch_done(c->s, 1);
    return eg_audit_note(c->s, EG_AUDIT_GUARDIAN_KEYS, g->file, result, &fault, err);
}

/* has_guardians tells whether all are there and good. */
static eg_result check_guardians(eg_audit_state *s, uint32_t quorum, eg_error *err)
{
    const size_t count = s->files[EG_RECORD_CLASS_GUARDIAN].count;
    guardian_checks checks = {s, quorum};
    bool all = true;
    eg_audit_watch_step(s, "guardians", count);
    s->guardian_count = count;
    EG_TRY(eg_arena_new(s->keep, count, sizeof *s->guardians, &s->guardians, err));
    EG_TRY(load_guardians(s, &all, err));
    EG_TRY(eg_parallel_run(count, s->threads, check_guardian, &checks, err));
    s->has_guardians = all && count > 0 && s->out->steps[EG_AUDIT_GUARDIAN_KEYS].faults == 0;
    return EG_SUCCESS;
}

/* ---- context ---- */

static void compare_q(eg_audit_state *s, eg_audit_step step, const eg_source_file *file,
                      const char *name, const eg_modq *stated, const eg_modq *right)
{
    eg_path at = eg_path_field(NULL, name);
    if (!eg_modq_equal(stated, right)) {
        eg_audit_fault_at(s, step, file, &at, "it is not the hash of what it stands for");
    }
    eg_audit_checked(s, step, 1);
}

/* Which of the two was changed nobody can tell. */
static void compare_manifest(eg_audit_state *s, const eg_source_file *context,
                             const eg_modq *stated)
{
    const eg_source_file *manifest = s->files[EG_RECORD_CLASS_MANIFEST].files[0];
    compare_q(s, EG_AUDIT_PARAMETERS, context, "manifest_hash", stated, &s->out->manifest.hash);
    if (!eg_modq_equal(stated, &s->out->manifest.hash)) {
        eg_audit_fault_at(s, EG_AUDIT_PARAMETERS, manifest, NULL,
                          "its hash is not the one that the context states");
    }
}

static eg_result joint_key(const eg_audit_state *s, eg_context *out, eg_arena *arena, eg_error *err)
{
    eg_guardian_public *records = NULL;
    EG_TRY(eg_arena_new(arena, s->guardian_count, sizeof *records, &records, err));
    for (size_t i = 0; i < s->guardian_count; i++) {
        records[i] = s->guardians[i].key;
    }
    eg_joint_key(&out->public_key, &out->commitment_hash, records, s->guardian_count);
    return EG_SUCCESS;
}

/* The context as it must be, from manifest and guardians; where those are not good, as stated. */
static eg_result rebuild_context(eg_audit_state *s, const eg_source_file *file,
                                 const eg_context *stated, eg_error *err)
{
    eg_context right = *stated;
    eg_path key = eg_path_field(NULL, "elgamal_public_key");
    if (s->out->has_election) {
        right.manifest_hash = s->out->manifest.hash;
        compare_manifest(s, file, &stated->manifest_hash);
    }
    if (s->has_guardians) {
        EG_TRY(joint_key(s, &right, s->keep, err));
        compare_q(s, EG_AUDIT_ELECTION_KEY, file, "commitment_hash", &stated->commitment_hash,
                  &right.commitment_hash);
        eg_audit_checked(s, EG_AUDIT_ELECTION_KEY, 1);
        if (!eg_modp_equal(&stated->public_key, &right.public_key)) {
            eg_audit_fault_at(s, EG_AUDIT_ELECTION_KEY, file, &key,
                              "it is not the product of the guardians' keys");
        }
    }
    EG_TRY(eg_context_init_of_member(&s->out->context, right.number_of_guardians, right.quorum,
                                     &right.public_key, &right.commitment_hash,
                                     &right.manifest_hash, err));
    compare_q(s, EG_AUDIT_PARAMETERS, file, "crypto_base_hash", &stated->base_hash,
              &s->out->context.base_hash);
    compare_q(s, EG_AUDIT_ELECTION_KEY, file, "crypto_extended_base_hash",
              &stated->extended_base_hash, &s->out->context.extended_base_hash);
    return EG_SUCCESS;
}

/* A key outside the group would let anybody prove anything. */
static eg_result make_key(eg_audit_state *s, const eg_source_file *file, eg_error *err)
{
    eg_path at = eg_path_field(NULL, "elgamal_public_key");
    const eg_modp *key = &s->out->context.public_key;
    if (!eg_modp_is_residue_vartime(key) || eg_modp_is_one(key)) {
        eg_audit_fault_at(s, EG_AUDIT_ELECTION_KEY, file, &at, "it is not an element of the group");
        s->out->has_election = false;
        return EG_SUCCESS;
    }
    s->key = eg_fixed_base_new(key);
    if (s->key == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
    }
    s->election = (eg_election){&s->out->manifest, &s->out->context, s->key};
    return EG_SUCCESS;
}

static bool are_numbers_possible(const eg_context *stated)
{
    return stated->number_of_guardians <= EG_GUARDIANS_MAX && stated->quorum >= 1 &&
           stated->quorum <= stated->number_of_guardians;
}

static eg_result check_numbers(const eg_context *stated, size_t guardians, eg_error *err)
{
    eg_path number = eg_path_field(NULL, "number_of_guardians");
    eg_path quorum = eg_path_field(NULL, "quorum");
    if (stated->number_of_guardians != guardians || guardians > EG_GUARDIANS_MAX) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &number, "the record holds %zu guardians",
                       guardians);
    }
    if (!are_numbers_possible(stated)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &quorum, "it must be 1 to the number of guardians");
    }
    return EG_SUCCESS;
}

eg_result eg_audit_context(eg_audit_state *s, eg_error *err)
{
    const eg_source_file *file = eg_audit_only_file(s, EG_RECORD_CLASS_CONTEXT);
    eg_error fault = {0};
    eg_context stated;
    eg_node map;
    bool good;
    if (file == NULL) {
        s->out->has_election = false;
        return EG_SUCCESS;
    }
    EG_TRY(eg_audit_load(s, file, &eg_shape_context, &map, &good, s->keep, err));
    if (!good) {
        s->out->has_election = false;
        return EG_SUCCESS;
    }
    eg_result result = eg_context_read(&stated, &map, NULL, &fault);
    EG_TRY(eg_audit_note(s, EG_AUDIT_PARAMETERS, file, result, &fault, err));
    if (eg_failed(result)) {
        s->out->has_election = false;
        return EG_SUCCESS;
    }
    EG_TRY(check_guardians(s, stated.quorum, err));
    result = check_numbers(&stated, s->guardian_count, &fault);
    s->has_guardians = s->has_guardians && !eg_failed(result);
    EG_TRY(eg_audit_note(s, EG_AUDIT_PARAMETERS, file, result, &fault, err));
    if (eg_failed(result) && !are_numbers_possible(&stated)) {
        s->out->has_election = false; /* no context has them */
        return EG_SUCCESS;
    }
    EG_TRY(rebuild_context(s, file, &stated, err));
    return make_key(s, file, err);
}

/* ---- coefficients ---- */

static eg_result read_coefficient(eg_audit_guardian *g, const eg_node *map, eg_error *err)
{
    eg_path list = eg_path_field(NULL, "coefficients");
    eg_path at = eg_path_key(&list, g->key.owner_id.data, g->key.owner_id.len);
    for (size_t i = 0; i < map->as.map.count; i++) {
        const eg_member *member = &map->as.map.members[i];
        if (eg_str_equal(member->key, g->key.owner_id)) {
            g->is_available = true;
            return eg_node_q_hex(&g->coefficient, &member->value, &at, err);
        }
    }
    return EG_SUCCESS;
}

static eg_result right_coefficient(const eg_audit_state *s, size_t i, eg_modq *out, eg_error *err)
{
    uint64_t others[EG_GUARDIANS_MAX];
    size_t count = 0;
    for (size_t j = 0; j < s->guardian_count; j++) {
        if (j != i && s->guardians[j].is_available) {
            others[count++] = s->guardians[j].key.sequence_order;
        }
    }
    return eg_lagrange(out, s->guardians[i].key.sequence_order, others, count, err);
}

static eg_result check_coefficients(eg_audit_state *s, const eg_source_file *file, eg_error *err)
{
    eg_path list = eg_path_field(NULL, "coefficients");
    for (size_t i = 0; i < s->guardian_count; i++) {
        eg_audit_guardian *g = &s->guardians[i];
        eg_path at = eg_path_key(&list, g->key.owner_id.data, g->key.owner_id.len);
        eg_modq right;
        if (!g->is_available) {
            continue;
        }
        EG_TRY(right_coefficient(s, i, &right, err));
        if (!eg_modq_equal(&g->coefficient, &right)) {
            eg_audit_fault_at(s, EG_AUDIT_REPLACEMENTS, file, &at,
                              "it is not the Lagrange coefficient among the guardians present");
        }
        g->coefficient = right;
    }
    return EG_SUCCESS;
}

/* For each who is missing, the keys that the parts of those present are proven under. */
static eg_result make_recovery_keys(eg_audit_state *s, eg_error *err)
{
    for (size_t i = 0; i < s->guardian_count; i++) {
        eg_audit_guardian *missing = &s->guardians[i];
        if (missing->is_available) {
            continue;
        }
        EG_TRY(eg_arena_new(s->keep, s->guardian_count, sizeof(eg_modp), &missing->recovery_keys,
                            err));
        for (size_t j = 0; j < s->guardian_count; j++) {
            if (s->guardians[j].is_available) {
                eg_recovery_key_vartime(&missing->recovery_keys[j], missing->key.commitments,
                                        missing->key.commitment_count,
                                        s->guardians[j].key.sequence_order);
            }
        }
    }
    return EG_SUCCESS;
}

eg_result eg_audit_coefficients(eg_audit_state *s, eg_error *err)
{
    const eg_source_file *file = eg_audit_only_file(s, EG_RECORD_CLASS_COEFFICIENTS);
    eg_path at = eg_path_field(NULL, "coefficients");
    bool good = false;
    eg_node map;
    if (file != NULL) {
        EG_TRY(eg_audit_load(s, file, &eg_shape_coefficients, &map, &good, s->keep, err));
    }
    s->has_guardians = s->has_guardians && good;
    if (!s->has_guardians) {
        return EG_SUCCESS;
    }
    const eg_node *list = eg_map_member(&map, "coefficients");
    for (size_t i = 0; i < s->guardian_count; i++) {
        EG_TRY(read_coefficient(&s->guardians[i], list, err));
        s->available_count += s->guardians[i].is_available;
    }
    s->out->missing_guardians = (uint32_t)(s->guardian_count - s->available_count);
    if (s->available_count != list->as.map.count || s->available_count < s->out->context.quorum) {
        eg_audit_fault_at(s, EG_AUDIT_REPLACEMENTS, file, &at,
                          "they must be those of at least a quorum of the guardians, and of nobody "
                          "else");
        s->has_guardians = false;
        return EG_SUCCESS;
    }
    EG_TRY(check_coefficients(s, file, err));
    return make_recovery_keys(s, err);
}

/* ---- devices ---- */

static eg_result read_device(eg_audit_device *out, const eg_node *map, eg_str id, eg_error *err)
{
    int64_t device = 0, session = 0, launch = 0;
    eg_str location;
    char digits[32];
    eg_path at = eg_path_field(NULL, "device_id");
    EG_TRY(eg_read_int64(map, NULL, "device_id", &device, err));
    EG_TRY(eg_read_int64(map, NULL, "session_id", &session, err));
    EG_TRY(eg_read_int64(map, NULL, "launch_code", &launch, err));
    EG_TRY(eg_read_str(map, NULL, "location", 0, EG_NAME_BYTES_MAX, &location, err));
    int n = snprintf(digits, sizeof digits, "%lld", (long long)device);
    if (!eg_str_equal(id, (eg_str){digits, (size_t)n})) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, &at, "the file is named for another device");
    }
    eg_device_hash(&out->hash, device, session, launch, location);
    return EG_SUCCESS;
}

eg_result eg_audit_devices(eg_audit_state *s, eg_error *err)
{
    const eg_audit_files *files = &s->files[EG_RECORD_CLASS_DEVICE];
    EG_TRY(eg_arena_new(s->keep, files->count, sizeof *s->devices, &s->devices, err));
    for (size_t i = 0; i < files->count; i++) {
        eg_error fault = {0};
        eg_node map;
        bool good;
        EG_TRY(eg_audit_load(s, files->files[i], &eg_shape_device, &map, &good, s->keep, err));
        if (!good) {
            continue;
        }
        eg_audit_device *device = &s->devices[s->device_count];
        eg_result result = read_device(device, &map, files->ids[i], &fault);
        device->file = files->files[i];
        s->device_count += !eg_failed(result);
        EG_TRY(eg_audit_note(s, EG_AUDIT_FORM, files->files[i], result, &fault, err));
    }
    return EG_SUCCESS;
}
