/* POST /create_encrypted_ballot: one ballot, or a chunk of them as a stream.
 * Source: docs/api-contract.md 5 and 6. */
#include "api/ballot/ballot_answer.h"
#include "api/ballot/ballot_choice.h"
#include "api/ballot/general_ballot.h"
#include "api/endpoints.h"
#include "api/fields/election_fields.h"
#include "api/fields/noted.h"
#include "api/frame/error_details.h"
#include "api/frame/intake.h"
#include "api/frame/pieces.h"

#include "base/secret.h"
#include "election/ballot_parts.h"
#include "group/group.h"

#include <stdatomic.h>

/* A ballot too large for one unit: several compute its powers, and the one that is done last writes
 * it. */
typedef struct large {
    eg_arena arena; /* of all that follows: secret, freed once it is written */
    eg_encrypt_input input;
    eg_plain_ballot plain;
    eg_modq nonce;
    eg_encryption *encryption; /* NULL: not begun; under the call's arena_lock */
    atomic_size_t left;        /* parts */
} large;

typedef struct state {
    eg_intake intake;
    eg_election_fields election;
    eg_ballot_form form;
    eg_choices choices;
    eg_ballot_choice *entries;      /* one in the single form; NULL with a manifest, and then */
    eg_general_ballots general;     /* as many */
    const eg_ballot_style *largest; /* of the styles of the ballots: what units are measured by */
    size_t count;
    size_t per_unit; /* ballots of a unit */
    size_t parts;    /* units of a ballot: more than 1 where ballots are large */
    large *large;    /* one for each entry then; else NULL */
    bool chunk;
    eg_modq code_seed;
    eg_chunk_errors errors;
    eg_error_details details;
    eg_buf single;             /* the single form's answer, made before the 200 */
    eg_writer writer;          /* of a chunk's head, which tail goes on with */
    atomic_size_t entry_bytes; /* of an answered ballot: the largest so far of a chunk */
} state;

static eg_result begin(eg_call *call, eg_error *err)
{
    EG_TRY(eg_intake_begin(call, sizeof(state), NULL, err));
    state *s = call->state;
    eg_buf_init(&s->single, call->budget);
    s->details.errors = &s->errors;
    call->details = &s->details;
    return EG_SUCCESS;
}

/* ---- reading ---- */

static eg_result refuse_single_fields(const state *s, eg_error *err)
{
    static const char *const names[] = {"ballot_id", "candidate_names_to_vote", "candidate_name",
                                        "ballot_status"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (eg_intake_has(&s->intake, names[i])) {
            eg_path path = eg_path_field(NULL, names[i]);
            return EG_FAIL(err, EG_E_BAD_TYPE, &path,
                           "'%s' belongs in the entries of 'ballots', not beside them", names[i]);
        }
    }
    return EG_SUCCESS;
}

static eg_result read_chunk(state *s, const eg_node *ballots, eg_error *err)
{
    eg_path path = eg_path_field(NULL, "ballots");
    EG_TRY(refuse_single_fields(s, err));
    EG_TRY(eg_need_array(ballots, &path, EG_BALLOTS_MAX, err));
    s->chunk = true;
    s->count = ballots->as.array.count;
    if (s->count == 0) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'ballots' must not be empty");
    }
    EG_TRY(eg_arena_new(s->intake.call->arena, s->count, sizeof *s->entries, &s->entries, err));
    return eg_choices_read_all(&s->choices, s->entries, ballots, &path, &s->errors, err);
}

static eg_result read_single(state *s, eg_error *err)
{
    s->count = 1;
    EG_TRY(eg_arena_new(s->intake.call->arena, 1, sizeof *s->entries, &s->entries, err));
    return eg_choices_read(&s->choices, &s->entries[0], &s->intake.fields, NULL, err);
}

