#include "record/election_file.h"

#include "base/sort.h"
#include "election/manifest_parts.h"
#include "wire/fields.h"
#include "wire/objects/context.h"
#include "wire/objects/guardian.h"
#include "wire/objects/manifest.h"

/* ---- manifests ---- */

static eg_result read_given(eg_manifest *out, const eg_node *node, eg_arena *arena, eg_error *err)
{
    eg_path at = eg_path_field(NULL, "manifest");
    eg_problems problems;
    EG_TRY(eg_need_map(node, &at, err));
    EG_TRY(eg_problems_init(&problems, 1, arena, err));
    EG_TRY(eg_manifest_read(out, node, &at, arena, &problems, err));
    EG_TRY(eg_manifest_judge_either(out, &problems, &at, arena, err));
    EG_TRY(eg_problems_first(&problems, err));
    return eg_manifest_finish(out, arena, err);
}

static eg_result read_names(eg_str **out, size_t *count, const eg_node *map, const char *name,
                            eg_arena *arena, eg_error *err)
{
    const eg_node *list;
    eg_path at = eg_path_field(NULL, name);
    EG_TRY(eg_field(&list, map, NULL, name, err));
    EG_TRY(eg_need_array(list, &at, EG_CANDIDATES_MAX, err));
    *count = list->as.array.count;
    EG_TRY(eg_arena_new(arena, *count, sizeof **out, out, err));
    for (size_t i = 0; i < *count; i++) {
        eg_path path = eg_path_index(&at, i);
        EG_TRY(eg_node_name(&(*out)[i], &list->as.array.items[i], &path, EG_NAME_BYTES_MAX, err));
    }
    return EG_SUCCESS;
}

static eg_result read_from_names(eg_manifest *out, const eg_node *map, eg_arena *arena,
                                 eg_error *err)
{
    eg_str *parties = NULL, *candidates = NULL;
    size_t party_count, candidate_count;
    uint32_t max_choices = 1;
    EG_TRY(read_names(&parties, &party_count, map, "party_names", arena, err));
    EG_TRY(read_names(&candidates, &candidate_count, map, "candidate_names", arena, err));
    if (eg_map_find(map, "max_choices") != NULL) {
        EG_TRY(eg_read_count(map, NULL, "max_choices", 1, EG_CANDIDATES_MAX, &max_choices, err));
    }
    return eg_manifest_build_from_names(out, arena, parties, party_count, candidates,
                                        candidate_count, max_choices, err);
}

eg_result eg_election_manifest_read(eg_manifest *out, const eg_node *map, eg_arena *arena,
                                    eg_error *err)
{
    const eg_node *given = eg_map_find(map, "manifest");
    return given != NULL ? read_given(out, given, arena, err)
                         : read_from_names(out, map, arena, err);
}

/* ---- guardians ---- */

static int by_order(const void *a, const void *b)
{
    const eg_guardian_public *x = a, *y = b;
    return (x->sequence_order > y->sequence_order) - (x->sequence_order < y->sequence_order);
}

static eg_result refuse_doubles(const eg_guardian_public list[], size_t count, eg_error *err)
{
    eg_path at = eg_path_field(NULL, "guardians");
    for (size_t i = 0; i < count; i++) {
        if (list[i].sequence_order != i + 1) {
            return EG_FAIL(err, EG_E_DUPLICATE, &at,
                           "their sequence orders must be 1 to %zu, each once", count);
        }
        for (size_t j = 0; j < i; j++) {
            if (eg_str_equal(list[i].owner_id, list[j].owner_id)) {
                return EG_FAIL(err, EG_E_DUPLICATE, &at, "guardians %zu and %zu have the same id",
                               j + 1, i + 1);
            }
        }
    }
    return EG_SUCCESS;
}

static eg_result read_guardians(eg_guardian_public **out, size_t *count, const eg_node *map,
                                uint32_t quorum, eg_arena *arena, eg_error *err)
{
    const eg_node *list;
    eg_path at = eg_path_field(NULL, "guardians");
    EG_TRY(eg_field(&list, map, NULL, "guardians", err));
    EG_TRY(eg_need_array(list, &at, EG_GUARDIANS_MAX, err));
    *count = list->as.array.count;
    EG_TRY(eg_arena_new(arena, *count, sizeof **out, out, err));
    for (size_t i = 0; i < *count; i++) {
        eg_path path = eg_path_index(&at, i);
        const eg_node *one = &list->as.array.items[i];
        EG_TRY(eg_need_map(one, &path, err));
        EG_TRY(eg_guardian_public_read(&(*out)[i], one, &path, arena, err));
        EG_TRY(eg_guardian_public_check(&(*out)[i], quorum, &path, err));
    }
    eg_sort(*out, *count, sizeof **out, by_order);
    return refuse_doubles(*out, *count, err);
}

/* ---- the device ---- */

const eg_election_device eg_election_device_default = {1, 1, 1, {"polling-place", 13}};

