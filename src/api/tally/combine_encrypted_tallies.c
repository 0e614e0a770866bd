/* POST /combine_encrypted_tallies: the tallies of an election's chunks multiplied into one, so that
 * guardians decrypt once and no chunk's own result is ever seen. New.
 *
 * Request: election fields, `ciphertext_tallies` in any form. Answer: `status`, `ciphertext_tally`.
 * Refused: tallies of another election (EG_E_WRONG_ELECTION), ballot ids in two tallies
 * or cast and spoiled, and pads in two (EG_E_DUPLICATE). Source: docs/api-contract.md 4, 5;
 * docs/crypto.md 16.1. */
#include "api/endpoints.h"
#include "api/tally/tally_pool.h"
#include "api/tally/tally_request.h"
#include "base/str_index.h"

#include "election/pad_set.h"
#include "wire/objects/tally.h"

#include <stdatomic.h>

typedef struct state {
    eg_tally_request request; /* first */
    eg_tally_pool pool;
    eg_tally_read_result **tallies;
    size_t count;
    eg_pad_key pad_key;
    eg_pad_mark **marks; /* of each tally's pads */
    eg_tally total;
    atomic_size_t left;
} state;

static eg_result begin(eg_call *call, eg_error *err)
{
    EG_TRY(eg_tally_request_begin(call, sizeof(state), err));
    state *s = call->state;
    return eg_pad_key_new(&s->pad_key, call->rng, err);
}

static size_t ids_in(const eg_tally *tally, bool spoiled)
{
    return spoiled ? tally->spoiled_count : tally->cast_count;
}

static eg_str id_at(const eg_tally *tally, bool spoiled, size_t i)
{
    return spoiled ? tally->spoiled_ids[i] : tally->cast_ids[i];
}

/* All ids of one kind, tally after tally. */
static eg_result collect_ids(state *s, bool spoiled, eg_str **ids, size_t *count, eg_error *err)
{
    size_t total = 0;
    *count = 0;
    for (size_t t = 0; t < s->count; t++) {
        total += ids_in(&s->tallies[t]->tally, spoiled);
    }
    if (total > EG_COUNTED_MAX) { /* nobody would read the sum */
        eg_path path = eg_path_field(NULL, "ciphertext_tallies");
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "at most %d ballots in one tally",
                       EG_COUNTED_MAX);
    }
    EG_TRY(eg_arena_new(s->request.intake.call->arena, total, sizeof **ids, ids, err));
    for (size_t t = 0; t < s->count; t++) {
        const eg_tally *tally = &s->tallies[t]->tally;
        for (size_t i = 0; i < ids_in(tally, spoiled); i++) {
            (*ids)[(*count)++] = id_at(tally, spoiled, i);
        }
    }
    return EG_SUCCESS;
}

/* Where id number `position` of those collected stands in the request. */
static eg_result fail_at(const state *s, bool spoiled, size_t position, const char *why,
                         eg_error *err)
{
    size_t t = 0;
    while (position >= ids_in(&s->tallies[t]->tally, spoiled)) {
        position -= ids_in(&s->tallies[t++]->tally, spoiled);
    }
    eg_path list = eg_path_field(NULL, "ciphertext_tallies");
    eg_path tally = eg_path_index(&list, t);
    eg_path ids = eg_path_field(&tally, spoiled ? "spoiled_ballot_ids" : "cast_ballot_ids");
    eg_path at = eg_path_index(&ids, position);
    return EG_FAIL(err, EG_E_DUPLICATE, &at, "%s", why);
}

/* A ballot is counted or opened, not both. cast: index of all cast ids. */
static eg_result refuse_both(const state *s, const eg_str_index *cast, const eg_str spoiled[],
                             size_t count, eg_error *err)
{
    for (size_t i = 0; i < count; i++) {
        size_t position;
        if (eg_str_index_find(cast, spoiled[i], &position)) {
            return fail_at(s, true, i, "the ballot is cast as well, in this tally or another", err);
        }
    }
    return EG_SUCCESS;
}

static eg_result refuse_overlap(state *s, eg_error *err)
{
    eg_str *ids[2];
    size_t counts[2];
    eg_str_index indices[2];
    for (size_t kind = 0; kind < 2; kind++) {
        eg_str_index *index = &indices[kind];
        size_t position;
        EG_TRY(collect_ids(s, kind == 1, &ids[kind], &counts[kind], err));
        EG_TRY(eg_str_index_init(index, ids[kind], sizeof **ids, counts[kind],
                                 s->request.intake.call->arena, err));
        if (eg_str_index_repeated(index, &position)) {
            return fail_at(s, kind == 1, position, "the ballot is in an earlier tally as well",
                           err);
        }
    }
    EG_TRY(refuse_both(s, &indices[0], ids[1], counts[1], err));
    s->total.cast_ids = ids[0];
    s->total.cast_count = counts[0];
    s->total.spoiled_ids = ids[1];
    s->total.spoiled_count = counts[1];
    return EG_SUCCESS;
}

static eg_result gather(state *s, eg_error *err)
{
    enum { TALLIES = 1 }; /* among the streams of tally_request.c */
    const char *name = "ciphertext_tallies";
    eg_path path = eg_path_field(NULL, name);
    eg_intake *in = &s->request.intake;
    void **results;
    if (!in->seen[TALLIES].present) {
        return eg_stream_missing(in, name, err);
    }
    EG_TRY(eg_item_results(in, TALLIES, &results, &s->count, err));
    if (s->count == 0) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'%s' must not be empty", name);
    }
    EG_TRY(eg_arena_new(in->call->arena, s->count, sizeof(void *), &s->tallies, err));
    for (size_t i = 0; i < s->count; i++) {
        s->tallies[i] = results[i];
        EG_BUG_IF(err, s->tallies[i] == NULL);
    }
    return EG_SUCCESS;
}

