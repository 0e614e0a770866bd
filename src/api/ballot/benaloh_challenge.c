/* POST /benaloh_challenge: what does a ballot hold, and is it what the voter expected?
 *
 * The ballot is made again from the nonces that it reveals and compared as a whole.
 * Source: docs/api-contract.md 5; docs/crypto.md 14.6. */
#include "api/ballot/ballot_choice.h"
#include "api/ballot/expectation.h"
#include "api/endpoints.h"
#include "api/fields/election_fields.h"
#include "api/fields/noted.h"
#include "api/frame/intake.h"

#include "base/sort.h"
#include "election/challenge_parts.h"
#include "group/group.h"
#include "wire/objects/ballot.h"

#include <stdio.h>

typedef struct state {
    eg_intake intake;
    eg_election_fields election;
    eg_choices choices;
    eg_ballot ballot;
    bool january;           /* `candidate_name` */
    const eg_str *expected; /* sorted */
    size_t expected_count;
    eg_str *actual; /* sorted */
    size_t actual_count;
    bool match;
    eg_expectation expectation; /* of an election from a manifest, in place of the lists above */
    enum { BEGIN, OPEN, ENCRYPT, JUDGE } round;
    eg_arena work; /* of the challenge: secret, freed at the end */
    eg_path path;
    eg_challenge *challenge;
} state;

static eg_result begin(eg_call *call, eg_error *err)
{
    EG_TRY(eg_intake_begin(call, sizeof(state), NULL, err));
    state *s = call->state;
    eg_arena_init(&s->work, call->budget);
    s->path = eg_path_field(NULL, "encrypted_ballot_with_nonce");
    return EG_SUCCESS;
}

/* ---- reading ---- */

static eg_result need_all(const state *s, eg_error *err)
{
    static const struct {
        const char *name;
        bool of_names; /* `manifest` takes its place */
    } required[] = {{"encrypted_ballot_with_nonce", false},
                    {"party_names", true},
                    {"candidate_names", true},
                    {"joint_public_key", false},
                    {"commitment_hash", false},
                    {"number_of_guardians", false},
                    {"quorum", false}};
    const eg_node *fields = &s->intake.fields, *field;
    if (fields->as.map.count == 0) {
        return EG_FAIL(err, EG_E_MISSING_FIELD, NULL, "No data provided");
    }
    bool from_names = !eg_intake_has(&s->intake, "manifest");
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        if (from_names || !required[i].of_names) {
            EG_TRY(eg_field(&field, fields, NULL, required[i].name, err));
        }
    }
    return s->january || !from_names
               ? EG_SUCCESS
               : eg_field(&field, fields, NULL, "candidate_names_to_verify", err);
}

/* Names of candidates are of elections from names; selections of contests, of manifests. */
static eg_result refuse_other_form(const state *s, eg_error *err)
{
    static const char *const of_names[] = {"candidate_names_to_verify", "candidate_name", NULL};
    static const char *const of_manifests[] = {"selections_to_verify", NULL};
    const char *const *names = s->election.from_manifest ? of_names : of_manifests;
    for (; *names != NULL; names++) {
        eg_path path = eg_path_field(NULL, *names);
        if (eg_intake_has(&s->intake, *names)) {
            return EG_FAIL(err, EG_E_BAD_TYPE, &path,
                           s->election.from_manifest
                               ? "'%s' is of elections from names; with 'manifest' it is "
                                 "'selections_to_verify'"
                               : "'%s' is of elections with 'manifest'; here it is "
                                 "'candidate_names_to_verify'",
                           *names);
        }
    }
    return EG_SUCCESS;
}

static eg_result read_ballot(state *s, eg_error *err)
{
    eg_path path = eg_path_field(NULL, "encrypted_ballot_with_nonce");
    eg_arena *arena = s->intake.call->arena;
    eg_node map;
    eg_str id;
    EG_TRY(eg_intake_open(&s->intake, path.name, &map, NULL, err));
    EG_TRY(eg_ballot_read(&s->ballot, &map, &path, arena, err));
    if (!eg_intake_has(&s->intake, "ballot_id")) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_read_str(&s->intake.fields, NULL, "ballot_id", 1, EG_NAME_BYTES_MAX, &id, err));
    if (!eg_str_equal(id, s->ballot.object_id)) {
        eg_path at = eg_path_field(NULL, "ballot_id");
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at,
                       "Benaloh challenge failed: 'ballot_id' is not the id of the ballot");
    }
    return EG_SUCCESS;
}

/* How many votes the ballot itself says it allows. */
static uint32_t own_limit(const eg_ballot *ballot)
{
    bool known = ballot->contest_count > 0 && ballot->contests[0].has_proof;
    return known ? ballot->contests[0].proof.constant : 0;
}