/* `ballot` would be passed over: a client that forgot `manifest` would get another's ballot. */
static eg_result refuse_plain_ballot(const state *s, eg_error *err)
{
    eg_path path = eg_path_field(NULL, "ballot");
    if (eg_intake_has(&s->intake, path.name)) {
        return EG_FAIL(err, EG_E_BAD_TYPE, &path,
                       "'ballot' is of elections with 'manifest'; here 'ballot_id' and "
                       "'candidate_names_to_vote' are needed");
    }
    return EG_SUCCESS;
}

/* ---- sizes ---- */

static size_t selections_of(const eg_manifest *manifest, const eg_ballot_style *style)
{
    size_t selections = 0;
    for (size_t c = 0; c < style->contest_count; c++) {
        const eg_contest_description *contest = &manifest->contests[style->contests[c]];
        selections += contest->selection_count + contest->placeholder_count;
    }
    return selections;
}

static size_t powers_of_ballot(const state *s)
{
    enum { POWERS_PER_SELECTION = 7, POWERS_PER_CONTEST = 4 };
    return selections_of(&s->election.manifest, s->largest) * POWERS_PER_SELECTION +
           s->largest->contest_count * POWERS_PER_CONTEST;
}

/* On a table a power takes a sixth of what one of any base does. */
static size_t parts_of_ballot(const state *s)
{
    size_t each = 4 * eg_group_powers_of_unit(), powers = powers_of_ballot(s);
    return powers <= 2 * each ? 1 : (powers + each - 1) / each;
}

/* Enough ballots for the lanes of the widest kernel to be full and for each window of the tables to
 * be read once for many of them; few enough for a unit to stay within milliseconds: twice as many
 * would take 2 % less time in all and let a voter beside the chunk wait twice as long. A selection
 * takes seven powers. */
static size_t ballots_per_unit(const state *s)
{
    enum { POWERS_WANTED = 64 };
    size_t powers = powers_of_ballot(s);
    size_t ballots = (POWERS_WANTED + powers - 1) / powers;
    return ballots < EG_ENCRYPT_TOGETHER_MAX ? ballots : EG_ENCRYPT_TOGETHER_MAX;
}

static eg_result plan_units(state *s, eg_error *err)
{
    s->per_unit = ballots_per_unit(s);
    s->parts = parts_of_ballot(s);
    if (s->parts == 1) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_arena_new(s->intake.call->arena, s->count, sizeof *s->large, &s->large, err));
    for (size_t i = 0; i < s->count; i++) {
        eg_arena_init(&s->large[i].arena, s->intake.call->budget);
        atomic_init(&s->large[i].left, s->parts);
    }
    return EG_SUCCESS;
}

/* ---- planning ---- */

static eg_result plan_names(state *s, eg_error *err)
{
    eg_call *call = s->intake.call;
    EG_TRY(refuse_plain_ballot(s, err));
    EG_TRY(eg_choices_init(&s->choices, &s->election.manifest, call->arena, err));
    const eg_node *ballots = eg_intake_find(&s->intake, "ballots");
    if (ballots != NULL) {
        EG_TRY(read_chunk(s, ballots, err));
    } else {
        EG_TRY(read_single(s, err));
    }
    s->largest = &s->election.manifest.styles[0];
    EG_TRY(plan_units(s, err));
    call->compute_units = s->chunk ? 0 : s->parts;
    return EG_SUCCESS;
}

/* A chunk is checked by units, before its units are known. */
static eg_result plan_general(state *s, eg_error *err)
{
    eg_call *call = s->intake.call;
    eg_general_ballots *g = &s->general;
    EG_TRY(eg_general_read(g, &s->intake.fields, &s->election.manifest, call->arena, err));
    s->count = g->count;
    s->chunk = g->chunk;
    if (s->chunk) {
        call->compute_units = eg_general_check_units(g);
        return EG_SUCCESS;
    }
    EG_TRY(eg_general_check(g, 0, call, call->arena, err));
    s->largest = g->entries[0].style;
    EG_TRY(plan_units(s, err));
    call->compute_units = s->parts;
    return EG_SUCCESS;
}