static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    eg_tally_request *r = &s->request;
    EG_TRY(eg_tally_request_election(r, 0, err));
    EG_TRY(gather(s, err));
    EG_TRY(eg_election_follow(&r->election, &s->tallies[0]->context.manifest_hash,
                              "ciphertext_tallies[0]", call, err));
    for (size_t i = 0; i < s->count; i++) {
        eg_path list = eg_path_field(NULL, "ciphertext_tallies");
        eg_path path = eg_path_index(&list, i);
        EG_TRY(eg_tally_context_check(s->tallies[i], &r->election.context, &path, err));
    }
    EG_TRY(refuse_overlap(s, err));
    EG_TRY(eg_arena_new(call->arena, s->count, sizeof(void *), &s->marks, err));
    call->compute_units = s->count;
    atomic_init(&s->left, s->count);
    return EG_SUCCESS;
}

/* ---- tallies of the same ballots
 * -----------------------------------------------------------------
 */

static size_t pad_count(const eg_manifest *manifest)
{
    size_t count = 0;
    for (size_t c = 0; c < manifest->contest_count; c++) {
        count += manifest->contests[c].selection_count;
    }
    return count;
}

static eg_result mark_pads(state *s, size_t t, eg_error *err)
{
    const eg_tally *tally = &s->tallies[t]->tally;
    size_t count = pad_count(&s->request.election.manifest);
    eg_pad_mark *marks;
    EG_TRY(eg_call_new(s->request.intake.call, count, sizeof *marks, &marks, err));
    s->marks[t] = marks;
    for (size_t c = 0; c < tally->contest_count; c++) {
        const eg_tally_contest *contest = &tally->contests[c];
        for (size_t i = 0; i < contest->selection_count; i++) {
            const eg_modp *pad = &contest->selections[i].ciphertext.pad;
            if (!eg_modp_is_one(pad)) { /* of no ballots; its mark stays 0 */
                eg_pad_mark_make(&marks[i], &s->pad_key, pad);
            }
        }
        marks += contest->selection_count;
    }
    return EG_SUCCESS;
}

/* A pad in two tallies is a ballot, or a whole chunk, that was tallied under other ids again. */
static eg_result refuse_copied(state *s, eg_arena *scratch, eg_error *err)
{
    eg_path list = eg_path_field(NULL, "ciphertext_tallies");
    size_t count = pad_count(&s->request.election.manifest);
    eg_pad_set set;
    EG_TRY(eg_pad_set_init(&set, s->count * count, scratch, err));
    for (size_t i = 0; i < s->count * count; i++) {
        const eg_pad_mark *mark = &s->marks[i / count][i % count];
        size_t owner = i / count;
        bool is_empty = mark->half[0] == 0 && mark->half[1] == 0;
        if (!is_empty && !eg_pad_set_add(&set, mark, &owner)) {
            eg_path at = eg_path_index(&list, i / count);
            return EG_FAIL(err, EG_E_DUPLICATE, &at,
                           "'ciphertext_tallies[%zu]' holds one of its pads too: the same ballots "
                           "are in both",
                           owner);
        }
    }
    return EG_SUCCESS;
}

static eg_result make_total(state *s, eg_error *err)
{
    eg_call *call = s->request.intake.call;
    eg_tally product;
    (void)pthread_mutex_lock(call->arena_lock);
    eg_result r = eg_tally_pool_total(&product, &s->pool, &s->request.election.manifest, call, err);
    (void)pthread_mutex_unlock(call->arena_lock);
    EG_TRY(r);
    s->total.contests = product.contests;
    s->total.contest_count = product.contest_count;
    return EG_SUCCESS;
}

static eg_result compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err)
{
    state *s = call->state;
    eg_path list = eg_path_field(NULL, "ciphertext_tallies");
    eg_path path = eg_path_index(&list, unit);
    eg_tally *tally = &s->tallies[unit]->tally;
    EG_TRY(eg_tally_check(tally, &s->request.election.election, scratch, &path, err));
    EG_TRY(eg_tally_pool_add_tally(&s->pool, tally, &s->request.election.manifest, call, err));
    EG_TRY(mark_pads(s, unit, err));
    if (atomic_fetch_sub(&s->left, 1) != 1) {
        return EG_SUCCESS;
    }
    EG_TRY(refuse_copied(s, scratch, err));
    return make_total(s, err);
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    const state *s = call->state;
    const eg_tally_request *r = &s->request;
    const eg_tally_object object = {.tally = &s->total,
                                    .context = &r->election.context,
                                    .manifest = &r->election.manifest,
                                    .texts = r->form.texts};
    eg_writer w;
    (void)err;
    eg_writer_init(&w, out, eg_form_style(r->form));
    eg_write_map(&w);
    eg_put_cstr(&w, "status", "success");
    eg_write_key(&w, "ciphertext_tally");
    eg_artifact_write(&w, eg_form_outer(r->form), eg_tally_object_write, &object);
    eg_write_end(&w);
    return EG_SUCCESS;
}

const eg_endpoint eg_endpoint_combine_encrypted_tallies = {
    .method = "POST",
    .path = "/combine_encrypted_tallies",
    .summary = "the tallies of an election's chunks multiplied into one",
    .max_body_bytes = EG_BODY_LARGE,
    .flags = EG_ENDPOINT_HEAVY,
    .begin = begin,
    .feed = eg_intake_feed,
    .item = eg_tally_request_item,
    .plan = plan,
    .compute = compute,
    .head = head,
    .end = eg_tally_request_end,
    .shows_texts = eg_tally_request_shows_texts,
};
