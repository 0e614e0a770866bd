/* POST /setup_guardians: every guardian of an election at once, for trials.
 * Source: docs/api-contract.md 5; docs/crypto.md 9, 10. */
#include "api/election_fields.h"
#include "api/endpoints.h"
#include "api/guardian_answer.h"
#include "api/intake.h"
#include "api/pieces.h"

#include "base/secret.h"
#include "wire/objects/manifest.h"

#include <stdio.h>

typedef struct guardian {
    char id[12];
    eg_arena arena; /* of polynomial and record; freed at the end, secrets wiped */
    eg_polynomial polynomial;
    eg_guardian_public record;
} guardian;

typedef struct state {
    eg_intake intake;
    eg_names names;
    eg_manifest manifest;
    eg_answer_form form;
    uint32_t count;
    uint32_t quorum;
    guardian *guardians;
    eg_modp joint_key;
    eg_modq commitment_hash;
    eg_writer writer; /* of head, which tail goes on with */
} state;

static eg_result begin(eg_call *call, eg_error *err)
{
    return eg_intake_begin(call, sizeof(state), NULL, err);
}

static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    EG_TRY(eg_counts_read(&s->intake.fields, 0, &s->count, &s->quorum, err));
    EG_TRY(eg_names_read(&s->names, &s->intake.fields, call->arena, err));
    EG_TRY(eg_names_manifest(&s->manifest, &s->names, 1, call->arena, err));
    s->form = eg_intake_form(&s->intake);
    /* The one guess of the negotiation (2.3, rule 4): nothing in this request shows its form. */
    bool undecided = call->settings->json_artifacts == EG_ARTIFACTS_AUTO &&
                     eg_accept_wish(call->request) == EG_WISH_NONE && s->form.encoding == EG_JSON;
    if (undecided) {
        s->form.texts = eg_accept_is_plain_json(call->request);
    }
    EG_TRY(eg_arena_new(call->arena, s->count, sizeof *s->guardians, &s->guardians, err));
    for (uint32_t i = 0; i < s->count; i++) {
        eg_arena_init(&s->guardians[i].arena, call->budget);
    }
    call->compute_units = s->count;
    return EG_SUCCESS;
}

static eg_result compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err)
{
    state *s = call->state;
    guardian *g = &s->guardians[unit];
    (void)scratch;
    (void)snprintf(g->id, sizeof g->id, "%zu", unit + 1);
    return eg_guardian_generate(&g->polynomial, &g->record, eg_str_from(g->id), (uint32_t)unit + 1,
                                s->quorum, call->rng, &g->arena, err);
}

static eg_result finish(eg_call *call, eg_error *err)
{
    state *s = call->state;
    eg_guardian_public *records;
    EG_TRY(eg_arena_new(call->arena, s->count, sizeof *records, &records, err));
    for (uint32_t i = 0; i < s->count; i++) {
        records[i] = s->guardians[i].record;
    }
    eg_joint_key(&s->joint_key, &s->commitment_hash, records, s->count);
    call->output_units = s->count;
    return EG_SUCCESS;
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    state *s = call->state;
    eg_writer *w = &s->writer;
    (void)err;
    eg_writer_init(w, out, eg_form_style(s->form));
    eg_write_map(w, s->form.texts ? 10 : 9);
    eg_put_cstr(w, "status", "success");
    eg_write_key(w, "joint_public_key");
    eg_write_p_decimal(w, &s->joint_key);
    eg_write_key(w, "commitment_hash");
    eg_write_q_decimal(w, &s->commitment_hash);
    if (s->form.texts) {
        eg_write_key(w, "manifest");
        eg_artifact_write(w, EG_FORM_TEXT, eg_manifest_write, &s->manifest);
    }
    eg_write_key(w, "guardian_data");
    eg_write_array(w, s->count);
    return EG_SUCCESS;
}

/* Guardian `unit` with the backups that it received: keyed by their owner. */
static eg_result output(eg_call *call, size_t unit, eg_arena *scratch, eg_buf *out, eg_error *err)
{
    const state *s = call->state;
    const guardian *g = &s->guardians[unit];
    eg_guardian_entry entry = {.id = g->record.owner_id,
                               .sequence_order = g->record.sequence_order,
                               .record = &g->record,
                               .form = s->form};
    EG_TRY(eg_arena_new(scratch, s->count, sizeof *entry.backups, &entry.backups, err));
    for (uint32_t i = 0; i < s->count; i++) {
        const guardian *owner = &s->guardians[i];
        if (i == unit) {
            continue;
        }
        eg_keyed_backup *b = &entry.backups[entry.backup_count++];
        eg_modq nonce;
        b->key = owner->record.owner_id;
        EG_TRY(eg_random_q(&nonce, call->rng, 1, err));
        eg_result r = eg_backup_make(&b->backup, owner->record.owner_id, &owner->polynomial,
                                     g->record.owner_id, g->record.sequence_order, &g->record.key,
                                     &nonce, err);
        eg_wipe(&nonce, sizeof nonce);
        EG_TRY(r);
    }
    eg_writer w;
    eg_writer_init_elements(&w, out, eg_form_style(s->form), unit == 0);
    eg_artifact_write(&w, eg_form_outer(s->form), eg_guardian_entry_write, &entry);
    return EG_SUCCESS;
}

static void write_keys(eg_writer *w, const state *s, const char *list, eg_write_fn write)
{
    eg_write_key(w, list);
    eg_write_array(w, s->count);
    for (uint32_t i = 0; i < s->count; i++) {
        const guardian *g = &s->guardians[i];
        eg_guardian_keys keys = {.id = g->record.owner_id,
                                 .polynomial = &g->polynomial,
                                 .public_key = &g->record.key,
                                 .form = s->form};
        eg_artifact_write(w, eg_form_outer(s->form), write, &keys);
    }
    eg_write_end(w);
}

static eg_result tail(eg_call *call, eg_buf *out, eg_error *err)
{
    state *s = call->state;
    eg_writer *w = &s->writer;
    (void)err;
    eg_pieces_end(w, out);
    write_keys(w, s, "private_keys", eg_private_key_entry_write);
    write_keys(w, s, "public_keys", eg_public_key_entry_write);
    write_keys(w, s, "polynomials", eg_polynomial_entry_write);
    eg_put_int(w, "number_of_guardians", s->count);
    eg_put_int(w, "quorum", s->quorum);
    eg_write_end(w);
    return EG_SUCCESS;
}

static void end(eg_call *call)
{
    state *s = call->state;
    for (uint32_t i = 0; s != NULL && s->guardians != NULL && i < s->count; i++) {
        eg_arena_free(&s->guardians[i].arena);
    }
    eg_intake_end(call);
}

const eg_endpoint eg_endpoint_setup_guardians = {
    .method = "POST",
    .path = "/setup_guardians",
    .summary = "make all guardians of an election in one place, for trials",
    .max_body_bytes = EG_BODY_SMALL,
    .begin = begin,
    .feed = eg_intake_feed,
    .plan = plan,
    .compute = compute,
    .finish = finish,
    .head = head,
    .output = output,
    .tail = tail,
    .end = end,
};
