/* POST /setup_guardians: every guardian of an election at once, for trials.
 * Source: docs/api-contract.md 5; docs/crypto.md 9, 10. */
#include "api/ceremony/guardian_answer.h"
#include "api/endpoints.h"
#include "api/fields/election_fields.h"
#include "api/frame/intake.h"
#include "api/frame/pieces.h"

#include "election/ceremony_parts.h"
#include "group/group.h"
#include "wire/objects/manifest.h"

#include <stdio.h>

/* Two rounds of units: each guardian's keys; then the backups that a guardian receives, some
 * owners' at a time. */
typedef struct guardian {
    char id[12];
    eg_arena arena; /* of polynomial and record; freed at the end, secrets wiped */
    eg_polynomial polynomial;
    eg_guardian_public record;
    eg_backup *received; /* by owner; the own place is empty */
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
    bool sealing;     /* the second round */
    eg_writer writer; /* of head, which the first polynomial goes on with, then tail */
} state;

static eg_result begin(eg_call *call, eg_error *err)
{
    return eg_intake_begin(call, sizeof(state), NULL, err);
}

/* The work grows with the square of a number that takes two bytes to send. */
static eg_result check_count(const state *s, eg_error *err)
{
    enum { DEFAULT_MAX = 25 };
    size_t most = s->intake.call->settings->max_setup_guardians;
    most = most == 0 ? DEFAULT_MAX : most;
    if (s->count > most) {
        eg_path path = eg_path_field(NULL, "number_of_guardians");
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                       "'number_of_guardians' may be at most %zu here; the setting "
                       "max_setup_guardians allows more",
                       most);
    }
    return EG_SUCCESS;
}

static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    EG_TRY(eg_counts_read(&s->intake.fields, 0, &s->count, &s->quorum, err));
    EG_TRY(check_count(s, err));
    EG_TRY(eg_voted_on_read(&s->manifest, &s->names, &s->intake.fields, 1, call->arena, err));
    s->form = eg_intake_form(&s->intake);
    /* The one guess of the negotiation (2.3, rule 4): nothing in this request shows its form. */
    bool undecided = call->settings->json_artifacts == EG_ARTIFACTS_AUTO &&
                     eg_accept_wish(call->request) == EG_WISH_NONE && s->form.encoding == EG_JSON;
    if (undecided) {
        s->form.texts = eg_accept_is_plain_json(call->request);
    }
    EG_TRY(eg_arena_new(call->arena, s->count, sizeof *s->guardians, &s->guardians, err));
    for (uint32_t i = 0; i < s->count; i++) {
        guardian *g = &s->guardians[i];
        eg_arena_init(&g->arena, call->budget);
        EG_TRY(eg_arena_new(call->arena, s->count, sizeof *g->received, &g->received, err));
    }
    call->compute_units = s->count;
    return EG_SUCCESS;
}

static eg_result generate(state *s, size_t i, eg_error *err)
{
    guardian *g = &s->guardians[i];
    (void)snprintf(g->id, sizeof g->id, "%zu", i + 1);
    return eg_guardian_generate(&g->polynomial, &g->record, eg_str_from(g->id), (uint32_t)i + 1,
                                s->quorum, s->intake.call->rng, &g->arena, err);
}

static size_t parts_of_recipient(const state *s)
{
    size_t each = eg_group_powers_of_unit();
    return (s->count + each - 1) / each;
}

static eg_result make_input(eg_backup_input *out, const state *s, size_t owner, const guardian *to,
                            eg_error *err)
{
    const guardian *from = &s->guardians[owner];
    *out = (eg_backup_input){.owner_id = from->record.owner_id,
                             .polynomial = &from->polynomial,
                             .recipient_id = to->record.owner_id,
                             .recipient_order = to->record.sequence_order,
                             .recipient_key = &to->record.key};
    return eg_random_q(&out->nonce, s->intake.call->rng, 1, err);
}

/* Backups of the owners first to end - 1, the recipient itself among them: one too many is cheaper
 * than a gap. */
static eg_result seal(state *s, size_t recipient, size_t first, size_t end, eg_arena *scratch,
                      eg_error *err)
{
    guardian *to = &s->guardians[recipient];
    eg_backup_input *inputs;
    EG_TRY(eg_arena_new(scratch, end - first, sizeof *inputs, &inputs, err));
    for (size_t i = first; i < end; i++) {
        EG_TRY(make_input(&inputs[i - first], s, i, to, err));
    }
    return eg_backups_make(to->received + first, inputs, end - first, err);
}

static eg_result compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err)
{
    state *s = call->state;
    if (!s->sealing) {
        return generate(s, unit, err);
    }
    size_t parts = parts_of_recipient(s), each = (s->count + parts - 1) / parts;
    size_t first = unit % parts * each, end = first + each;
    return seal(s, unit / parts, first, end < s->count ? end : s->count, scratch, err);
}

