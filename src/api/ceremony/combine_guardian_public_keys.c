/* POST /combine_guardian_public_keys: the joint key of a round-based ceremony.
 *
 * `commitment_hash` is over the public keys alone (docs/crypto.md 10, second form): elections in
 * the field have it stored. Source: docs/api-contract.md 5. */
#include "api/endpoints.h"
#include "api/fields/election_fields.h"
#include "api/fields/guardian_fields.h"
#include "api/frame/intake.h"

#include "election/ceremony_parts.h"
#include "wire/objects/guardian.h"
#include "wire/objects/manifest.h"

typedef struct state {
    eg_intake intake;
    eg_answer_form form;
    eg_names names;
    eg_manifest manifest;
    uint32_t guardians;
    uint32_t quorum;
    eg_modp *keys;
    size_t count;
    size_t parts;                /* units of each guardian */
    eg_guardian_public *records; /* NULL when none were sent */
    eg_modp joint_key;
    eg_modq commitment_hash;
} state;

static eg_result begin(eg_call *call, eg_error *err)
{
    return eg_intake_begin(call, sizeof(state), NULL, err);
}

static eg_result refuse_repeated(const state *s, size_t i, const eg_path *at, eg_error *err)
{
    for (size_t j = 0; j < i; j++) {
        if (eg_modp_equal(&s->keys[i], &s->keys[j])) {
            return EG_FAIL(err, EG_E_DUPLICATE, at, "the key was given before");
        }
    }
    return EG_SUCCESS;
}

static eg_result read_keys(state *s, eg_error *err)
{
    eg_path path = eg_path_field(NULL, "public_keys");
    const eg_node *list;
    EG_TRY(eg_field(&list, &s->intake.fields, NULL, "public_keys", err));
    EG_TRY(eg_need_array(list, &path, EG_GUARDIANS_MAX, err));
    s->count = list->as.array.count;
    if (s->count == 0) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'public_keys' must not be empty");
    }
    EG_TRY(eg_arena_new(s->intake.call->arena, s->count, sizeof *s->keys, &s->keys, err));
    for (size_t i = 0; i < s->count; i++) {
        eg_path at = eg_path_index(&path, i);
        EG_TRY(eg_node_p_decimal(&s->keys[i], &list->as.array.items[i], &at, err));
        EG_TRY(refuse_repeated(s, i, &at, err));
    }
    return EG_SUCCESS;
}

/* No guardian may stand for another: ids and orders are distinct. */
static eg_result check_place(const state *s, size_t i, const eg_path *at, eg_error *err)
{
    const eg_guardian_public *record = &s->records[i];
    eg_path order = eg_path_field(at, "sequence_order");
    eg_path id = eg_path_field(at, "owner_id");
    if (record->sequence_order < 1 || record->sequence_order > s->guardians) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &order,
                       "'sequence_order' must be from 1 to the number of guardians");
    }
    for (size_t j = 0; j < i; j++) {
        bool same_id = eg_str_equal(record->owner_id, s->records[j].owner_id);
        if (same_id || record->sequence_order == s->records[j].sequence_order) {
            return EG_FAIL(err, EG_E_DUPLICATE, same_id ? &id : &order,
                           "'%s' was given before, by another guardian",
                           same_id ? id.name : order.name);
        }
    }
    return EG_SUCCESS;
}

static eg_result read_record(state *s, size_t i, const eg_node *node, const eg_path *at,
                             eg_error *err)
{
    eg_node map;
    EG_TRY(eg_artifact_open(&map, NULL, node, at, s->intake.call->arena, err));
    EG_TRY(eg_guardian_public_read(&s->records[i], &map, at, s->intake.call->arena, err));
    if (!eg_modp_equal(&s->records[i].key, &s->keys[i])) {
        eg_path path = eg_path_field(at, "key");
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                       "the key of guardian %.*s is not the one at its place in 'public_keys'",
                       EG_SHOWN(s->records[i].owner_id));
    }
    return check_place(s, i, at, err);
}

