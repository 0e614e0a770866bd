#include "api/fields/guardian_fields.h"

#include "api/frame/intake.h"

#include "wire/artifact.h"
#include "wire/fields.h"
#include "wire/objects/guardian.h"

#include <stdio.h>

static bool is_decimal_text(eg_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.data[i];
        bool fits = (c >= '0' && c <= '9') || c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!fits) {
            return false;
        }
    }
    return true;
}

static bool is_bare_number(const eg_node *node)
{
    bool text = node->kind == EG_STRING && is_decimal_text(node->as.str);
    return text || (node->kind != EG_STRING && node->kind != EG_MAP);
}

eg_result eg_key_place_find(eg_key_place *out, const eg_node *node, const eg_path *path,
                            const char *name, const char *other_name, eg_arena *arena,
                            eg_error *err)
{
    if (is_bare_number(node)) {
        *out = (eg_key_place){.node = node, .path = *path};
        return EG_SUCCESS;
    }
    EG_TRY(eg_artifact_open_number(&out->map, node, path, arena, err));
    EG_TRY(eg_need_map(&out->map, path, err));
    bool other = other_name != NULL && eg_map_find(&out->map, name) == NULL &&
                 eg_map_find(&out->map, other_name) != NULL;
    const char *used = other ? other_name : name;
    out->path = eg_path_field(path, used);
    return eg_field(&out->node, &out->map, path, used, err);
}

eg_result eg_private_key_read(eg_modq *out, const eg_node *map, const char *field, eg_arena *arena,
                              eg_error *err)
{
    const eg_node *node;
    eg_key_place place;
    eg_path path = eg_path_field(NULL, field);
    EG_TRY(eg_field(&node, map, NULL, field, err));
    EG_TRY(eg_key_place_find(&place, node, &path, "private_key", "privateKey", arena, err));
    EG_TRY(eg_node_q_decimal(out, place.node, &place.path, err));
    if (eg_modq_is_zero(out)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &place.path, "a private key must not be 0");
    }
    return EG_SUCCESS;
}

eg_result eg_public_key_read(eg_modp *out, const eg_node *map, const char *field, eg_arena *arena,
                             eg_error *err)
{
    const eg_node *node;
    eg_key_place place;
    eg_path path = eg_path_field(NULL, field);
    EG_TRY(eg_field(&node, map, NULL, field, err));
    EG_TRY(eg_key_place_find(&place, node, &path, "public_key", "publicKey", arena, err));
    EG_TRY(eg_node_p_decimal(out, place.node, &place.path, err));
    if (eg_modp_is_zero(out)) {
        return EG_FAIL(err, EG_E_NOT_IN_GROUP, &place.path, "a public key must not be 0");
    }
    return EG_SUCCESS;
}

eg_result eg_key_pair_check(const eg_modq *private_key, const eg_modp *public_key,
                            const char *private_field, eg_error *err)
{
    eg_modp expected;
    eg_public_key(&expected, private_key);
    if (!eg_modp_equal(&expected, public_key)) {
        eg_path path = eg_path_field(NULL, private_field);
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                       "'%s' does not belong to the guardian's public key", private_field);
    }
    return EG_SUCCESS;
}

static eg_result read_record(eg_guardian_data *out, const eg_node *map, const eg_path *path,
                             eg_arena *arena, eg_error *err)
{
    const eg_node *node = eg_map_find(map, "election_public_key");
    if (node == NULL) {
        return EG_SUCCESS;
    }
    eg_path at = eg_path_field(path, "election_public_key");
    eg_node record;
    EG_TRY(eg_artifact_open(&record, NULL, node, &at, arena, err));
    EG_TRY(eg_guardian_public_read(&out->record, &record, &at, arena, err));
    out->has_record = true;
    return EG_SUCCESS;
}

static eg_result read_backups(eg_guardian_data *out, const eg_node *map, const eg_path *path,
                              eg_arena *arena, eg_error *err)
{
    const eg_node *node = eg_map_find(map, "backups");
    out->backups = (eg_node){.kind = EG_NULL};
    if (node == NULL) {
        return EG_SUCCESS;
    }
    eg_path at = eg_path_field(path, "backups");
    EG_TRY(eg_artifact_open(&out->backups, NULL, node, &at, arena, err));
    return eg_need_map(&out->backups, &at, err);
}