static eg_result next(eg_call *call, eg_error *err)
{
    state *s = call->state;
    (void)err;
    call->compute_units = s->sealing ? 0 : s->count * parts_of_recipient(s);
    s->sealing = true;
    return EG_SUCCESS;
}

/* A guardian's answer: its record and what it received, twice in work while the buffer grows. */
static size_t bytes_of_unit(const state *s)
{
    enum { OF_COEFFICIENT = 5 * 1024, OF_BACKUP = 3 * 1024, GROWING = 4 };
    return GROWING * (size_t)(s->quorum * OF_COEFFICIENT + s->count * OF_BACKUP);
}

enum { BYTES_OF_TAIL = 4096 };

static eg_result finish(eg_call *call, eg_error *err)
{
    state *s = call->state;
    eg_guardian_public *records;
    EG_TRY(eg_arena_new(call->arena, s->count, sizeof *records, &records, err));
    for (uint32_t i = 0; i < s->count; i++) {
        records[i] = s->guardians[i].record;
    }
    eg_joint_key(&s->joint_key, &s->commitment_hash, records, s->count);
    call->output_units = 2 * (size_t)s->count; /* guardians, then polynomials */
    call->output_unit_bytes = bytes_of_unit(s);
    call->tail_bytes = BYTES_OF_TAIL;
    return EG_SUCCESS;
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    state *s = call->state;
    eg_writer *w = &s->writer;
    (void)err;
    eg_writer_init(w, out, eg_form_style(s->form));
    eg_write_map_of(w, s->form.texts ? 10 : 9);
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

/* A guardian with the backups that it received: keyed by their owner. */
static eg_result write_guardian(const state *s, size_t index, eg_arena *scratch, eg_buf *out,
                                eg_error *err)
{
    const guardian *g = &s->guardians[index];
    eg_guardian_entry entry = {.id = g->record.owner_id,
                               .sequence_order = g->record.sequence_order,
                               .record = &g->record,
                               .form = s->form};
    EG_TRY(eg_arena_new(scratch, s->count, sizeof *entry.backups, &entry.backups, err));
    for (uint32_t i = 0; i < s->count; i++) {
        if (i != index) {
            entry.backups[entry.backup_count++] =
                (eg_keyed_backup){.key = s->guardians[i].record.owner_id, .backup = g->received[i]};
        }
    }
    eg_writer w;
    eg_writer_init_elements(&w, out, eg_form_style(s->form), index == 0);
    eg_artifact_write(&w, eg_form_outer(s->form), eg_guardian_entry_write, &entry);
    return EG_SUCCESS;
}

static eg_guardian_keys keys_of(const state *s, size_t i)
{
    const guardian *g = &s->guardians[i];
    return (eg_guardian_keys){.id = g->record.owner_id,
                              .polynomial = &g->polynomial,
                              .public_key = &g->record.key,
                              .form = s->form};
}

static void write_keys(eg_writer *w, const state *s, const char *list, eg_write_fn write)
{
    eg_write_key(w, list);
    eg_write_array(w, s->count);
    for (uint32_t i = 0; i < s->count; i++) {
        eg_guardian_keys keys = keys_of(s, i);
        eg_artifact_write(w, eg_form_outer(s->form), write, &keys);
    }
    eg_write_end(w);
}

/* What stands between the guardians and the polynomials; tail goes on from there. */
static void begin_polynomials(state *s, eg_buf *out)
{
    eg_writer *w = &s->writer;
    eg_pieces_end(w, out);
    write_keys(w, s, "private_keys", eg_private_key_entry_write);
    write_keys(w, s, "public_keys", eg_public_key_entry_write);
    eg_write_key(w, "polynomials");
    eg_write_array(w, s->count);
}

static void write_polynomial(state *s, size_t index, eg_buf *out)
{
    eg_guardian_keys keys = keys_of(s, index);
    eg_writer w;
    if (index == 0) {
        begin_polynomials(s, out);
    }
    eg_writer_init_elements(&w, out, eg_form_style(s->form), index == 0);
    eg_artifact_write(&w, eg_form_outer(s->form), eg_polynomial_entry_write, &keys);
}

static eg_result output(eg_call *call, size_t unit, eg_arena *scratch, eg_buf *out, eg_error *err)
{
    state *s = call->state;
    if (unit < s->count) {
        return write_guardian(s, unit, scratch, out, err);
    }
    write_polynomial(s, unit - s->count, out);
    return EG_SUCCESS;
}

static eg_result tail(eg_call *call, eg_buf *out, eg_error *err)
{
    state *s = call->state;
    eg_writer *w = &s->writer;
    (void)err;
    eg_pieces_end(w, out);
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
    .flags = EG_ENDPOINT_SECRET,
    .summary = "make all guardians of an election in one place, for trials",
    .max_body_bytes = EG_BODY_SMALL,
    .begin = begin,
    .feed = eg_intake_feed,
    .plan = plan,
    .compute = compute,
    .next = next,
    .finish = finish,
    .head = head,
    .output = output,
    .tail = tail,
    .end = end,
};