static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    const eg_election_wants wants = {.key_table = true};
    EG_TRY(
        eg_election_fields_read(&s->election, &s->intake.fields, &wants, call, call->arena, err));
    s->form.artifacts = eg_intake_form(&s->intake);
    s->form.names = s->election.from_manifest ? EG_NONCES_BY_CONTEST : EG_NONCES_OF_NAMES;
    EG_TRY(eg_ballot_parts_read(&s->form.parts, &s->intake.fields, err));
    eg_device_hash(&s->code_seed, 1, 1, 1, EG_STR("polling-place"));
    return s->election.from_manifest ? plan_general(s, err) : plan_names(s, err);
}

static eg_result settle_chunk(state *s, eg_error *err)
{
    size_t most = 0;
    EG_TRY(eg_general_settle(&s->general, &s->errors, s->intake.call->arena, err));
    for (size_t i = 0; i < s->count; i++) {
        const eg_ballot_style *style = s->general.entries[i].style;
        size_t selections = selections_of(&s->election.manifest, style);
        if (s->largest == NULL || selections > most) {
            s->largest = style;
            most = selections;
        }
    }
    return plan_units(s, err);
}

static bool is_audited(const state *s, size_t i)
{
    return s->election.from_manifest ? s->general.entries[i].audited : s->entries[i].audited;
}

/* ---- encrypting ---- */

static eg_result make_plain(eg_plain_ballot *out, const state *s, size_t i, eg_arena *arena,
                            eg_error *err)
{
    if (s->election.from_manifest) {
        return eg_general_plain(out, &s->general, i, arena, err);
    }
    const eg_ballot_choice *entry = &s->entries[i];
    return eg_plain_ballot_from_names(out, entry->ballot_id, entry->chosen, entry->chosen_count,
                                      &s->election.manifest, arena, err);
}

/* Entry i as it is encrypted; its nonce from the call's generator. */
static eg_result make_input(eg_encrypt_input *out, eg_plain_ballot *plain, eg_modq *nonce,
                            const state *s, size_t i, eg_arena *arena, eg_error *err)
{
    EG_TRY(eg_random_q(nonce, s->intake.call->rng, 1, err));
    EG_TRY(make_plain(plain, s, i, arena, err));
    *out = (eg_encrypt_input){.ballot = plain,
                              .code_seed = &s->code_seed,
                              .nonce = nonce,
                              .timestamp = s->intake.call->now_unix_s};
    return EG_SUCCESS;
}

/* Entries first .. first + count - 1. */
static eg_result encrypt(const state *s, size_t first, size_t count, eg_ballot ballots[],
                         eg_arena *scratch, eg_error *err)
{
    eg_plain_ballot *plain;
    eg_modq *nonces;
    eg_encrypt_input inputs[EG_ENCRYPT_TOGETHER_MAX];
    EG_TRY(eg_arena_new(scratch, count, sizeof *plain, &plain, err));
    EG_TRY(eg_arena_new(scratch, count, sizeof *nonces, &nonces, err));
    for (size_t i = 0; i < count; i++) {
        EG_TRY(make_input(&inputs[i], &plain[i], &nonces[i], s, first + i, scratch, err));
    }
    size_t failed_index;
    return eg_ballots_encrypt(ballots, inputs, count, &s->election.election, scratch, &failed_index,
                              err);
}

/* ---- in parts ---- */

/* The first part to come lays the ballot out; the others wait for that, a millisecond or two. */
static eg_result begin_large(const state *s, size_t i, eg_error *err)
{
    large *l = &s->large[i];
    eg_result r = EG_SUCCESS;
    (void)pthread_mutex_lock(s->intake.call->arena_lock);
    if (l->encryption == NULL) {
        r = make_input(&l->input, &l->plain, &l->nonce, s, i, &l->arena, err);
        if (!eg_failed(r)) {
            r = eg_encryption_begin(&l->encryption, &l->input, &s->election.election, &l->arena,
                                    err);
        }
    }
    (void)pthread_mutex_unlock(s->intake.call->arena_lock);
    return r;
}