static eg_result read_expected(state *s, eg_error *err)
{
    const char *name = s->january ? "candidate_name" : "candidate_names_to_verify";
    eg_path path = eg_path_field(NULL, name);
    eg_str *expected;
    const eg_str *sent;
    const eg_node *names;
    EG_TRY(eg_field(&names, &s->intake.fields, NULL, name, err));
    EG_TRY(eg_choices_init(&s->choices, &s->election.manifest, s->intake.call->arena, err));
    EG_TRY(eg_known_names_read(&s->choices, names, &path, &sent, &s->expected_count, err));
    EG_TRY(
        eg_arena_new(s->intake.call->arena, s->expected_count, sizeof *expected, &expected, err));
    for (size_t i = 0; i < s->expected_count; i++) {
        expected[i] = sent[i];
    }
    s->expected = expected;
    return EG_SUCCESS;
}

static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    s->january = eg_intake_has(&s->intake, "candidate_name") &&
                 !eg_intake_has(&s->intake, "candidate_names_to_verify");
    EG_TRY(need_all(s, err));
    EG_TRY(read_ballot(s, err));
    eg_note_ballot(call, &s->ballot.crypto_hash);
    const eg_election_wants wants = {.key_table = true, .default_choices = own_limit(&s->ballot)};
    EG_TRY(
        eg_election_fields_read(&s->election, &s->intake.fields, &wants, call, call->arena, err));
    EG_TRY(eg_election_follow(&s->election, &s->ballot.manifest_hash, "encrypted_ballot_with_nonce",
                              call, err));
    EG_TRY(refuse_other_form(s, err));
    if (s->election.from_manifest) {
        EG_TRY(eg_election_same_manifest(&s->election, &s->ballot.manifest_hash, &s->path, err));
        EG_TRY(eg_expectation_read(&s->expectation, &s->intake.fields, &s->election.manifest,
                                   s->ballot.style_id, call->arena, err));
    } else {
        EG_TRY(read_expected(s, err));
    }
    call->compute_units = 1;
    return EG_SUCCESS;
}

/* ---- judging ---- */

static int by_name(const void *a, const void *b)
{
    return eg_str_compare(*(const eg_str *)a, *(const eg_str *)b);
}

static void collect(state *s, const eg_plain_ballot *plain)
{
    for (size_t c = 0; c < plain->contest_count; c++) {
        const eg_plain_contest *contest = &plain->contests[c];
        for (size_t i = 0; i < contest->selection_count; i++) {
            if (contest->selections[i].vote == 1) {
                s->actual[s->actual_count++] = contest->selections[i].object_id;
            }
        }
    }
    eg_sort(s->actual, s->actual_count, sizeof *s->actual, by_name);
}

static bool same_names(const state *s, eg_arena *scratch, eg_error *err, eg_result *result)
{
    eg_str *expected;
    *result = eg_arena_new(scratch, s->expected_count, sizeof *expected, &expected, err);
    if (eg_failed(*result) || s->expected_count != s->actual_count) {
        return false;
    }
    memcpy(expected, s->expected, s->expected_count * sizeof *expected);
    eg_sort(expected, s->expected_count, sizeof *expected, by_name);
    for (size_t i = 0; i < s->expected_count; i++) {
        if (!eg_str_equal(expected[i], s->actual[i])) {
            return false;
        }
    }
    return true;
}

static eg_result fail(eg_result r, eg_error *err)
{
    eg_error copy = *err;
    (void)snprintf(err->text, sizeof err->text, "Benaloh challenge failed: %.180s", copy.text);
    return r;
}

/* Powers on a table that a unit takes. */
static size_t powers_per_unit(void)
{
    return 4 * eg_group_powers_of_unit();
}

/* A step of the ballot's encryption has several powers. */
static size_t steps_per_unit(void)
{
    size_t steps = powers_per_unit() / EG_POWERS_OF_STEP;
    return steps == 0 ? 1 : steps;
}

static size_t units_for(size_t total, size_t per_unit)
{
    return (total + per_unit - 1) / per_unit;
}

/* How many of `total` the unit has, from the first one on. */
static size_t part_of(size_t unit, size_t total, size_t per_unit, size_t *first)
{
    *first = unit * per_unit;
    size_t left = total - *first;
    return left < per_unit ? left : per_unit;
}

static eg_result judge(state *s, eg_arena *scratch, eg_error *err)
{
    eg_plain_ballot plain;
    eg_result r = EG_SUCCESS;
    EG_TRY(eg_challenge_finish(&plain, s->challenge, &s->work, err));
    if (s->election.from_manifest) {
        return eg_expectation_compare(&s->expectation, &plain, &s->ballot, &s->election.election,
                                      &s->work, err);
    }
    EG_TRY(eg_arena_new(s->intake.call->arena, s->election.names.candidate_count, sizeof *s->actual,
                        &s->actual, err));
    collect(s, &plain);
    s->match = same_names(s, scratch, err, &r);
    return r;
}

static eg_result run_unit(state *s, size_t unit, eg_arena *scratch, eg_error *err)
{
    size_t first, count;
    switch (s->round) {
    case BEGIN:
        return eg_challenge_begin(&s->challenge, &s->ballot, &s->election.election, &s->work,
                                  &s->path, err);
    case OPEN:
        count = part_of(unit, eg_challenge_selections(s->challenge), powers_per_unit(), &first);
        eg_challenge_open(s->challenge, first, count);
        return EG_SUCCESS;
    case ENCRYPT:
        count = part_of(unit, eg_encryption_steps(eg_challenge_encryption(s->challenge)),
                        steps_per_unit(), &first);
        eg_encryption_compute(eg_challenge_encryption(s->challenge), first, count);
        return EG_SUCCESS;
    case JUDGE:
        return judge(s, scratch, err);
    }
    return EG_SUCCESS;
}

