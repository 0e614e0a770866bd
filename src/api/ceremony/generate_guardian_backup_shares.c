/* POST /generate_guardian_backup_shares: round 2 of the ceremony, one sender's backups. Called from
 * browsers.
 * Source: docs/api-contract.md 5; docs/crypto.md 9, 17. */
#include "api/ceremony/guardian_answer.h"
#include "api/endpoints.h"
#include "api/fields/election_fields.h"
#include "api/fields/guardian_fields.h"
#include "api/frame/intake.h"

#include "base/secret.h"
#include "election/ceremony_parts.h"

typedef struct recipient {
    eg_str id;
    uint32_t sequence_order;
    eg_modp key;
} recipient;

typedef struct state {
    eg_intake intake;
    eg_answer_form form;
    eg_str id;
    uint32_t sequence_order;
    uint32_t guardians;
    uint32_t quorum;
    eg_modq private_key; /* secret; wiped at the end */
    eg_modp public_key;
    eg_polynomial polynomial; /* secret; in the job arena */
    eg_guardian_public record;
    recipient *recipients;
    eg_keyed_backup *backups;
    size_t count;
} state;

static eg_result begin(eg_call *call, eg_error *err)
{
    return eg_intake_begin(call, sizeof(state), NULL, err);
}

/* ---- the sender ---- */

static eg_result missing(const char *name, const char *text, eg_error *err)
{
    eg_path path = eg_path_field(NULL, name);
    return EG_FAIL(err, EG_E_MISSING_FIELD, &path, "%s", text);
}

/* The field's name among the two it may have. */
static const char *name_of(const eg_node *map, const char *name, const char *other)
{
    return eg_map_find(map, name) == NULL && eg_map_find(map, other) != NULL ? other : name;
}

static eg_result read_identity(state *s, eg_error *err)
{
    const eg_node *fields = &s->intake.fields;
    const char *id = name_of(fields, "sender_guardian_id", "guardian_id");
    const char *order = name_of(fields, "sender_sequence_order", "sequence_order");
    if (!eg_intake_has(&s->intake, id)) {
        return missing(id, "sender_guardian_id is required", err);
    }
    EG_TRY(eg_read_id(fields, NULL, id, s->intake.call->arena, &s->id, err));
    return eg_read_count(fields, NULL, order, 1, s->guardians, &s->sequence_order, err);
}

static eg_result read_keys(state *s, eg_error *err)
{
    const eg_node *fields = &s->intake.fields;
    eg_arena *arena = s->intake.call->arena;
    bool present;
    if (!eg_intake_has(&s->intake, "sender_private_key")) {
        return missing("sender_private_key", "sender_private_key is required", err);
    }
    if (!eg_intake_has(&s->intake, "sender_public_key")) {
        return missing("sender_public_key", "sender_public_key is required", err);
    }
    EG_TRY(eg_private_key_read(&s->private_key, fields, "sender_private_key", arena, err));
    EG_TRY(eg_public_key_read(&s->public_key, fields, "sender_public_key", arena, err));
    EG_TRY(eg_key_pair_check(&s->private_key, &s->public_key, "sender_private_key", err));
    EG_TRY(eg_polynomial_field_read(&s->polynomial, &present, fields, "sender_polynomial", arena,
                                    err));
    if (!present) {
        return missing("sender_polynomial", "sender_polynomial is required", err);
    }
    return EG_SUCCESS;
}

/* ---- recipients ---- */

static eg_result read_recipient(state *s, size_t i, const eg_node *node, const eg_path *at,
                                eg_error *err)
{
    recipient *r = &s->recipients[i];
    eg_key_place place;
    EG_TRY(eg_need_map(node, at, err));
    const char *id = name_of(node, "guardian_id", "guardianId");
    const char *order = name_of(node, "sequence_order", "sequenceOrder");
    const char *key = name_of(node, "public_key", "publicKey");
    if (eg_map_find(node, id) == NULL) {
        eg_path path = eg_path_field(at, id);
        return EG_FAIL(err, EG_E_MISSING_FIELD, &path, "Each recipient must include guardian_id");
    }
    EG_TRY(eg_read_id(node, at, id, s->intake.call->arena, &r->id, err));
    EG_TRY(eg_read_count(node, at, order, 1, s->guardians, &r->sequence_order, err));
    eg_path path = eg_path_field(at, key);
    const eg_node *value = eg_map_find(node, key);
    if (value == NULL) {
        return EG_FAIL(err, EG_E_MISSING_FIELD, &path, "Missing public key for recipient %.*s",
                       EG_SHOWN(r->id));
    }
    EG_TRY(eg_key_place_find(&place, value, &path, "public_key", "publicKey", s->intake.call->arena,
                             err));
    return eg_node_p_decimal(&r->key, place.node, &place.path, err);
}

static eg_result check_recipient(const state *s, size_t i, const eg_path *at, eg_error *err)
{
    const recipient *r = &s->recipients[i];
    bool same_id = eg_str_equal(r->id, s->id);
    bool same_order = r->sequence_order == s->sequence_order;
    for (size_t j = 0; j < i; j++) {
        same_id = same_id || eg_str_equal(r->id, s->recipients[j].id);
        same_order = same_order || r->sequence_order == s->recipients[j].sequence_order;
    }
    if (same_id || same_order) {
        eg_path path = eg_path_field(at, same_id ? "guardian_id" : "sequence_order");
        return EG_FAIL(err, EG_E_DUPLICATE, &path,
                       "'%s' must differ from the sender's and every other recipient's", path.name);
    }
    return EG_SUCCESS;
}