static void wipe_large(large *l)
{
    eg_arena_free(&l->arena);
    eg_wipe(&l->nonce, sizeof l->nonce);
}

/* Part of entry i. The last one to be done goes on: *ballot is whole, until wipe_large. */
static eg_result encrypt_part(const state *s, size_t i, size_t part, eg_ballot *ballot, bool *whole,
                              eg_error *err)
{
    large *l = &s->large[i];
    EG_TRY(begin_large(s, i, err));
    size_t total = eg_encryption_steps(l->encryption);
    size_t first = total * part / s->parts, end = total * (part + 1) / s->parts;
    eg_encryption_compute(l->encryption, first, end - first);
    *whole = atomic_fetch_sub(&l->left, 1) == 1;
    return *whole ? eg_encryption_finish(ballot, l->encryption, &l->arena, err) : EG_SUCCESS;
}

/* expected: of the answer's bytes. w writes into out. */
static eg_result write_part(const state *s, size_t i, size_t part, eg_writer *w, size_t expected,
                            eg_error *err)
{
    eg_ballot ballot;
    bool whole;
    EG_TRY(encrypt_part(s, i, part, &ballot, &whole, err));
    if (whole) {
        eg_buf_expect(w->out, expected);
        eg_ballot_answer_write(w, &s->form, &ballot, is_audited(s, i));
        if (!s->chunk) {
            eg_note_ballot(s->intake.call, &ballot.crypto_hash);
        }
        wipe_large(&s->large[i]);
    }
    return EG_SUCCESS;
}

/* ---- writing ---- */

static eg_result write_entries(const state *s, size_t first, size_t count, eg_writer *w,
                               eg_arena *scratch, eg_error *err)
{
    eg_ballot *ballots;
    EG_TRY(eg_arena_new(scratch, count, sizeof *ballots, &ballots, err));
    EG_TRY(encrypt(s, first, count, ballots, scratch, err));
    for (size_t i = 0; i < count; i++) {
        eg_ballot_answer_write(w, &s->form, &ballots[i], is_audited(s, first + i));
    }
    if (!s->chunk) {
        eg_note_ballot(s->intake.call, &ballots[0].crypto_hash);
    }
    return EG_SUCCESS;
}

/* About what an answered ballot takes. Room for all of it at once saves copying and wiping what a
 * growing buffer holds. */
static size_t expected_bytes(const state *s)
{
    /* as JSON, with its part of the contest's */
    static const size_t bytes_per_selection[] = {
        [EG_BALLOT_BOTH] = 21 * 1024,
        [EG_BALLOT_PUBLISHED] = 9 * 1024,
        [EG_BALLOT_WITH_NONCES] = 12 * 1024,
    };
    return selections_of(&s->election.manifest, s->largest) * bytes_per_selection[s->form.parts];
}

/* Of a ballot of a chunk: what is answered, in a buffer of up to twice its size, and what
 * encrypting it takes. */
static size_t bytes_in_work(const state *s)
{
    return 3 * expected_bytes(s);
}

enum { BYTES_OF_TAIL = 4096 };

/* The single form is whole before its 200 begins. */
static eg_result compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err)
{
    state *s = call->state;
    eg_writer w;
    if (s->chunk) {
        return eg_general_check_unit(&s->general, unit, call, scratch, err);
    }
    size_t expected = expected_bytes(s);
    if (s->parts > 1) { /* several units: only the one that is done last touches the buffer */
        eg_writer_init(&w, &s->single, eg_form_style(s->form.artifacts));
        return write_part(s, 0, unit, &w, expected, err);
    }
    eg_buf_expect(&s->single, expected);
    eg_writer_init(&w, &s->single, eg_form_style(s->form.artifacts));
    return write_entries(s, 0, 1, &w, scratch, err);
}

