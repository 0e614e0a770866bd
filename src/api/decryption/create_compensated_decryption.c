/* POST /create_compensated_decryption: an available guardian's part of a missing one's shares.
 * Source: docs/api-contract.md 5; docs/crypto.md 9, 16.4. */
#include "api/endpoints.h"
#include "api/fields/guardian_fields.h"
#include "api/tally/tally_request.h"

#include "base/secret.h"
#include "election/ceremony_parts.h"
#include "wire/objects/decryption.h"

typedef struct state {
    eg_share_request share; /* first */
    eg_str available_id;
    eg_str missing_id;
    eg_guardian_data available;
    eg_guardian_data missing;
    eg_modq private_key; /* secret; wiped at the end */
    eg_modp public_key;
    eg_modq coordinate; /* secret; wiped at the end */
    eg_modp recovery_key;
} state;

static eg_result init_share(eg_share_request *r, eg_share_target *t, eg_error *err)
{
    const state *s = (const state *)r;
    eg_decryption_share *share;
    EG_TRY(eg_arena_new(r->intake.call->arena, 1, sizeof *share, &share, err));
    t->share = share;
    const eg_share_origin origin = {s->available_id, s->missing_id, &s->public_key,
                                    &s->recovery_key};
    return eg_decryption_share_init(share, &t->target, &origin, r->intake.call->arena, err);
}

static void compute_share(eg_share_request *r, eg_share_target *t, size_t first, size_t count,
                          const eg_modq seeds[])
{
    const state *s = (const state *)r;
    eg_decryption_share_compute(t->share, &t->target, first, count, &s->coordinate, seeds,
                                &r->election.context.extended_base_hash);
}

static const eg_share_kind kind = {.tally_share = "compensated_tally_share",
                                   .ballot_shares = "compensated_ballot_shares",
                                   .tally_shares = "compensated_tally_shares",
                                   .init = init_share,
                                   .compute = compute_share,
                                   .write = eg_decryption_share_write};

static eg_result begin(eg_call *call, eg_error *err)
{
    return eg_share_begin(call, sizeof(state), &kind, err);
}

/* ---- reading ---- */

static eg_result read_data(const state *s, const char *field, eg_str id, eg_guardian_data *out,
                           eg_error *err)
{
    const eg_node *node;
    eg_path path = eg_path_field(NULL, field);
    EG_TRY(eg_field(&node, &s->share.intake.fields, NULL, field, err));
    EG_TRY(eg_guardian_data_read(out, node, &path, s->share.intake.call->arena, err));
    if (!eg_str_equal(out->id, id)) {
        eg_path at = eg_path_field(&path, "id");
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at, "Guardian ID mismatch: expected %.*s, got %.*s",
                       EG_SHOWN(id), EG_SHOWN(out->id));
    }
    return eg_guardian_data_check(out, s->share.election.context.number_of_guardians, &path, err);
}

static eg_result read_guardians(state *s, eg_error *err)
{
    const eg_node *fields = &s->share.intake.fields;
    eg_arena *arena = s->share.intake.call->arena;
    EG_TRY(eg_read_id(fields, NULL, "available_guardian_id", arena, &s->available_id, err));
    EG_TRY(eg_read_id(fields, NULL, "missing_guardian_id", arena, &s->missing_id, err));
    EG_TRY(read_data(s, "available_guardian_data", s->available_id, &s->available, err));
    EG_TRY(read_data(s, "missing_guardian_data", s->missing_id, &s->missing, err));
    eg_path path = eg_path_field(NULL, "missing_guardian_id");
    if (eg_str_equal(s->available_id, s->missing_id)) {
        return EG_FAIL(err, EG_E_DUPLICATE, &path, "a guardian cannot compensate for itself");
    }
    if (s->available.sequence_order == s->missing.sequence_order) {
        eg_path at = eg_path_field(NULL, "missing_guardian_data");
        return EG_FAIL(err, EG_E_DUPLICATE, &at, "two guardians have one sequence order");
    }
    if (!s->missing.has_record) {
        eg_path data = eg_path_field(NULL, "missing_guardian_data");
        eg_path at = eg_path_field(&data, "election_public_key");
        return EG_FAIL(err, EG_E_MISSING_FIELD, &at,
                       "'election_public_key' of the missing guardian is required");
    }
    return EG_SUCCESS;
}

static eg_result read_keys(state *s, eg_error *err)
{
    const eg_node *fields = &s->share.intake.fields;
    eg_arena *arena = s->share.intake.call->arena;
    EG_TRY(eg_private_key_read(&s->private_key, fields, "available_private_key", arena, err));
    EG_TRY(eg_public_key_read(&s->public_key, fields, "available_public_key", arena, err));
    EG_TRY(eg_key_pair_check(&s->private_key, &s->public_key, "available_private_key", err));
    if (s->available.has_record && !eg_modp_equal(&s->available.record.key, &s->public_key)) {
        eg_path at = eg_path_field(NULL, "available_public_key");
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at,
                       "'available_public_key' is not the key in the guardian's data");
    }
    return EG_SUCCESS;
}

