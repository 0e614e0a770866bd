/* POST /generate_guardian_credentials: round 1 of the ceremony, one guardian's keys.
 * Source: docs/api-contract.md 5; docs/crypto.md 9. */
#include "api/ceremony/guardian_answer.h"
#include "api/endpoints.h"
#include "api/fields/election_fields.h"
#include "api/frame/intake.h"

#include <stdio.h>

typedef struct state {
    eg_intake intake;
    eg_answer_form form;
    eg_str id;
    char order_text[12]; /* the id when none was sent */
    uint32_t sequence_order;
    uint32_t quorum;
    eg_polynomial polynomial; /* secret; in the job arena, which is wiped */
    eg_guardian_public record;
} state;

static eg_result begin(eg_call *call, eg_error *err)
{
    return eg_intake_begin(call, sizeof(state), NULL, err);
}

static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    const eg_node *fields = &s->intake.fields;
    uint32_t guardians;
    EG_TRY(eg_counts_read(fields, 0, &guardians, &s->quorum, err));
    EG_TRY(eg_read_count(fields, NULL, "sequence_order", 1, guardians, &s->sequence_order, err));
    (void)snprintf(s->order_text, sizeof s->order_text, "%u", (unsigned)s->sequence_order);
    s->id = eg_str_from(s->order_text);
    if (eg_intake_has(&s->intake, "guardian_id")) {
        EG_TRY(eg_read_id(fields, NULL, "guardian_id", call->arena, &s->id, err));
    }
    s->form = eg_intake_form(&s->intake);
    call->compute_units = 1;
    return EG_SUCCESS;
}

static eg_result compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err)
{
    state *s = call->state;
    (void)unit;
    (void)scratch;
    (void)pthread_mutex_lock(call->arena_lock);
    eg_result r = eg_guardian_generate(&s->polynomial, &s->record, s->id, s->sequence_order,
                                       s->quorum, call->rng, call->arena, err);
    (void)pthread_mutex_unlock(call->arena_lock);
    return r;
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    const state *s = call->state;
    const eg_guardian_keys keys = {
        .id = s->id, .polynomial = &s->polynomial, .public_key = &s->record.key, .form = s->form};
    const eg_guardian_entry entry = {
        .id = s->id, .sequence_order = s->sequence_order, .record = &s->record, .form = s->form};
    eg_writer w;
    (void)err;
    eg_writer_init(&w, out, eg_form_style(s->form));
    eg_write_map(&w);
    eg_put_cstr(&w, "status", "success");
    eg_write_key(&w, "private_key");
    eg_private_key_entry_write(&w, &keys);
    eg_write_key(&w, "public_key");
    eg_public_key_entry_write(&w, &keys);
    eg_write_key(&w, "polynomial");
    eg_polynomial_entry_write(&w, &keys);
    eg_write_key(&w, "guardian_data");
    eg_guardian_entry_write(&w, &entry);
    eg_write_end(&w);
    return EG_SUCCESS;
}

const eg_endpoint eg_endpoint_generate_guardian_credentials = {
    .method = "POST",
    .path = "/generate_guardian_credentials",
    .flags = EG_ENDPOINT_SECRET,
    .summary = "round 1 of the ceremony: one guardian's keys",
    .max_body_bytes = EG_BODY_SMALL,
    .begin = begin,
    .feed = eg_intake_feed,
    .plan = plan,
    .compute = compute,
    .head = head,
    .end = eg_intake_end,
};
