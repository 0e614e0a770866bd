/* POST /verify_ballots: which of some ballots are good, and why the others are not: for the moment
 * a ballot is cast that was encrypted elsewhere. New.
 *
 * Request: election fields, `encrypted_ballots` as they are published: SubmittedBallots, every
 * nonce null. Answer: `status`, `ballots` in the order of the request, `verified_count`. A ballot's
 * fault is an answer about it; only what is wrong with the request is an error. Source:
 * docs/api-contract.md 5; docs/crypto.md 14.5, 15; docs/decisions/0033-ballots-one-by-one.md.
 */
#include "api/endpoints.h"
#include "api/frame/error_details.h"
#include "api/frame/pieces.h"
#include "api/tally/ballot_list.h"
#include "base/str_index.h"

#include "election/ballot_verify.h"

#include <stdatomic.h>

typedef struct state {
    eg_ballot_list list; /* first */
    size_t good;
    eg_writer writer;
    atomic_size_t entry_bytes;
} state;

/* ---- what is not published ---- */

static eg_result look(const eg_ballot *ballot, const eg_path *path, eg_error *err)
{
    EG_TRY(eg_ballot_check_published(ballot, path, err));
    if (ballot->state == EG_BALLOT_NONE) {
        eg_path at = eg_path_field(path, "state");
        return EG_FAIL(err, EG_E_MISSING_FIELD, &at,
                       "'state' is required: 1 (cast), 2 (spoiled) or 999 (unknown)");
    }
    return EG_SUCCESS;
}

static const eg_ballot_list_way way = {
    .look = look,
    .none = "'encrypted_ballots' must not be empty",
    .each = true,
    .keeps_state = true,
};

static eg_result begin(eg_call *call, eg_error *err)
{
    return eg_ballot_list_begin(call, sizeof(state), &way, err);
}

/* ---- each by itself ---- */

static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    EG_TRY(eg_ballot_list_plan(&s->list, err));
    return eg_ballot_list_rounds(&s->list, true, &call->compute_units, err);
}

static eg_result compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err)
{
    state *s = call->state;
    return eg_verify_rounds_run(&s->list.rounds, unit, scratch, err);
}

static eg_result next(eg_call *call, eg_error *err)
{
    state *s = call->state;
    return eg_verify_rounds_next(&s->list.rounds, &call->compute_units, err);
}

/* ---- and beside the others ----
 * Only those that are good by themselves count: one that is not takes no other's place. */

static eg_result new_fault(eg_error **out, const state *s, eg_error *err)
{
    return eg_arena_new(s->list.intake.call->arena, 1, sizeof **out, out, err);
}

static eg_result name_repeated(state *s, eg_error *err)
{
    eg_arena *arena = s->list.intake.call->arena;
    eg_str_index index;
    eg_str *ids;
    EG_TRY(eg_arena_new(arena, s->list.count, sizeof *ids, &ids, err));
    for (size_t i = 0; i < s->list.count; i++) { /* an empty one is compared with none */
        const eg_listed_ballot *b = s->list.ballots[i];
        ids[i] = b->fault == NULL ? b->ballot.object_id : EG_STR("");
    }
    EG_TRY(eg_str_index_init(&index, ids, sizeof *ids, s->list.count, arena, err));
    for (size_t i = 0; i < s->list.count; i++) {
        if (ids[i].len > 0 && eg_str_index_is_repetition(&index, ids[i], i)) {
            eg_path list = eg_path_field(NULL, eg_ballot_list_name);
            eg_path at = eg_path_index(&list, i);
            eg_path path = eg_path_field(&at, "object_id");
            eg_error *fault;
            EG_TRY(new_fault(&fault, s, err));
            (void)EG_FAIL(fault, EG_E_DUPLICATE, &path, "an earlier ballot has the same id");
            s->list.ballots[i]->fault = fault;
        }
    }
    return EG_SUCCESS;
}