static eg_result read_recipients(state *s, eg_error *err)
{
    eg_path path = eg_path_field(NULL, "recipients");
    const eg_node *list = eg_intake_find(&s->intake, "recipients");
    bool alone = s->guardians == 1; /* there is nobody to make a backup for */
    if (list == NULL) {
        return alone ? EG_SUCCESS : missing("recipients", "recipients are required", err);
    }
    EG_TRY(eg_need_array(list, &path, EG_GUARDIANS_MAX, err));
    s->count = list->as.array.count;
    if (s->count == 0 && !alone) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "recipients are required");
    }
    eg_arena *arena = s->intake.call->arena;
    EG_TRY(eg_arena_new(arena, s->count, sizeof *s->recipients, &s->recipients, err));
    EG_TRY(eg_arena_new(arena, s->count, sizeof *s->backups, &s->backups, err));
    for (size_t i = 0; i < s->count; i++) {
        eg_path at = eg_path_index(&path, i);
        EG_TRY(read_recipient(s, i, &list->as.array.items[i], &at, err));
        EG_TRY(check_recipient(s, i, &at, err));
    }
    return EG_SUCCESS;
}

static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    EG_TRY(eg_counts_read(&s->intake.fields, 0, &s->guardians, &s->quorum, err));
    EG_TRY(read_identity(s, err));
    EG_TRY(read_keys(s, err));
    EG_TRY(read_recipients(s, err));
    s->form = eg_intake_form(&s->intake);
    call->compute_units = s->count + eg_guardian_parts(s->quorum); /* these check the polynomial */
    return EG_SUCCESS;
}

/* ---- computing ---- */

static eg_result make_record(state *s, eg_error *err)
{
    EG_TRY(eg_polynomial_belongs_check(&s->polynomial, s->quorum, &s->private_key,
                                       "sender_polynomial", err));
    eg_call *call = s->intake.call;
    (void)pthread_mutex_lock(call->arena_lock);
    eg_result r = eg_guardian_record_from_polynomial(&s->record, &s->polynomial, s->id,
                                                     s->sequence_order, call->arena, err);
    (void)pthread_mutex_unlock(call->arena_lock);
    return r;
}

static eg_result check_sender(state *s, size_t part, eg_error *err)
{
    eg_path path = eg_path_field(NULL, "sender_polynomial");
    if (part == 0) {
        EG_TRY(make_record(s, err));
    }
    return eg_polynomial_part_check(&s->polynomial, s->quorum, part, &path, err);
}

static eg_result make_backup(state *s, size_t i, eg_error *err)
{
    const recipient *r = &s->recipients[i];
    if (eg_modp_is_one(&r->key) || !eg_modp_is_residue_vartime(&r->key)) {
        eg_path list = eg_path_field(NULL, "recipients");
        eg_path at = eg_path_index(&list, i);
        eg_path path = eg_path_field(&at, "public_key");
        return EG_FAIL(err, EG_E_NOT_IN_GROUP, &path,
                       "'public_key' must be an element of the group other than 1");
    }
    eg_modq nonce;
    EG_TRY(eg_random_q(&nonce, s->intake.call->rng, 1, err));
    s->backups[i].key = r->id;
    eg_result made = eg_backup_make(&s->backups[i].backup, s->id, &s->polynomial, r->id,
                                    r->sequence_order, &r->key, &nonce, err);
    eg_wipe(&nonce, sizeof nonce);
    return made;
}

static eg_result compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err)
{
    state *s = call->state;
    (void)scratch;
    return unit >= s->count ? check_sender(s, unit - s->count, err) : make_backup(s, unit, err);
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    const state *s = call->state;
    const eg_guardian_entry entry = {.id = s->id,
                                     .sequence_order = s->sequence_order,
                                     .record = &s->record,
                                     .backups = s->backups,
                                     .backup_count = s->count,
                                     .form = s->form};
    eg_writer w;
    (void)err;
    eg_writer_init(&w, out, eg_form_style(s->form));
    eg_write_map(&w);
    eg_put_cstr(&w, "status", "success");
    eg_write_key(&w, "guardian_data");
    eg_guardian_entry_write(&w, &entry);
    eg_put_int(&w, "backup_count", (int64_t)s->count);
    eg_write_end(&w);
    return EG_SUCCESS;
}

static void end(eg_call *call)
{
    state *s = call->state;
    if (s != NULL) {
        eg_wipe(&s->private_key, sizeof s->private_key);
    }
    eg_intake_end(call);
}

const eg_endpoint eg_endpoint_generate_guardian_backup_shares = {
    .method = "POST",
    .path = "/generate_guardian_backup_shares",
    .summary = "round 2 of the ceremony: one guardian's backups for the others",
    .max_body_bytes = EG_BODY_SMALL,
    .flags = EG_ENDPOINT_BROWSER | EG_ENDPOINT_SECRET,
    .begin = begin,
    .feed = eg_intake_feed,
    .plan = plan,
    .compute = compute,
    .head = head,
    .end = end,
};
