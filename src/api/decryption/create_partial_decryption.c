/* POST /create_partial_decryption: one guardian's shares of the tally and of spoiled ballots.
 * Source: docs/api-contract.md 5; docs/crypto.md 16.3. */
#include "api/decryption/share_making.h"
#include "api/endpoints.h"

#include "base/secret.h"
#include "election/ceremony_parts.h"
#include "wire/objects/guardian.h"

typedef struct state {
    eg_share_making making;    /* first */
    eg_guardian_public record; /* answered as `guardian_public_key` */
    eg_polynomial polynomial;  /* where the record is made from it; secret */
} state;

static eg_result read_guardian(eg_share_making *m, eg_error *err)
{
    const eg_intake *in = &m->request.intake;
    eg_str *id = &m->origin.guardian_id;
    eg_path at = eg_path_field(NULL, "guardian_id");
    EG_TRY(eg_read_id(&in->fields, NULL, "guardian_id", in->call->arena, id, err));
    return eg_share_guardian_read(&m->guardian, m, m->kind->guardian_data, *id, &at, err);
}

/* The record that the guardian is known by; where the request has none, what can be said of it. */
static eg_result find_record(eg_share_making *m, eg_error *err)
{
    state *s = (state *)m;
    eg_call *call = m->request.intake.call;
    if (m->guardian.has_record) {
        s->record = m->guardian.record;
        return EG_SUCCESS;
    }
    bool present;
    EG_TRY(eg_polynomial_field_read(&s->polynomial, &present, &m->request.intake.fields,
                                    "polynomial", call->arena, err));
    if (present) {
        uint32_t quorum = m->request.election.context.quorum;
        m->checks = eg_guardian_parts(quorum);
        EG_TRY(eg_polynomial_belongs_check(&s->polynomial, quorum, &m->private_key, "polynomial",
                                           err));
        return eg_guardian_record_from_polynomial(&s->record, &s->polynomial, m->origin.guardian_id,
                                                  m->guardian.sequence_order, call->arena, err);
    }
    eg_modq nonce;
    EG_TRY(eg_random_q(&nonce, call->rng, 1, err));
    eg_result r = eg_guardian_from_values(&s->polynomial, &s->record, m->origin.guardian_id,
                                          m->guardian.sequence_order, &m->private_key, &nonce, 1,
                                          call->arena, err);
    eg_wipe(&nonce, sizeof nonce);
    return r;
}

static eg_result prepare(eg_share_making *m, eg_error *err)
{
    m->secret = m->private_key;
    return find_record(m, err);
}

static eg_result check_polynomial(eg_share_making *m, size_t part, eg_error *err)
{
    eg_path path = eg_path_field(NULL, "polynomial");
    return eg_polynomial_part_check(&((state *)m)->polynomial, m->request.election.context.quorum,
                                    part, &path, err);
}

static void write_record(eg_writer *w, const eg_share_making *m)
{
    eg_write_key(w, "guardian_public_key");
    eg_artifact_write(w, eg_form_inner(m->request.form), eg_guardian_public_write,
                      &((const state *)m)->record);
}

static const eg_share_kind kind = {.state_bytes = sizeof(state),
                                   .guardian_data = "guardian_data",
                                   .private_key = "private_key",
                                   .public_key = "public_key",
                                   .tally_share = "tally_share",
                                   .ballot_shares = "ballot_shares",
                                   .tally_shares = "tally_shares",
                                   .read_guardians = read_guardian,
                                   .prepare = prepare,
                                   .check = check_polynomial,
                                   .write_lead = write_record};

static eg_result begin(eg_call *call, eg_error *err)
{
    return eg_share_making_begin(call, &kind, err);
}

const eg_endpoint eg_endpoint_create_partial_decryption = {
    .method = "POST",
    .path = "/create_partial_decryption",
    .summary = "one guardian's decryption shares of a tally, or of several",
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
