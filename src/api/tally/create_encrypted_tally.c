/* POST /create_encrypted_tally: the product of the ballots' ciphertexts.
 *
 * Ballots are decoded as they arrive, and checked and multiplied at once when the election's fields
 * came before them; else in the compute stage.
 * Source: docs/api-contract.md 5 and 6; docs/crypto.md 15 to 17. */
#include "api/endpoints.h"
#include "api/fields/election_fields.h"
#include "api/frame/intake.h"
#include "api/frame/pieces.h"
#include "api/tally/ballot_store.h"
#include "api/tally/tally_pool.h"
#include "api/tally/verify_rounds.h"
#include "base/str_index.h"

#include "group/group.h"
#include "wire/objects/ballot.h"
#include "wire/objects/tally.h"

#include <stdatomic.h>

typedef eg_listed_ballot entry;

/* Rounds of units: what is left to check; the product; its membership where no proof shows it. */
typedef enum round { CHECK, TOTAL, MEMBERS } round;

typedef struct state {
    eg_intake intake;
    eg_election_fields election;
    eg_answer_form form;
    eg_tally_pool pool;
    entry **entries; /* in request order, from plan on */
    size_t count;
    round round;
    eg_verify_rounds rounds;
    bool verify_on_arrival; /* asked for before the first ballot */
    bool verify;
    bool include_ballots;
    eg_verify_queue queue;
    eg_pad_key pad_key;
    eg_tally tally;
    eg_writer writer;
    size_t per_output;         /* answered ballots of a unit */
    atomic_size_t entry_bytes; /* of an answered ballot: the largest so far */
} state;

static eg_result take_ballot(eg_intake *in, size_t stream, size_t index, const eg_node *value,
                             eg_arena *arena, eg_error *err);

static const char *const stream_names[] = {"encrypted_ballots", NULL};
static const eg_streams streams = {.names = stream_names, .element = take_ballot};
static const eg_election_wants wants = {.key_table = true};

static eg_result begin(eg_call *call, eg_error *err)
{
    EG_TRY(eg_intake_begin(call, sizeof(state), &streams, err));
    state *s = call->state;
    s->queue = (eg_verify_queue){.call = call, .election = &s->election.election};
    return eg_pad_key_new(&s->pad_key, call->rng, err);
}

/* ---- ballots as they arrive ---- */

static eg_result read_flag(const state *s, const char *name, bool fallback, bool *out,
                           eg_error *err)
{
    *out = fallback;
    if (!eg_intake_has(&s->intake, name)) {
        return EG_SUCCESS;
    }
    return eg_read_bool(&s->intake.fields, NULL, name, out, err);
}

static eg_result follow(state *s, const eg_modq *manifest_hash, eg_error *err)
{
    return eg_election_follow(&s->election, manifest_hash, "encrypted_ballots[0]", s->intake.call,
                              err);
}

/* A look at the first ballot's manifest hash before any ballot is checked. What cannot be read is
 * the item stage's to report. */
static eg_result follow_first(state *s, const eg_node *value, eg_error *err)
{
    eg_arena arena;
    eg_node map;
    eg_modq hash;
    eg_result r = EG_SUCCESS;
    eg_arena_init(&arena, s->intake.call->budget);
    if (!eg_failed(eg_artifact_open(&map, NULL, value, NULL, &arena, NULL)) &&
        !eg_failed(eg_read_q(&map, NULL, "manifest_hash", &hash, NULL))) {
        r = follow(s, &hash, err);
    }
    eg_arena_free(&arena);
    return r;
}

static eg_result take_ballot(eg_intake *in, size_t stream, size_t index, const eg_node *value,
                             eg_arena *arena, eg_error *err)
{
    state *s = (state *)in;
    if (index >= EG_BALLOTS_MAX) {
        eg_path path = eg_path_field(NULL, stream_names[0]);
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "at most %d ballots in one request",
                       EG_BALLOTS_MAX);
    }
    if (index == 0 && eg_election_fields_present(&in->fields)) {
        /* asked for, not only the default: a `false` behind the ballots would come too late */
        EG_TRY(read_flag(s, "verify_ballots", false, &s->verify_on_arrival, err));
        EG_TRY(eg_election_fields_read(&s->election, &in->fields, &wants, in->call, &in->body_arena,
                                       err));
        EG_TRY(follow_first(s, value, err));
    }
    return eg_item_new(in, stream, index, value, arena, err);
}

static eg_result count_entry(state *s, entry *e, eg_arena *scratch, eg_error *err)
{
    eg_path list = eg_path_field(NULL, stream_names[0]);
    eg_path path = eg_path_index(&list, e->index);
    EG_TRY(eg_election_same_manifest(&s->election, &e->ballot.manifest_hash, &path, err));
    EG_TRY(eg_ballot_check_structure(&e->ballot, &s->election.election, scratch, &path, err));
    EG_TRY(eg_tally_pool_add(&s->pool, &e->ballot, &s->election.manifest, s->intake.call, err));
    e->counted = true;
    return EG_SUCCESS;
}