/* The backup and where it stands: each path leads up to the one before it, so it is not copied. */
typedef struct found_backup {
    eg_backup backup;
    eg_path data;
    eg_path list;
    eg_path entry;
} found_backup;

static eg_result find_backup(const state *s, found_backup *out, eg_error *err)
{
    const eg_guardian_data *places[] = {&s->missing, &s->available};
    static const char *const names[] = {"missing_guardian_data", "available_guardian_data"};
    for (size_t i = 0; i < 2; i++) {
        eg_str key;
        bool found;
        out->data = eg_path_field(NULL, names[i]);
        out->list = eg_path_field(&out->data, "backups");
        EG_TRY(eg_backup_choose(&out->backup, &key, &found, &places[i]->backups, &out->list,
                                s->missing_id, s->available_id, s->share.intake.call->arena, err));
        if (found) {
            out->entry = eg_path_key(&out->list, key.data, key.len);
            return EG_SUCCESS;
        }
    }
    eg_path path = eg_path_field(NULL, "missing_guardian_data");
    return EG_FAIL(err, EG_E_MISSING_FIELD, &path,
                   "No usable backup found: none of guardian %.*s for guardian %.*s",
                   EG_SHOWN(s->missing_id), EG_SHOWN(s->available_id));
}

static eg_result open_backup(state *s, eg_error *err)
{
    found_backup found;
    EG_TRY(find_backup(s, &found, err));
    eg_result r = eg_backup_open(&s->coordinate, &found.backup, s->available_id,
                                 s->available.sequence_order, &s->private_key, &found.entry, err);
    if (r.code == EG_E_TAMPERED) {
        return EG_FAIL(err, EG_E_PROOF_INVALID, &found.entry,
                       "Failed to decrypt backup for missing guardian %.*s",
                       EG_SHOWN(s->missing_id));
    }
    EG_TRY(r);
    eg_public_key(&s->recovery_key, &s->coordinate);
    return EG_SUCCESS;
}

static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    eg_share_request *r = &s->share;
    EG_TRY(eg_share_election_read(r, 0, err));
    EG_TRY(read_guardians(s, err));
    EG_TRY(read_keys(s, err));
    EG_TRY(eg_share_targets_read(r, err));
    EG_TRY(open_backup(s, err));
    /* with the first round the missing guardian's record is checked, then the coordinate */
    call->compute_units =
        eg_share_units_plan(r) + eg_guardian_parts(r->election.context.quorum) + 1;
    return EG_SUCCESS;
}

/* ---- computing ---- */

/* The record's proofs by parts, and last the coordinate against its commitments. */
static eg_result check_missing(const state *s, size_t part, eg_error *err)
{
    const eg_guardian_public *record = &s->missing.record;
    eg_path data = eg_path_field(NULL, "missing_guardian_data");
    eg_path path = eg_path_field(&data, "election_public_key");
    uint32_t quorum = s->share.election.context.quorum;
    if (part < eg_guardian_parts(quorum)) {
        return eg_guardian_part_check(record, quorum, part, &path, err);
    }
    if (!eg_coordinate_verify(&s->coordinate, s->available.sequence_order, record->commitments,
                              record->commitment_count)) {
        eg_path at = eg_path_field(&data, "backups");
        return EG_FAIL(err, EG_E_PROOF_INVALID, &at,
                       "the backup of missing guardian %.*s does not fit its commitments",
                       EG_SHOWN(s->missing_id));
    }
    return EG_SUCCESS;
}

static eg_result compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err)
{
    state *s = call->state;
    if (s->share.preparing && unit >= s->share.target_count) {
        return check_missing(s, unit - s->share.target_count, err);
    }
    return eg_share_unit_run(&s->share, unit, scratch, err);
}

static eg_result next(eg_call *call, eg_error *err)
{
    return eg_share_units_next(eg_share_request_of(call), &call->compute_units, err);
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    (void)err;
    eg_share_head(eg_share_request_of(call), out, 0, NULL);
    return EG_SUCCESS;
}

static void end(eg_call *call)
{
    state *s = call->state;
    if (s != NULL) {
        eg_wipe(&s->private_key, sizeof s->private_key);
        eg_wipe(&s->coordinate, sizeof s->coordinate);
    }
    eg_share_end(call);
}

const eg_endpoint eg_endpoint_create_compensated_decryption = {
    .method = "POST",
    .path = "/create_compensated_decryption",
    .summary = "an available guardian's part of a missing guardian's shares",
    .max_body_bytes = EG_BODY_LARGE,
    .flags = EG_ENDPOINT_HEAVY,
    .begin = begin,
    .feed = eg_intake_feed,
    .item = eg_share_item,
    .plan = plan,
    .compute = compute,
    .next = next,
    .finish = eg_share_finish,
    .head = head,
    .output = eg_share_output,
    .tail = eg_share_tail,
    .end = end,
};
