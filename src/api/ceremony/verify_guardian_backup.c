/* POST /verify_guardian_backup: round 3 of the ceremony, one backup checked by its recipient
 * against the sender's commitments. New: the Python service had nobody check it.
 *
 * Request: `guardian_id`, `sequence_order`, `private_key` of the recipient, `backup` and
 * `sender_election_public_key` as artifacts, `number_of_guardians`, `quorum`.
 * Answer: `status`, `verified`, `message` (names the sender), `owner_id`, `designated_id`,
 * `verifier_id`. Source: docs/crypto.md 9, 10. */
#include "api/endpoints.h"
#include "api/fields/election_fields.h"
#include "api/fields/guardian_fields.h"
#include "api/frame/intake.h"

#include "base/secret.h"
#include "election/ceremony_parts.h"
#include "wire/objects/guardian.h"

#include <stdio.h>

typedef struct state {
    eg_intake intake;
    uint32_t guardians;
    uint32_t quorum;
    eg_str id;
    uint32_t sequence_order;
    eg_modq private_key; /* secret; wiped at the end */
    eg_backup backup;
    eg_guardian_public sender;
    bool verified;
    eg_error *reasons; /* of each unit; EG_OK where what it looks at holds */
    eg_error reason;   /* why not */
} state;

static eg_result begin(eg_call *call, eg_error *err)
{
    return eg_intake_begin(call, sizeof(state), NULL, err);
}

static eg_result read_artifacts(state *s, eg_error *err)
{
    eg_arena *arena = s->intake.call->arena;
    eg_path backup_path = eg_path_field(NULL, "backup");
    eg_path sender_path = eg_path_field(NULL, "sender_election_public_key");
    eg_node backup;
    eg_node sender;
    EG_TRY(eg_intake_open(&s->intake, "backup", &backup, NULL, err));
    EG_TRY(eg_backup_read(&s->backup, &backup, &backup_path, arena, err));
    EG_TRY(eg_intake_open(&s->intake, "sender_election_public_key", &sender, NULL, err));
    EG_TRY(eg_guardian_public_read(&s->sender, &sender, &sender_path, arena, err));
    if (!eg_str_equal(s->sender.owner_id, s->backup.owner_id)) {
        eg_path path = eg_path_field(&sender_path, "owner_id");
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'owner_id' is not that of the backup");
    }
    if (!eg_str_equal(s->backup.designated_id, s->id)) {
        eg_path path = eg_path_field(&backup_path, "designated_id");
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "the backup is meant for another guardian");
    }
    return EG_SUCCESS;
}

static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    const eg_node *fields = &s->intake.fields;
    EG_TRY(eg_counts_read(fields, 0, &s->guardians, &s->quorum, err));
    EG_TRY(eg_read_id(fields, NULL, "guardian_id", call->arena, &s->id, err));
    EG_TRY(eg_read_count(fields, NULL, "sequence_order", 1, s->guardians, &s->sequence_order, err));
    EG_TRY(eg_private_key_read(&s->private_key, fields, "private_key", call->arena, err));
    EG_TRY(read_artifacts(s, err));
    call->compute_units = eg_guardian_parts(s->quorum) + 1;
    return eg_arena_new(call->arena, call->compute_units, sizeof *s->reasons, &s->reasons, err);
}

static eg_result open_backup(const state *s, eg_error *err)
{
    eg_path backup = eg_path_field(NULL, "backup");
    eg_modq coordinate;
    eg_result result = eg_backup_check(&coordinate, &s->backup, s->id, s->sequence_order,
                                       &s->private_key, &s->sender, &backup, err);
    eg_wipe(&coordinate, sizeof coordinate);
    return result;
}

/* The sender's record by parts, then the backup. */
static eg_result verify(const state *s, size_t unit, eg_error *err)
{
    eg_path sender = eg_path_field(NULL, "sender_election_public_key");
    return unit < eg_guardian_parts(s->quorum)
               ? eg_guardian_part_check(&s->sender, s->quorum, unit, &sender, err)
               : open_backup(s, err);
}

/* What does not hold is an answer here, not an error. */
static eg_result compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err)
{
    state *s = call->state;
    (void)scratch;
    eg_result r = verify(s, unit, &s->reasons[unit]);
    if (eg_failed(r) && !eg_is_input_fault(r)) {
        *err = s->reasons[unit];
        return r;
    }
    return EG_SUCCESS;
}

static eg_result finish(eg_call *call, eg_error *err)
{
    state *s = call->state;
    (void)err;
    s->verified = true;
    for (size_t i = call->compute_units; i-- > 0;) {
        if (s->reasons[i].code != EG_OK) {
            s->verified = false;
            s->reason = s->reasons[i];
        }
    }
    return EG_SUCCESS;
}

static void put_message(eg_writer *w, const state *s)
{
    char text[EG_ERROR_TEXT_BYTES + 160];
    if (s->verified) {
        (void)snprintf(text, sizeof text, "The backup from guardian %.*s fits its commitments.",
                       EG_SHOWN(s->backup.owner_id));
    } else {
        (void)snprintf(text, sizeof text, "The backup from guardian %.*s is not valid: %s.",
                       EG_SHOWN(s->backup.owner_id), s->reason.text);
    }
    eg_put_cstr(w, "message", text);
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    const state *s = call->state;
    eg_writer w;
    (void)err;
    eg_writer_init(&w, out, eg_form_style(eg_intake_form(&s->intake)));
    eg_write_map(&w);
    eg_put_cstr(&w, "status", "success");
    eg_put_bool(&w, "verified", s->verified);
    put_message(&w, s);
    eg_put_str(&w, "owner_id", s->backup.owner_id);
    eg_put_str(&w, "designated_id", s->backup.designated_id);
    eg_put_str(&w, "verifier_id", s->id);
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

const eg_endpoint eg_endpoint_verify_guardian_backup = {
    .method = "POST",
    .path = "/verify_guardian_backup",
    .flags = EG_ENDPOINT_SECRET,
    .summary = "round 3 of the ceremony: a received backup against its sender's commitments",
    .max_body_bytes = EG_BODY_SMALL,
    .begin = begin,
    .feed = eg_intake_feed,
    .plan = plan,
    .compute = compute,
    .finish = finish,
    .head = head,
    .end = end,
};