static eg_result decode(state *s, const eg_item *item, entry *e, eg_arena *scratch, eg_error *err)
{
    eg_path list = eg_path_field(NULL, stream_names[0]);
    eg_path path = eg_path_index(&list, item->index);
    eg_node map;
    eg_ballot ballot;
    EG_TRY(eg_artifact_open(&map, NULL, &item->value, &path, scratch, err));
    EG_TRY(eg_ballot_read(&ballot, &map, &path, scratch, err));
    EG_TRY(eg_call_new(s->intake.call, eg_ballot_pad_count(&ballot), sizeof *e->marks, &e->marks,
                       err));
    eg_ballot_pad_marks(e->marks, &s->pad_key, &ballot);
    return eg_ballot_store(&e->ballot, &ballot, EG_BALLOT_CAST, s->intake.call, err);
}

static eg_result item(eg_call *call, void *item_, eg_arena *scratch, eg_error *err)
{
    state *s = call->state;
    eg_item *it = item_;
    entry *e;
    EG_TRY(eg_call_new(call, 1, sizeof *e, &e, err));
    eg_result r = decode(s, it, e, scratch, err);
    eg_item_done(&s->intake, it);
    EG_TRY(r);
    it->result = e;
    e->index = it->index;
    if (!s->election.ready) {
        return EG_SUCCESS;
    }
    eg_arena_reset(scratch);
    EG_TRY(count_entry(s, e, scratch, err));
    return s->verify_on_arrival ? eg_verify_queue_add(&s->queue, e, scratch, err) : EG_SUCCESS;
}

/* ---- the rest ---- */

static eg_result gather(state *s, eg_error *err)
{
    eg_path path = eg_path_field(NULL, stream_names[0]);
    void **results;
    if (!s->intake.seen[0].present) {
        return eg_stream_missing(&s->intake, stream_names[0], err);
    }
    EG_TRY(eg_item_results(&s->intake, 0, &results, &s->count, err));
    if (s->count == 0) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                       "No ballots to tally. Provide encrypted ballots.");
    }
    EG_TRY(eg_arena_new(s->intake.call->arena, s->count, sizeof *s->entries, &s->entries, err));
    for (size_t i = 0; i < s->count; i++) {
        s->entries[i] = results[i];
        EG_BUG_IF(err, s->entries[i] == NULL);
    }
    return EG_SUCCESS;
}

static eg_result refuse_repeated(state *s, eg_error *err)
{
    eg_arena *arena = s->intake.call->arena;
    eg_str *ids;
    eg_str_index index;
    size_t position;
    EG_TRY(eg_arena_new(arena, s->count, sizeof *ids, &ids, err));
    for (size_t i = 0; i < s->count; i++) {
        ids[i] = s->entries[i]->ballot.object_id;
    }
    EG_TRY(eg_str_index_init(&index, ids, sizeof *ids, s->count, arena, err));
    if (eg_str_index_repeated(&index, &position)) {
        eg_path list = eg_path_field(NULL, stream_names[0]);
        eg_path at = eg_path_index(&list, position);
        eg_path path = eg_path_field(&at, "object_id");
        return EG_FAIL(err, EG_E_DUPLICATE, &path, "an earlier ballot has the same id");
    }
    s->tally.cast_ids = ids;
    s->tally.cast_count = s->count;
    return EG_SUCCESS;
}

static eg_result copied(const entry *e, size_t pad, size_t owner, eg_error *err)
{
    eg_path list = eg_path_field(NULL, stream_names[0]);
    eg_path at = eg_path_index(&list, e->index);
    eg_path steps[EG_PAD_PATH_STEPS];
    const eg_path *path = eg_ballot_pad_path(steps, &e->ballot, pad, &at);
    if (owner == e->index) {
        return EG_FAIL(err, EG_E_DUPLICATE, path,
                       "the ballot holds this pad twice: a ciphertext was copied within it");
    }
    return EG_FAIL(err, EG_E_DUPLICATE, path,
                   "'encrypted_ballots[%zu]' holds this pad too: one of the two is a copy", owner);
}

/* Proofs do not name the ballot they are in: a ballot that was copied passes them all. */
static eg_result refuse_copied(state *s, eg_error *err)
{
    eg_pad_set set;
    size_t pads = 0;
    for (size_t i = 0; i < s->count; i++) {
        pads += eg_ballot_pad_count(&s->entries[i]->ballot);
    }
    EG_TRY(eg_pad_set_init(&set, pads, s->intake.call->arena, err));
    for (size_t i = 0; i < s->count; i++) {
        const entry *e = s->entries[i];
        size_t count = eg_ballot_pad_count(&e->ballot);
        for (size_t k = 0; k < count; k++) {
            size_t owner = i;
            if (!eg_pad_set_add(&set, &e->marks[k], &owner)) {
                return copied(e, k, owner, err);
            }
        }
    }
    return EG_SUCCESS;
}

