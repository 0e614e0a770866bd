/* POST /create_compensated_decryption: an available guardian's part of a missing one's shares.
 * Source: docs/api-contract.md 5; docs/crypto.md 9, 16.4. */
#include "api/decryption/share_making.h"
#include "api/endpoints.h"

#include "election/ceremony_parts.h"

typedef struct state {
    eg_share_making making; /* first; its secret is the coordinate */
    eg_guardian_data missing;
    eg_modp recovery_key;
} state;

static const eg_guardian_data *missing_of(const eg_share_making *m)
{
    return &((const state *)m)->missing;
}

/* ---- reading ---- */

static eg_result read_data(eg_guardian_data *out, const eg_share_making *m, const char *field,
                           eg_str id, eg_error *err)
{
    eg_path path = eg_path_field(NULL, field);
    eg_path at = eg_path_field(&path, "id");
    return eg_share_guardian_read(out, m, field, id, &at, err);
}

static eg_result check_two(const eg_guardian_data *available, const eg_guardian_data *missing,
                           eg_error *err)
{
    eg_path data = eg_path_field(NULL, "missing_guardian_data");
    if (eg_str_equal(available->id, missing->id)) {
        eg_path path = eg_path_field(NULL, "missing_guardian_id");
        return EG_FAIL(err, EG_E_DUPLICATE, &path, "a guardian cannot compensate for itself");
    }
    if (available->sequence_order == missing->sequence_order) {
        return EG_FAIL(err, EG_E_DUPLICATE, &data, "two guardians have one sequence order");
    }
    if (!missing->has_record) {
        eg_path at = eg_path_field(&data, "election_public_key");
        return EG_FAIL(err, EG_E_MISSING_FIELD, &at,
                       "'election_public_key' of the missing guardian is required");
    }
    return EG_SUCCESS;
}

static eg_result read_guardians(eg_share_making *m, eg_error *err)
{
    const eg_node *fields = &m->request.intake.fields;
    eg_arena *arena = m->request.intake.call->arena;
    eg_share_origin *ids = &m->origin;
    eg_guardian_data *missing = &((state *)m)->missing;
    EG_TRY(eg_read_id(fields, NULL, "available_guardian_id", arena, &ids->guardian_id, err));
    EG_TRY(eg_read_id(fields, NULL, "missing_guardian_id", arena, &ids->missing_guardian_id, err));
    EG_TRY(read_data(&m->guardian, m, m->kind->guardian_data, ids->guardian_id, err));
    EG_TRY(read_data(missing, m, "missing_guardian_data", ids->missing_guardian_id, err));
    return check_two(&m->guardian, missing, err);
}

/* The backup and where it stands: each path leads up to the one before it, so it is not copied. */
typedef struct found_backup {
    eg_backup backup;
    eg_path data;
    eg_path list;
    eg_path entry;
} found_backup;

static eg_result find_backup(const eg_share_making *m, found_backup *out, eg_error *err)
{
    const eg_guardian_data *places[] = {missing_of(m), &m->guardian};
    static const char *const names[] = {"missing_guardian_data", "available_guardian_data"};
    for (size_t i = 0; i < 2; i++) {
        eg_str key;
        bool found;
        out->data = eg_path_field(NULL, names[i]);
        out->list = eg_path_field(&out->data, "backups");
        EG_TRY(eg_backup_choose(&out->backup, &key, &found, &places[i]->backups, &out->list,
                                m->origin.missing_guardian_id, m->origin.guardian_id,
                                m->request.intake.call->arena, err));
        if (found) {
            out->entry = eg_path_key(&out->list, key.data, key.len);
            return EG_SUCCESS;
        }
    }
    eg_path path = eg_path_field(NULL, "missing_guardian_data");
    return EG_FAIL(err, EG_E_MISSING_FIELD, &path,
                   "No usable backup found: none of guardian %.*s for guardian %.*s",
                   EG_SHOWN(m->origin.missing_guardian_id), EG_SHOWN(m->origin.guardian_id));
}

static eg_result open_backup(eg_share_making *m, eg_error *err)
{
    found_backup found;
    EG_TRY(find_backup(m, &found, err));
    eg_result r = eg_backup_open(&m->secret, &found.backup, m->origin.guardian_id,
                                 m->guardian.sequence_order, &m->private_key, &found.entry, err);
    if (r.code == EG_E_TAMPERED) {
        return EG_FAIL(err, EG_E_PROOF_INVALID, &found.entry,
                       "Failed to decrypt backup for missing guardian %.*s",
                       EG_SHOWN(m->origin.missing_guardian_id));
    }
    EG_TRY(r);
    state *s = (state *)m;
    eg_public_key(&s->recovery_key, &m->secret);
    m->origin.recovery_key = &s->recovery_key;
    return EG_SUCCESS;
}

/* In the first round the missing guardian's record is checked, then the coordinate. */
static eg_result prepare(eg_share_making *m, eg_error *err)
{
    m->checks = eg_guardian_parts(m->request.election.context.quorum) + 1;
    return open_backup(m, err);
}

/* The record's proofs by parts, and last the coordinate against its commitments. */
static eg_result check_missing(eg_share_making *m, size_t part, eg_error *err)
{
    const eg_guardian_public *record = &missing_of(m)->record;
    eg_path data = eg_path_field(NULL, "missing_guardian_data");
    eg_path path = eg_path_field(&data, "election_public_key");
    uint32_t quorum = m->request.election.context.quorum;
    if (part < eg_guardian_parts(quorum)) {
        return eg_guardian_part_check(record, quorum, part, &path, err);
    }
    if (!eg_coordinate_verify(&m->secret, m->guardian.sequence_order, record->commitments,
                              record->commitment_count)) {
        eg_path at = eg_path_field(&data, "backups");
        return EG_FAIL(err, EG_E_PROOF_INVALID, &at,
                       "the backup of missing guardian %.*s does not fit its commitments",
                       EG_SHOWN(m->origin.missing_guardian_id));
    }
    return EG_SUCCESS;
}

static const eg_share_kind kind = {.state_bytes = sizeof(state),
                                   .guardian_data = "available_guardian_data",
                                   .private_key = "available_private_key",
                                   .public_key = "available_public_key",
                                   .tally_share = "compensated_tally_share",
                                   .ballot_shares = "compensated_ballot_shares",
                                   .tally_shares = "compensated_tally_shares",
                                   .read_guardians = read_guardians,
                                   .prepare = prepare,
                                   .check = check_missing};

static eg_result begin(eg_call *call, eg_error *err)
{
    return eg_share_making_begin(call, &kind, err);
}

const eg_endpoint eg_endpoint_create_compensated_decryption = {
    .method = "POST",
    .path = "/create_compensated_decryption",
    .summary = "an available guardian's part of a missing guardian's shares",
    .max_body_bytes = EG_BODY_LARGE,
    .flags = EG_ENDPOINT_HEAVY | EG_ENDPOINT_SECRET,
    .begin = begin,
    .feed = eg_intake_feed,
    .item = eg_tally_request_item,
    .plan = eg_share_making_plan,
    .compute = eg_share_making_compute,
    .next = eg_share_making_next,
    .finish = eg_share_making_finish,
    .head = eg_share_making_head,
    .output = eg_share_making_output,
    .tail = eg_share_making_tail,
    .end = eg_share_making_end,
    .shows_texts = eg_tally_request_shows_texts,
};