static eg_result compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err)
{
    eg_result r = run_unit(call->state, unit, scratch, err);
    return eg_failed(r) ? fail(r, err) : r;
}

static eg_result next(eg_call *call, eg_error *err)
{
    state *s = call->state;
    switch (s->round) {
    case BEGIN:
        s->round = OPEN;
        call->compute_units = units_for(eg_challenge_selections(s->challenge), powers_per_unit());
        return EG_SUCCESS;
    case OPEN: {
        eg_result r = eg_challenge_opened(s->challenge, &s->work, err);
        if (eg_failed(r)) {
            return fail(r, err);
        }
        s->round = ENCRYPT;
        call->compute_units =
            units_for(eg_encryption_steps(eg_challenge_encryption(s->challenge)), steps_per_unit());
        return EG_SUCCESS;
    }
    case ENCRYPT:
        s->round = JUDGE;
        call->compute_units = 1;
        return EG_SUCCESS;
    case JUDGE:
        call->compute_units = 0;
        return EG_SUCCESS;
    }
    return EG_SUCCESS;
}

/* ---- the answer ---- */

static void join(eg_buf *out, const eg_str names[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            eg_buf_append_str(out, EG_STR(", "));
        }
        eg_buf_append_str(out, names[i]);
    }
}

static void make_message(const state *s, eg_buf *out)
{
    const char *what = s->january ? "candidate" : "selection";
    eg_buf_append_str(out, EG_STR("Ballot choice "));
    eg_buf_append_str(out,
                      s->match ? EG_STR("matches expected ") : EG_STR("does NOT match expected "));
    eg_buf_append_str(out, eg_str_from(what));
    eg_buf_append_str(out, s->match || s->january ? EG_STR(": ") : EG_STR(". Expected: "));
    join(out, s->match ? s->actual : s->expected, s->match ? s->actual_count : s->expected_count);
    if (s->match) {
        return;
    }
    eg_buf_append_str(out, s->january ? EG_STR(". Actual choice: ") : EG_STR(". Actual: "));
    join(out, s->actual, s->actual_count);
    if (s->actual_count == 0) {
        eg_buf_append_str(out, EG_STR("none"));
    }
}

static void put_joined(eg_writer *w, const char *name, const eg_str names[], size_t count)
{
    eg_buf text;
    eg_buf_init(&text, w->out->budget);
    join(&text, names, count);
    w->out->failed = w->out->failed || text.failed;
    eg_put_str(w, name, eg_buf_str(&text));
    eg_buf_free(&text);
}

static void write_answer(eg_writer *w, const state *s)
{
    eg_buf message;
    eg_buf_init(&message, w->out->budget);
    make_message(s, &message);
    eg_write_map(w);
    eg_put_cstr(w, "status", "success");
    eg_put_bool(w, "match", s->match);
    eg_put_str(w, "message", eg_buf_str(&message));
    eg_put_str(w, "ballot_id", s->ballot.object_id);
    if (!s->january) {
        eg_write_key(w, "verified_candidates");
        eg_write_array(w, s->actual_count);
        for (size_t i = 0; i < s->actual_count; i++) {
            eg_write_str(w, s->actual[i]);
        }
        eg_write_end(w);
    }
    if (s->actual_count == 0) {
        eg_put_null(w, "verified_candidate");
    } else {
        put_joined(w, "verified_candidate", s->actual, s->actual_count);
    }
    if (s->match) {
        eg_put_null(w, "expected_candidate");
    } else {
        put_joined(w, "expected_candidate", s->expected, s->expected_count);
    }
    eg_write_end(w);
    w->out->failed = w->out->failed || message.failed;
    eg_buf_free(&message);
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    const state *s = call->state;
    eg_writer w;
    (void)err;
    eg_writer_init(&w, out, eg_form_style(eg_intake_form(&s->intake)));
    if (s->election.from_manifest) {
        eg_expectation_write(&w, &s->expectation, s->ballot.object_id);
    } else {
        write_answer(&w, s);
    }
    return EG_SUCCESS;
}

static void end(eg_call *call)
{
    state *s = call->state;
    if (s != NULL) {
        eg_arena_free(&s->work);
        eg_election_fields_release(&s->election);
    }
    eg_intake_end(call);
}

const eg_endpoint eg_endpoint_benaloh_challenge = {
    .method = "POST",
    .path = "/benaloh_challenge",
    .flags = EG_ENDPOINT_SECRET,
    .summary = "open an audited ballot and compare it with what the voter expected",
    .max_body_bytes = EG_BODY_SMALL,
    .begin = begin,
    .feed = eg_intake_feed,
    .plan = plan,
    .compute = compute,
    .next = next,
    .head = head,
    .end = end,
};