static eg_result check_entry(eg_call *call, eg_listed_ballot *e, eg_arena *scratch, eg_error *err)
{
    return count_entry(call->state, e, scratch, err);
}

/* Entries that still have to be counted or verified. */
static eg_result plan_rounds(state *s, eg_error *err)
{
    eg_call *call = s->intake.call;
    eg_listed_ballot **pending;
    size_t count = 0;
    EG_TRY(eg_arena_new(call->arena, s->count, sizeof *pending, &pending, err));
    for (size_t i = 0; i < s->count; i++) {
        entry *e = s->entries[i];
        if (!e->counted || (s->verify && !e->verified)) {
            pending[count++] = e;
        }
    }
    s->rounds = (eg_verify_rounds){.call = call,
                                   .election = &s->election.election,
                                   .list_name = stream_names[0],
                                   .proofs = s->verify,
                                   .ballots = pending,
                                   .count = count,
                                   .check = check_entry};
    EG_TRY(eg_verify_rounds_begin(&s->rounds, &call->compute_units, err));
    if (call->compute_units == 0) {
        s->round = TOTAL;
        call->compute_units = 1;
    }
    return EG_SUCCESS;
}

static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    bool early = s->election.ready;
    if (early) {
        EG_TRY(eg_election_fields_settled(&s->intake.fields, err));
    } else {
        EG_TRY(eg_election_fields_read(&s->election, &s->intake.fields, &wants, call, call->arena,
                                       err));
    }
    s->form = eg_intake_form(&s->intake);
    EG_TRY(gather(s, err));
    if (!early) {
        EG_TRY(follow(s, &s->entries[0]->ballot.manifest_hash, err));
    }
    EG_TRY(read_flag(s, "verify_ballots", call->settings->verify_ballots_default, &s->verify, err));
    EG_TRY(read_flag(s, "include_submitted_ballots", true, &s->include_ballots, err));
    EG_TRY(refuse_repeated(s, err));
    EG_TRY(refuse_copied(s, err));
    return plan_rounds(s, err);
}

static eg_result make_total(state *s, eg_error *err)
{
    eg_call *call = s->intake.call;
    eg_tally total;
    (void)pthread_mutex_lock(call->arena_lock);
    eg_result r = eg_tally_pool_total(&total, &s->pool, &s->election.manifest, call, err);
    (void)pthread_mutex_unlock(call->arena_lock);
    EG_TRY(r);
    s->tally.contests = total.contests;
    s->tally.contest_count = total.contest_count;
    return EG_SUCCESS;
}

static size_t total_selections(const state *s)
{
    size_t n = 0;
    for (size_t c = 0; c < s->tally.contest_count; c++) {
        n += s->tally.contests[c].selection_count;
    }
    return n;
}

/* Selections of the product whose membership a unit tests: two powers each. */
static size_t members_per_unit(void)
{
    return eg_group_powers_of_unit() / 2;
}

/* Without proofs nothing says that the ciphertexts are group elements, and a product that is none
 * could never be decrypted. */
static eg_result check_members(const state *s, size_t unit, eg_arena *scratch, eg_error *err)
{
    eg_path path = eg_path_field(NULL, stream_names[0]);
    size_t first = unit * members_per_unit(), end = first + members_per_unit();
    size_t k = 0, count = 0;
    eg_chain *chains;
    EG_TRY(eg_arena_new(scratch, 2 * members_per_unit(), sizeof *chains, &chains, err));
    for (size_t c = 0; c < s->tally.contest_count; c++) {
        const eg_tally_contest *contest = &s->tally.contests[c];
        for (size_t i = 0; i < contest->selection_count; i++, k++) {
            if (k >= first && k < end) {
                chains[count++].base = &contest->selections[i].ciphertext.pad;
                chains[count++].base = &contest->selections[i].ciphertext.data;
            }
        }
    }
    eg_chain_batch_vartime(chains, count);
    for (size_t i = 0; i < count; i++) {
        if (!chains[i].is_residue) {
            return EG_FAIL(err, EG_E_NOT_IN_GROUP, &path,
                           "a ciphertext is no element of the group; 'verify_ballots' tells "
                           "which");
        }
    }
    return EG_SUCCESS;
}

static eg_result compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err)
{
    state *s = call->state;
    switch (s->round) {
    case CHECK:
        return eg_verify_rounds_run(&s->rounds, unit, scratch, err);
    case TOTAL:
        return make_total(s, err);
    case MEMBERS:
        return check_members(s, unit, scratch, err);
    }
    return EG_SUCCESS;
}