static eg_result read_records(state *s, eg_error *err)
{
    if (!eg_intake_has(&s->intake, "election_public_keys")) {
        return EG_SUCCESS;
    }
    eg_path path = eg_path_field(NULL, "election_public_keys");
    eg_node list;
    EG_TRY(eg_intake_open_list(&s->intake, "election_public_keys", &list, err));
    EG_TRY(eg_need_array(&list, &path, EG_GUARDIANS_MAX, err));
    if (list.as.array.count != s->count) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                       "'election_public_keys' must be as long as 'public_keys'");
    }
    EG_TRY(eg_arena_new(s->intake.call->arena, s->count, sizeof *s->records, &s->records, err));
    for (size_t i = 0; i < s->count; i++) {
        eg_path at = eg_path_index(&path, i);
        EG_TRY(read_record(s, i, &list.as.array.items[i], &at, err));
    }
    return EG_SUCCESS;
}

static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    EG_TRY(read_keys(s, err));
    EG_TRY(eg_counts_read(&s->intake.fields, (uint32_t)s->count, &s->guardians, &s->quorum, err));
    if (s->guardians != s->count) {
        eg_path path = eg_path_field(NULL, "number_of_guardians");
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                       "'number_of_guardians' must be the number of 'public_keys'");
    }
    EG_TRY(eg_voted_on_read(&s->manifest, &s->names, &s->intake.fields, 1, call->arena, err));
    EG_TRY(read_records(s, err));
    s->form = eg_intake_form(&s->intake);
    s->parts = s->records == NULL ? 1 : eg_guardian_parts(s->quorum);
    call->compute_units = s->count * s->parts;
    return EG_SUCCESS;
}

static eg_result check_record(const state *s, size_t i, size_t part, eg_error *err)
{
    eg_path list = eg_path_field(NULL, "election_public_keys");
    eg_path path = eg_path_index(&list, i);
    return eg_guardian_blame(eg_guardian_part_check(&s->records[i], s->quorum, part, &path, err),
                             s->records[i].owner_id, err);
}

static eg_result check_key(const state *s, size_t i, eg_error *err)
{
    eg_path list = eg_path_field(NULL, "public_keys");
    eg_path path = eg_path_index(&list, i);
    if (eg_modp_is_one(&s->keys[i]) || !eg_modp_is_residue_vartime(&s->keys[i])) {
        return EG_FAIL(err, EG_E_NOT_IN_GROUP, &path,
                       "a public key must be an element of the group other than 1");
    }
    return EG_SUCCESS;
}

static eg_result compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err)
{
    const state *s = call->state;
    size_t i = unit / s->parts, part = unit % s->parts;
    (void)scratch;
    if (part == 0) {
        EG_TRY(check_key(s, i, err));
    }
    return s->records == NULL ? EG_SUCCESS : check_record(s, i, part, err);
}

static eg_result finish(eg_call *call, eg_error *err)
{
    state *s = call->state;
    eg_joint_key_from_keys(&s->joint_key, &s->commitment_hash, s->keys, s->count);
    if (eg_modp_is_one(&s->joint_key)) { /* one of them was made from the others */
        eg_path path = eg_path_field(NULL, "public_keys");
        return EG_FAIL(err, EG_E_NOT_IN_GROUP, &path, "the product of 'public_keys' must not be 1");
    }
    return EG_SUCCESS;
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    const state *s = call->state;
    eg_writer w;
    (void)err;
    eg_writer_init(&w, out, eg_form_style(s->form));
    eg_write_map(&w);
    eg_put_cstr(&w, "status", "success");
    eg_write_key(&w, "joint_public_key");
    eg_write_p_decimal(&w, &s->joint_key);
    eg_write_key(&w, "commitment_hash");
    eg_write_q_decimal(&w, &s->commitment_hash);
    eg_write_key(&w, "manifest");
    eg_artifact_write(&w, eg_form_inner(s->form), eg_manifest_write, &s->manifest);
    eg_put_int(&w, "number_of_guardians", s->guardians);
    eg_put_int(&w, "quorum", s->quorum);
    eg_write_end(&w);
    return EG_SUCCESS;
}

const eg_endpoint eg_endpoint_combine_guardian_public_keys = {
    .method = "POST",
    .path = "/combine_guardian_public_keys",
    .summary = "the joint key of a round-based ceremony, proofs checked where given",
    .max_body_bytes = EG_BODY_SMALL,
    .begin = begin,
    .feed = eg_intake_feed,
    .plan = plan,
    .compute = compute,
    .finish = finish,
    .head = head,
    .end = eg_intake_end,
};
