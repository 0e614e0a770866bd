/* POST /create_partial_decryption: one guardian's shares of the tally and of spoiled ballots.
 * Source: docs/api-contract.md 5; docs/crypto.md 16.3. */
#include "api/endpoints.h"
#include "api/fields/guardian_fields.h"
#include "api/tally/tally_request.h"

#include "base/secret.h"
#include "election/ceremony_parts.h"
#include "wire/objects/decryption.h"
#include "wire/objects/guardian.h"

typedef struct state {
    eg_share_request share; /* first */
    eg_str guardian_id;
    eg_guardian_data data;
    eg_modq private_key; /* secret; wiped at the end */
    eg_modp public_key;
    eg_guardian_public record; /* answered as `guardian_public_key` */
    eg_polynomial polynomial;  /* where the record is made from it; secret */
    size_t polynomial_parts;   /* units that check it; 0: there is none to check */
} state;

static eg_result init_share(eg_share_request *r, eg_share_target *t, eg_error *err)
{
    const state *s = (const state *)r;
    eg_decryption_share *share;
    EG_TRY(eg_arena_new(r->intake.call->arena, 1, sizeof *share, &share, err));
    t->share = share;
    const eg_share_origin origin = {.guardian_id = s->guardian_id, .public_key = &s->public_key};
    return eg_decryption_share_init(share, &t->target, &origin, r->intake.call->arena, err);
}

static void compute_share(eg_share_request *r, eg_share_target *t, size_t first, size_t count,
                          const eg_modq seeds[])
{
    const state *s = (const state *)r;
    eg_decryption_share_compute(t->share, &t->target, first, count, &s->private_key, seeds,
                                &r->election.context.extended_base_hash);
}

static const eg_share_kind kind = {.tally_share = "tally_share",
                                   .ballot_shares = "ballot_shares",
                                   .tally_shares = "tally_shares",
                                   .init = init_share,
                                   .compute = compute_share,
                                   .write = eg_decryption_share_write};

static eg_result begin(eg_call *call, eg_error *err)
{
    return eg_share_begin(call, sizeof(state), &kind, err);
}

static eg_result read_guardian(state *s, eg_error *err)
{
    const eg_node *fields = &s->share.intake.fields;
    eg_arena *arena = s->share.intake.call->arena;
    eg_path path = eg_path_field(NULL, "guardian_data");
    const eg_node *data;
    EG_TRY(eg_read_id(fields, NULL, "guardian_id", arena, &s->guardian_id, err));
    EG_TRY(eg_field(&data, fields, NULL, "guardian_data", err));
    EG_TRY(eg_guardian_data_read(&s->data, data, &path, arena, err));
    if (!eg_str_equal(s->data.id, s->guardian_id)) {
        eg_path at = eg_path_field(NULL, "guardian_id");
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at, "Guardian ID mismatch: expected %.*s, got %.*s",
                       EG_SHOWN(s->guardian_id), EG_SHOWN(s->data.id));
    }
    return eg_guardian_data_check(&s->data, s->share.election.context.number_of_guardians, &path,
                                  err);
}

static eg_result read_keys(state *s, eg_error *err)
{
    const eg_node *fields = &s->share.intake.fields;
    eg_arena *arena = s->share.intake.call->arena;
    EG_TRY(eg_private_key_read(&s->private_key, fields, "private_key", arena, err));
    EG_TRY(eg_public_key_read(&s->public_key, fields, "public_key", arena, err));
    EG_TRY(eg_key_pair_check(&s->private_key, &s->public_key, "private_key", err));
    if (s->data.has_record && !eg_modp_equal(&s->data.record.key, &s->public_key)) {
        eg_path at = eg_path_field(NULL, "public_key");
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at,
                       "'public_key' is not the key in 'guardian_data.election_public_key'");
    }
    return EG_SUCCESS;
}

/* The record that the guardian is known by; where the request has none, what can be said of it. */
static eg_result find_record(state *s, eg_error *err)
{
    eg_call *call = s->share.intake.call;
    if (s->data.has_record) {
        s->record = s->data.record;
        return EG_SUCCESS;
    }
    bool present;
    EG_TRY(eg_polynomial_field_read(&s->polynomial, &present, &s->share.intake.fields, "polynomial",
                                    call->arena, err));
    if (present) {
        uint32_t quorum = s->share.election.context.quorum;
        s->polynomial_parts = eg_guardian_parts(quorum);
        EG_TRY(eg_polynomial_belongs_check(&s->polynomial, quorum, &s->private_key, "polynomial",
                                           err));
        return eg_guardian_record_from_polynomial(&s->record, &s->polynomial, s->guardian_id,
                                                  s->data.sequence_order, call->arena, err);
    }
    eg_modq nonce;
    EG_TRY(eg_random_q(&nonce, call->rng, 1, err));
    eg_result r =
        eg_guardian_from_values(&s->polynomial, &s->record, s->guardian_id, s->data.sequence_order,
                                &s->private_key, &nonce, 1, call->arena, err);
    eg_wipe(&nonce, sizeof nonce);
    return r;
}

static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    eg_share_request *r = &s->share;
    EG_TRY(eg_share_election_read(r, 0, err));
    EG_TRY(read_guardian(s, err));
    EG_TRY(read_keys(s, err));
    EG_TRY(find_record(s, err));
    EG_TRY(eg_share_targets_read(r, err));
    call->compute_units = eg_share_units_plan(r) + s->polynomial_parts;
    return EG_SUCCESS;
}

static eg_result compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err)
{
    const state *s = call->state;
    const eg_share_request *r = &s->share;
    if (r->preparing && unit >= r->target_count) {
        eg_path path = eg_path_field(NULL, "polynomial");
        return eg_polynomial_part_check(&s->polynomial, r->election.context.quorum,
                                        unit - r->target_count, &path, err);
    }
    return eg_share_unit_run(eg_share_request_of(call), unit, scratch, err);
}

static eg_result next(eg_call *call, eg_error *err)
{
    return eg_share_units_next(eg_share_request_of(call), &call->compute_units, err);
}

static void write_record(eg_writer *w, const eg_share_request *r)
{
    const state *s = (const state *)r;
    eg_write_key(w, "guardian_public_key");
    eg_artifact_write(w, eg_form_inner(r->form), eg_guardian_public_write, &s->record);
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    (void)err;
    eg_share_head(eg_share_request_of(call), out, 1, write_record);
    return EG_SUCCESS;
}

static void end(eg_call *call)
{
    state *s = call->state;
    if (s != NULL) {
        eg_wipe(&s->private_key, sizeof s->private_key);
    }
    eg_share_end(call);
}

const eg_endpoint eg_endpoint_create_partial_decryption = {
    .method = "POST",
    .path = "/create_partial_decryption",
    .summary = "one guardian's decryption shares of a tally, or of several",
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