/* The default, unless the file says otherwise. */
static eg_result read_device(eg_election_device *out, const eg_node *map, eg_error *err)
{
    const eg_node *device = eg_map_find(map, "device");
    eg_path at = eg_path_field(NULL, "device");
    *out = eg_election_device_default;
    if (device == NULL) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_need_map(device, &at, err));
    EG_TRY(eg_read_int64(device, &at, "device_id", &out->device_id, err));
    EG_TRY(eg_read_int64(device, &at, "session_id", &out->session_id, err));
    EG_TRY(eg_read_int64(device, &at, "launch_code", &out->launch_code, err));
    return eg_read_str(device, &at, "location", 0, EG_NAME_BYTES_MAX, &out->location, err);
}

/* ---- all of it ---- */

static eg_result make(eg_election_file *out, const eg_node *map, uint32_t quorum, eg_arena *arena,
                      eg_error *err)
{
    size_t count;
    eg_modp key;
    eg_modq commitments;
    EG_TRY(eg_election_manifest_read(&out->manifest, map, arena, err));
    EG_TRY(read_guardians(&out->guardians, &count, map, quorum, arena, err));
    EG_TRY(read_device(&out->device, map, err));
    eg_joint_key(&key, &commitments, out->guardians, count);
    return eg_context_init_of_member(&out->context, (uint32_t)count, quorum, &key, &commitments,
                                     &out->manifest.hash, err);
}

eg_result eg_election_file_make(eg_election_file *out, const eg_node *map, eg_arena *arena,
                                eg_error *err)
{
    uint32_t quorum;
    EG_TRY(eg_read_count(map, NULL, "quorum", 1, EG_GUARDIANS_MAX, &quorum, err));
    return make(out, map, quorum, arena, err);
}

static eg_result differs(const eg_path *at, const char *name, eg_error *err)
{
    eg_path path = eg_path_field(at, name);
    return EG_FAIL(err, EG_E_WRONG_ELECTION, &path,
                   "it does not follow from the file's own manifest and guardians");
}

static eg_result compare(const eg_context *stated, const eg_context *right, eg_error *err)
{
    eg_path at = eg_path_field(NULL, "context");
    if (stated->number_of_guardians != right->number_of_guardians) {
        return differs(&at, "number_of_guardians", err);
    }
    if (!eg_modp_equal(&stated->public_key, &right->public_key)) {
        return differs(&at, "elgamal_public_key", err);
    }
    if (!eg_modq_equal(&stated->commitment_hash, &right->commitment_hash)) {
        return differs(&at, "commitment_hash", err);
    }
    if (!eg_modq_equal(&stated->manifest_hash, &right->manifest_hash)) {
        return differs(&at, "manifest_hash", err);
    }
    if (!eg_modq_equal(&stated->base_hash, &right->base_hash)) {
        return differs(&at, "crypto_base_hash", err);
    }
    return eg_modq_equal(&stated->extended_base_hash, &right->extended_base_hash)
               ? EG_SUCCESS
               : differs(&at, "crypto_extended_base_hash", err);
}

eg_result eg_election_file_read(eg_election_file *out, const eg_node *map, eg_arena *arena,
                                eg_error *err)
{
    eg_str format;
    eg_context stated;
    const eg_node *context;
    eg_path at = eg_path_field(NULL, "context");
    eg_path format_at = eg_path_field(NULL, "format");
    EG_TRY(eg_read_str(map, NULL, "format", 1, EG_NAME_BYTES_MAX, &format, err));
    if (!eg_str_equal(format, EG_STR(EG_ELECTION_FILE_FORMAT))) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, &format_at, "it must be '%s'",
                       EG_ELECTION_FILE_FORMAT);
    }
    EG_TRY(eg_field(&context, map, NULL, "context", err));
    EG_TRY(eg_need_map(context, &at, err));
    EG_TRY(eg_context_read(&stated, context, &at, err));
    EG_TRY(make(out, map, stated.quorum, arena, err));
    return compare(&stated, &out->context, err);
}

void eg_election_file_write(eg_writer *w, const eg_election_file *file)
{
    eg_write_map(w);
    eg_put_cstr(w, "format", EG_ELECTION_FILE_FORMAT);
    eg_write_key(w, "manifest");
    eg_manifest_write(w, &file->manifest);
    eg_write_key(w, "context");
    eg_context_write(w, &file->context);
    eg_write_key(w, "guardians");
    eg_write_array(w, file->context.number_of_guardians);
    for (size_t i = 0; i < file->context.number_of_guardians; i++) {
        eg_guardian_public_write(w, &file->guardians[i]);
    }
    eg_write_end(w);
    eg_write_key(w, "device");
    eg_write_map(w);
    eg_put_int(w, "device_id", file->device.device_id);
    eg_put_int(w, "session_id", file->device.session_id);
    eg_put_int(w, "launch_code", file->device.launch_code);
    eg_put_str(w, "location", file->device.location);
    eg_write_end(w);
    eg_write_end(w);
}
