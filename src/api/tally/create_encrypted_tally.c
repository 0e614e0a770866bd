/* POST /create_encrypted_tally: the product of the ballots' ciphertexts.
 *
 * Ballots are decoded, checked and multiplied as ballot_list.h says.
 * Source: docs/api-contract.md 5 and 6; docs/crypto.md 15 to 17. */
#include "api/endpoints.h"
#include "api/frame/pieces.h"
#include "api/tally/ballot_list.h"
#include "api/tally/tally_pool.h"
#include "base/str_index.h"

#include "group/group.h"
#include "wire/objects/ballot.h"
#include "wire/objects/tally.h"

#include <stdatomic.h>

/* Rounds of units: what is left to check; the product; its membership where no proof shows it. */
typedef enum round { CHECK, TOTAL, MEMBERS } round;

typedef struct state {
    eg_ballot_list list; /* first */
    eg_tally_pool pool;
    round round;
    bool verify;
    bool include_ballots;
    eg_tally tally;
    eg_writer writer;
    size_t per_output;         /* answered ballots of a unit */
    atomic_size_t entry_bytes; /* of an answered ballot: the largest so far */
} state;

/* ---- ballots as they arrive ---- */

static eg_result read_flag(const eg_intake *in, const char *name, bool fallback, bool *out,
                           eg_error *err)
{
    *out = fallback;
    return eg_intake_has(in, name) ? eg_read_bool(&in->fields, NULL, name, out, err) : EG_SUCCESS;
}

/* Asked for, not only the default: a `false` behind the ballots would come too late. */
static eg_result verify_on_arrival(const eg_intake *in, bool *out, eg_error *err)
{
    return read_flag(in, "verify_ballots", false, out, err);
}

static eg_result multiply(eg_call *call, const eg_ballot *ballot, eg_error *err)
{
    state *s = call->state;
    return eg_tally_pool_add(&s->pool, ballot, &s->list.election.manifest, call, err);
}

static const eg_ballot_list_way way = {.take = multiply,
                                       .on_arrival = verify_on_arrival,
                                       .none = "No ballots to tally. Provide encrypted ballots.",
                                       .follows = true};

static eg_result begin(eg_call *call, eg_error *err)
{
    return eg_ballot_list_begin(call, sizeof(state), &way, err);
}

/* ---- the rest ---- */

static eg_result refuse_repeated(state *s, eg_error *err)
{
    eg_ballot_list *l = &s->list;
    eg_arena *arena = l->intake.call->arena;
    eg_str *ids;
    eg_str_index index;
    size_t position;
    EG_TRY(eg_arena_new(arena, l->count, sizeof *ids, &ids, err));
    for (size_t i = 0; i < l->count; i++) {
        ids[i] = l->ballots[i]->ballot.object_id;
    }
    EG_TRY(eg_str_index_init(&index, ids, sizeof *ids, l->count, arena, err));
    if (eg_str_index_repeated(&index, &position)) {
        eg_path list = eg_path_field(NULL, eg_ballot_list_name);
        eg_path at = eg_path_index(&list, position);
        eg_path path = eg_path_field(&at, "object_id");
        return EG_FAIL(err, EG_E_DUPLICATE, &path, "an earlier ballot has the same id");
    }
    s->tally.cast_ids = ids;
    s->tally.cast_count = l->count;
    return EG_SUCCESS;
}

static eg_result refuse_copied(const eg_ballot_list *l, eg_error *err)
{
    eg_pad_set set;
    EG_TRY(eg_ballot_list_pads(&set, l, err));
    for (size_t i = 0; i < l->count; i++) {
        EG_TRY(eg_ballot_list_add_pads(&set, l->ballots[i], err));
    }
    return EG_SUCCESS;
}

static void go_on_to_total(state *s)
{
    s->round = TOTAL;
    s->list.intake.call->compute_units = 1;
}

static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    const eg_intake *in = &s->list.intake;
    EG_TRY(eg_ballot_list_plan(&s->list, err));
    EG_TRY(
        read_flag(in, "verify_ballots", call->settings->verify_ballots_default, &s->verify, err));
    EG_TRY(read_flag(in, "include_submitted_ballots", true, &s->include_ballots, err));
    EG_TRY(refuse_repeated(s, err));
    EG_TRY(refuse_copied(&s->list, err));
    EG_TRY(eg_ballot_list_rounds(&s->list, s->verify, &call->compute_units, err));
    if (call->compute_units == 0) {
        go_on_to_total(s);
    }
    return EG_SUCCESS;
}

static eg_result make_total(state *s, eg_error *err)
{
    eg_call *call = s->list.intake.call;
    eg_tally total;
    (void)pthread_mutex_lock(call->arena_lock);
    eg_result r = eg_tally_pool_total(&total, &s->pool, &s->list.election.manifest, call, err);
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
    eg_path path = eg_path_field(NULL, eg_ballot_list_name);
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
        return eg_verify_rounds_run(&s->list.rounds, unit, scratch, err);
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
        EG_TRY(eg_verify_rounds_next(&s->list.rounds, &call->compute_units, err));
        if (call->compute_units == 0) {
            go_on_to_total(s);
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
    for (size_t i = 0; i < s->list.count; i++) {
        size_t selections = eg_ballot_selection_count(&s->list.ballots[i]->ballot);
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
    size_t units = (s->list.count + s->per_output - 1) / s->per_output;
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
                                    .context = &s->list.election.context,
                                    .manifest = &s->list.election.manifest,
                                    .texts = s->list.form.texts};
    (void)err;
    eg_writer_init(w, out, eg_form_style(s->list.form));
    eg_write_map_of(w, 3);
    eg_put_cstr(w, "status", "success");
    eg_write_key(w, "ciphertext_tally");
    eg_artifact_write(w, eg_form_outer(s->list.form), eg_tally_object_write, &object);
    eg_write_key(w, "submitted_ballots");
    eg_write_array(w, s->include_ballots ? s->list.count : 0);
    return EG_SUCCESS;
}

static eg_result output(eg_call *call, size_t unit, eg_arena *scratch, eg_buf *out, eg_error *err)
{
    state *s = call->state;
    eg_writer w;
    (void)scratch;
    (void)err;
    size_t first = unit * s->per_output;
    size_t left = s->list.count - first;
    size_t count = left < s->per_output ? left : s->per_output;
    eg_pieces_expect(&s->entry_bytes, count, out);
    eg_writer_init_elements(&w, out, eg_form_style(s->list.form), unit == 0);
    for (size_t i = first; i < first + count; i++) {
        eg_artifact_write(&w, eg_form_outer(s->list.form), eg_ballot_write,
                          &s->list.ballots[i]->ballot);
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
    .item = eg_ballot_list_item,
    .plan = plan,
    .compute = compute,
    .next = next,
    .finish = finish,
    .head = head,
    .output = output,
    .tail = tail,
    .end = eg_ballot_list_end,
    .shows_texts = shows_texts,
};