static eg_result name_copied(state *s, eg_error *err)
{
    eg_pad_set set;
    EG_TRY(eg_ballot_list_pads(&set, &s->list, err));
    for (size_t i = 0; i < s->list.count; i++) {
        eg_listed_ballot *b = s->list.ballots[i];
        eg_error fault, *kept;
        if (b->fault == NULL && eg_failed(eg_ballot_list_add_pads(&set, b, &fault))) {
            EG_TRY(new_fault(&kept, s, err));
            *kept = fault;
            b->fault = kept;
        }
        s->good += b->fault == NULL ? 1 : 0;
    }
    return EG_SUCCESS;
}

/* ---- the answer ---- */

/* Answers of a unit; of one at most, in a buffer of up to twice its size that is copied when it
 * grows: an id whose every byte is escaped, a path and a sentence. */
enum { PER_OUTPUT = 32, BYTES_OF_ANSWER = 3 * 8 * 1024, BYTES_OF_TAIL = 4096 };

static eg_result finish(eg_call *call, eg_error *err)
{
    state *s = call->state;
    EG_TRY(name_repeated(s, err));
    EG_TRY(name_copied(s, err));
    call->output_units = (s->list.count + PER_OUTPUT - 1) / PER_OUTPUT;
    call->output_unit_bytes = PER_OUTPUT * BYTES_OF_ANSWER;
    call->tail_bytes = BYTES_OF_TAIL;
    return EG_SUCCESS;
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    state *s = call->state;
    (void)err;
    eg_writer_init(&s->writer, out, eg_form_style(s->list.form));
    eg_write_map_of(&s->writer, 3);
    eg_put_cstr(&s->writer, "status", "success");
    eg_write_key(&s->writer, "ballots");
    eg_write_array(&s->writer, s->list.count);
    return EG_SUCCESS;
}

static void write_name(eg_writer *w, const eg_listed_ballot *b)
{
    eg_write_key(w, "object_id");
    if (b->ballot.object_id.len == 0) {
        eg_write_null(w);
    } else {
        eg_write_str(w, b->ballot.object_id);
    }
}

/* As the ballot has them; null where it could not be read. */
static void write_stated(eg_writer *w, const eg_listed_ballot *b)
{
    if (b->ballot.state == EG_BALLOT_NONE) {
        eg_put_null(w, "state");
        eg_put_null(w, "confirmation_code");
        return;
    }
    eg_put_int(w, "state", (int64_t)b->ballot.state);
    eg_put_q(w, "confirmation_code", &b->ballot.code);
}

static void write_answer(eg_writer *w, const eg_listed_ballot *b)
{
    const eg_error *fault = b->fault;
    eg_write_map(w);
    write_name(w, b);
    write_stated(w, b);
    eg_put_bool(w, "verified", fault == NULL);
    if (fault == NULL) {
        eg_put_null(w, "error");
    } else {
        eg_write_key(w, "error");
        eg_error_entry_write(w, fault);
    }
    eg_write_end(w);
}

static eg_result output(eg_call *call, size_t unit, eg_arena *scratch, eg_buf *out, eg_error *err)
{
    state *s = call->state;
    eg_writer w;
    (void)scratch;
    (void)err;
    size_t first = unit * PER_OUTPUT, left = s->list.count - first;
    size_t count = left < PER_OUTPUT ? left : PER_OUTPUT;
    eg_pieces_expect(&s->entry_bytes, count, out);
    eg_writer_init_elements(&w, out, eg_form_style(s->list.form), unit == 0);
    for (size_t i = first; i < first + count; i++) {
        write_answer(&w, s->list.ballots[i]);
    }
    eg_pieces_note(&s->entry_bytes, count, out);
    return EG_SUCCESS;
}

static eg_result tail(eg_call *call, eg_buf *out, eg_error *err)
{
    state *s = call->state;
    (void)err;
    eg_pieces_end(&s->writer, out);
    eg_put_int(&s->writer, "verified_count", (int64_t)s->good);
    eg_write_end(&s->writer);
    return EG_SUCCESS;
}

const eg_endpoint eg_endpoint_verify_ballots = {
    .method = "POST",
    .path = "/verify_ballots",
    .summary = "which of some published ballots are good, and why others are not",
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
};