static eg_result finish(eg_call *call, eg_error *err)
{
    state *s = call->state;
    if (s->election.from_manifest && s->chunk) {
        EG_TRY(settle_chunk(s, err));
    }
    for (size_t i = 0; i < s->count; i++) {
        call->cast_ballots += is_audited(s, i) ? 0 : 1;
    }
    size_t units = s->parts > 1 ? s->count * s->parts : (s->count + s->per_unit - 1) / s->per_unit;
    call->output_units = s->chunk ? units : 0;
    call->output_unit_bytes = s->per_unit * bytes_in_work(s);
    call->tail_bytes = BYTES_OF_TAIL;
    return EG_SUCCESS;
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    state *s = call->state;
    EG_TRY(eg_buf_check(&s->single, err));
    if (!s->chunk) {
        eg_buf empty = *out; /* not copied: both are charged to the call */
        *out = s->single;
        s->single = empty;
        return EG_SUCCESS;
    }
    eg_writer *w = &s->writer;
    eg_writer_init(w, out, eg_form_style(s->form.artifacts));
    eg_write_map_of(w, 3);
    eg_put_cstr(w, "status", "success");
    eg_put_int(w, "count", (int64_t)s->count);
    eg_write_key(w, "ballots");
    eg_write_array(w, s->count);
    return EG_SUCCESS;
}

static eg_result output(eg_call *call, size_t unit, eg_arena *scratch, eg_buf *out, eg_error *err)
{
    state *s = call->state;
    eg_writer w;
    if (s->parts > 1) { /* a ballot's bytes are in any one of its units */
        size_t i = unit / s->parts;
        eg_writer_init_elements(&w, out, eg_form_style(s->form.artifacts), i == 0);
        return write_part(s, i, unit % s->parts, &w, expected_bytes(s), err);
    }
    size_t first = unit * s->per_unit;
    size_t left = s->count - first;
    size_t count = left < s->per_unit ? left : s->per_unit;
    eg_pieces_expect(&s->entry_bytes, count, out);
    eg_writer_init_elements(&w, out, eg_form_style(s->form.artifacts), unit == 0);
    EG_TRY(write_entries(s, first, count, &w, scratch, err));
    eg_pieces_note(&s->entry_bytes, count, out);
    return EG_SUCCESS;
}

static eg_result tail(eg_call *call, eg_buf *out, eg_error *err)
{
    state *s = call->state;
    (void)err;
    if (s->chunk) {
        eg_pieces_end(&s->writer, out);
        eg_write_end(&s->writer);
    }
    return EG_SUCCESS;
}

static void end(eg_call *call)
{
    state *s = call->state;
    if (s != NULL) {
        for (size_t i = 0; s->large != NULL && i < s->count; i++) {
            wipe_large(&s->large[i]);
        }
        eg_buf_free(&s->single);
        eg_election_fields_release(&s->election);
    }
    eg_intake_end(call);
}

static bool shows_texts(const eg_call *call)
{
    const eg_node *ballots = eg_intake_find(eg_intake_of(call), "ballots");
    bool shown = eg_choice_shows_texts(&eg_intake_of(call)->fields);
    size_t count = ballots != NULL && ballots->kind == EG_ARRAY ? ballots->as.array.count : 0;
    for (size_t i = 0; i < count && !shown; i++) {
        shown = eg_choice_shows_texts(&ballots->as.array.items[i]);
    }
    return shown;
}

const eg_endpoint eg_endpoint_create_encrypted_ballot = {
    .method = "POST",
    .path = "/create_encrypted_ballot",
    .summary = "encrypt one ballot, or a chunk of ballots as a stream",
    .max_body_bytes = EG_BODY_LARGE,
    .flags = EG_ENDPOINT_HEAVY | EG_ENDPOINT_SECRET,
    .begin = begin,
    .feed = eg_intake_feed,
    .plan = plan,
    .compute = compute,
    .finish = finish,
    .head = head,
    .output = output,
    .tail = tail,
    .end = end,
    .shows_texts = shows_texts,
};