eg_result eg_guardian_data_read(eg_guardian_data *out, const eg_node *node, const eg_path *path,
                                eg_arena *arena, eg_error *err)
{
    eg_node map;
    *out = (eg_guardian_data){.has_record = false};
    EG_TRY(eg_artifact_open(&map, NULL, node, path, arena, err));
    EG_TRY(eg_need_map(&map, path, err));
    EG_TRY(eg_read_id(&map, path, "id", arena, &out->id, err));
    EG_TRY(eg_read_count(&map, path, "sequence_order", 1, EG_GUARDIANS_MAX, &out->sequence_order,
                         err));
    EG_TRY(read_record(out, &map, path, arena, err));
    return read_backups(out, &map, path, arena, err);
}

eg_result eg_guardian_data_check(const eg_guardian_data *data, uint32_t guardians,
                                 const eg_path *path, eg_error *err)
{
    eg_path at = eg_path_field(path, "sequence_order");
    if (data->sequence_order > guardians) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at,
                       "'sequence_order' must not exceed the number of guardians");
    }
    if (!data->has_record) {
        return EG_SUCCESS;
    }
    eg_path record = eg_path_field(path, "election_public_key");
    if (!eg_str_equal(data->record.owner_id, data->id) ||
        data->record.sequence_order != data->sequence_order) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &record,
                       "'election_public_key' is of another guardian or order");
    }
    return EG_SUCCESS;
}

/* Is the entry the one that is looked for? What cannot be read is not. */
static bool is_wanted(const eg_node *map, eg_str owner, eg_str designated, eg_arena *arena)
{
    eg_str owner_id;
    eg_str designated_id;
    if (map->kind != EG_MAP ||
        eg_failed(eg_read_id(map, NULL, "owner_id", arena, &owner_id, NULL)) ||
        eg_failed(eg_read_id(map, NULL, "designated_id", arena, &designated_id, NULL))) {
        return false;
    }
    return eg_str_equal(owner_id, owner) && eg_str_equal(designated_id, designated);
}

eg_result eg_backup_choose(eg_backup *out, eg_str *key, bool *found, const eg_node *backups,
                           const eg_path *backups_path, eg_str owner, eg_str designated,
                           eg_arena *arena, eg_error *err)
{
    *found = false;
    for (size_t i = 0; backups->kind == EG_MAP && i < backups->as.map.count; i++) {
        const eg_member *member = &backups->as.map.members[i];
        eg_path path = eg_path_key(backups_path, member->key.data, member->key.len);
        eg_node map;
        if (eg_failed(eg_artifact_open(&map, NULL, &member->value, &path, arena, NULL)) ||
            !is_wanted(&map, owner, designated, arena)) {
            continue;
        }
        *found = true;
        *key = member->key;
        return eg_backup_read(out, &map, &path, arena, err);
    }
    return EG_SUCCESS;
}

/* ---- polynomials ---- */

eg_result eg_polynomial_field_read(eg_polynomial *out, bool *present, const eg_node *fields,
                                   const char *field, eg_arena *arena, eg_error *err)
{
    const eg_node *node = eg_map_find(fields, field);
    *present = node != NULL;
    if (!*present) {
        return EG_SUCCESS;
    }
    eg_path path = eg_path_field(NULL, field);
    eg_node map;
    EG_TRY(eg_artifact_open(&map, NULL, node, &path, arena, err));
    EG_TRY(eg_need_map(&map, &path, err));
    const eg_node *inside = eg_map_find(&map, "polynomial");
    if (inside == NULL) {
        return eg_polynomial_read(out, &map, &path, arena, err);
    }
    eg_path at = eg_path_field(&path, "polynomial");
    eg_node inner;
    EG_TRY(eg_artifact_open(&inner, NULL, inside, &at, arena, err));
    return eg_polynomial_read(out, &inner, &at, arena, err);
}

eg_result eg_polynomial_belongs_check(const eg_polynomial *polynomial, uint32_t quorum,
                                      const eg_modq *private_key, const char *field, eg_error *err)
{
    eg_path path = eg_path_field(NULL, field);
    eg_path list = eg_path_field(&path, "coefficients");
    if (polynomial->count != quorum) {
        return EG_FAIL(err, EG_E_QUORUM, &list, "there must be as many coefficients as the quorum");
    }
    if (!eg_modq_equal(&polynomial->coefficients[0].value, private_key)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'%s' is of another private key", field);
    }
    return EG_SUCCESS;
}

eg_result eg_guardian_blame(eg_result r, eg_str id, eg_error *err)
{
    bool at_fault = r.code == EG_E_PROOF_INVALID || r.code == EG_E_NOT_IN_GROUP ||
                    r.code == EG_E_WRONG_ELECTION || r.code == EG_E_QUORUM;
    if (at_fault && err != NULL) {
        eg_error copy = *err;
        (void)snprintf(err->text, sizeof err->text, "guardian %.*s: %.120s", EG_SHOWN(id),
                       copy.text);
    }
    return r;
}