static eg_result next(eg_call *call, eg_error *err)
{
    state *s = call->state;
    call->compute_units = 0;
    if (s->round == CHECK) {
        EG_TRY(eg_verify_rounds_next(&s->rounds, &call->compute_units, err));
        if (call->compute_units == 0) {
            s->round = TOTAL;
            call->compute_units = 1;
        }
    } else if (s->round == TOTAL && !s->verify) {
        s->round = MEMBERS;
        call->compute_units = (total_selections(s) + members_per_unit() - 1) / members_per_unit();
    }
    return EG_SUCCESS;
}

/* ---- the answer ---- */

static size_t largest_ballot(const state *s)
{
    size_t most = 1;
    for (size_t i = 0; i < s->count; i++) {
        size_t selections = eg_ballot_selection_count(&s->entries[i]->ballot);
        most = selections > most ? selections : most;
    }
    return most;
}

/* Ballots of a unit of output: few where they are large. */
static size_t ballots_per_output(size_t largest)
{
    enum { MOST = 8, SELECTIONS = 160 };
    size_t n = SELECTIONS / largest;
    return n == 0 ? 1 : n > MOST ? MOST : n;
}

/* Of an answered ballot: in a buffer of up to twice its size, which is copied when it grows. */
static size_t bytes_in_work(size_t largest)
{
    enum { OF_SELECTION = 9 * 1024, GROWING = 3 };
    return GROWING * largest * OF_SELECTION;
}

enum { BYTES_OF_TAIL = 4096 };

static eg_result finish(eg_call *call, eg_error *err)
{
    state *s = call->state;
    (void)err;
    size_t largest = largest_ballot(s);
    s->per_output = ballots_per_output(largest);
    size_t units = (s->count + s->per_output - 1) / s->per_output;
    call->output_units = s->include_ballots ? units : 0;
    call->output_unit_bytes = s->per_output * bytes_in_work(largest);
    call->tail_bytes = BYTES_OF_TAIL;
    return EG_SUCCESS;
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    state *s = call->state;
    eg_writer *w = &s->writer;
    const eg_tally_object object = {.tally = &s->tally,
                                    .context = &s->election.context,
                                    .manifest = &s->election.manifest,
                                    .texts = s->form.texts};
    (void)err;
    eg_writer_init(w, out, eg_form_style(s->form));
    eg_write_map_of(w, 3);
    eg_put_cstr(w, "status", "success");
    eg_write_key(w, "ciphertext_tally");
    eg_artifact_write(w, eg_form_outer(s->form), eg_tally_object_write, &object);
    eg_write_key(w, "submitted_ballots");
    eg_write_array(w, s->include_ballots ? s->count : 0);
    return EG_SUCCESS;
}

static eg_result output(eg_call *call, size_t unit, eg_arena *scratch, eg_buf *out, eg_error *err)
{
    state *s = call->state;
    eg_writer w;
    (void)scratch;
    (void)err;
    size_t first = unit * s->per_output;
    size_t left = s->count - first;
    size_t count = left < s->per_output ? left : s->per_output;
    eg_pieces_expect(&s->entry_bytes, count, out);
    eg_writer_init_elements(&w, out, eg_form_style(s->form), unit == 0);
    for (size_t i = first; i < first + count; i++) {
        eg_artifact_write(&w, eg_form_outer(s->form), eg_ballot_write, &s->entries[i]->ballot);
    }
    eg_pieces_note(&s->entry_bytes, count, out);
    return EG_SUCCESS;
}

static eg_result tail(eg_call *call, eg_buf *out, eg_error *err)
{
    state *s = call->state;
    (void)err;
    eg_pieces_end(&s->writer, out);
    eg_write_end(&s->writer);
    return EG_SUCCESS;
}

static void end(eg_call *call)
{
    state *s = call->state;
    if (s != NULL) {
        eg_election_fields_release(&s->election);
    }
    eg_intake_end(call);
}

static bool shows_texts(const eg_call *call)
{
    const eg_intake *in = eg_intake_of(call);
    return in->seen[0].began_as_text && !eg_intake_has(in, "max_choices") &&
           !eg_intake_has(in, "manifest");
}

const eg_endpoint eg_endpoint_create_encrypted_tally = {
    .method = "POST",
    .path = "/create_encrypted_tally",
    .summary = "verify ballots and multiply their ciphertexts",
    .max_body_bytes = EG_BODY_LARGE,
    .flags = EG_ENDPOINT_HEAVY,
    .begin = begin,
    .feed = eg_intake_feed,
    .item = item,
    .plan = plan,
    .compute = compute,
    .next = next,
    .finish = finish,
    .head = head,
    .output = output,
    .tail = tail,
    .end = end,
    .shows_texts = shows_texts,
};
