#include "client/plain_votes.h"

#include "record/layout.h"
#include "wire/objects/plain_ballot.h"
#include "wire/writer.h"

/* ---- taking one ---- */

static void write_selection(eg_writer *w, const eg_plain_selection *selection)
{
    eg_write_map(w);
    eg_put_str(w, "object_id", selection->object_id);
    eg_put_int(w, "vote", selection->vote);
    if (selection->write_in.present) {
        eg_put_str(w, "write_in", selection->write_in.value);
    }
    eg_write_end(w);
}

static void write_ballot(eg_writer *w, const eg_plain_ballot *ballot)
{
    eg_write_map(w);
    eg_put_str(w, "object_id", ballot->object_id);
    eg_put_str(w, "style_id", ballot->style_id);
    eg_write_key(w, "contests");
    eg_write_array(w, ballot->contest_count);
    for (size_t i = 0; i < ballot->contest_count; i++) {
        const eg_plain_contest *contest = &ballot->contests[i];
        eg_write_map(w);
        eg_put_str(w, "object_id", contest->object_id);
        eg_write_key(w, "ballot_selections");
        eg_write_array(w, contest->selection_count);
        for (size_t j = 0; j < contest->selection_count; j++) {
            write_selection(w, &contest->selections[j]);
        }
        eg_write_end(w);
        eg_write_end(w);
    }
    eg_write_end(w);
    eg_write_end(w);
}

static eg_result keep_text(eg_str *out, const eg_plain_ballot *ballot, eg_arena *keep,
                           eg_error *err)
{
    eg_buf text;
    eg_writer w;
    eg_buf_init(&text, NULL);
    eg_writer_init(&w, &text, EG_STYLE_JSON);
    write_ballot(&w, ballot);
    eg_result result = eg_buf_check(&text, err);
    result = eg_failed(result) ? result : eg_arena_copy_str(keep, eg_buf_str(&text), out, err);
    eg_buf_free(&text);
    return result;
}

eg_result eg_plain_vote_take(eg_vote *out, const eg_plain_ballot *ballot,
                             const eg_manifest_index *index, eg_arena *keep, eg_arena *scratch,
                             const eg_path *path, eg_error *err)
{
    const char *fault = eg_record_id_fault(ballot->object_id);
    eg_path id = eg_path_field(path, "object_id");
    eg_plain_ballot filled = {.contest_count = 0};
    if (fault != NULL) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &id, "%s", fault);
    }
    EG_TRY(eg_plain_ballot_fill(&filled, ballot, index, scratch, path, err));
    EG_TRY(eg_plain_ballot_judge(&filled, ballot, index, scratch, path, err));
    *out = (eg_vote){.choice_count = 0};
    EG_TRY(eg_arena_copy_str(keep, ballot->object_id, &out->ballot_id, err));
    return keep_text(&out->plain, ballot, keep, err);
}

/* ---- counting ---- */

/* Which place each contest's first count has. */
static eg_result find_places(size_t **out, const eg_manifest *manifest, eg_arena *arena,
                             eg_error *err)
{
    size_t place = 0;
    EG_TRY(eg_arena_new(arena, manifest->contest_count, sizeof **out, out, err));
    for (size_t i = 0; i < manifest->contest_count; i++) {
        (*out)[i] = place;
        place += manifest->contests[i].selection_count;
    }
    return EG_SUCCESS;
}

static void count_contest(uint64_t counts[], const eg_plain_contest *contest, size_t seats)
{
    size_t chosen = 0;
    for (size_t i = 0; i < contest->selection_count; i++) {
        chosen += contest->selections[i].vote > 0;
    }
    for (size_t i = 0; i < contest->selection_count && chosen <= seats; i++) {
        counts[i] += contest->selections[i].vote > 0;
    }
}

static eg_result count_ballot(uint64_t counts[], const eg_vote *vote,
                              const eg_manifest_index *index, const size_t places[],
                              eg_arena *scratch, eg_error *err)
{
    eg_plain_ballot ballot = {.contest_count = 0}, filled = {.contest_count = 0};
    eg_node node;
    EG_TRY(eg_tree_parse(&node, EG_JSON, vote->plain, 0, scratch, NULL, err));
    EG_TRY(eg_plain_ballot_read(&ballot, &node, NULL, scratch, err));
    EG_TRY(eg_plain_ballot_fill(&filled, &ballot, index, scratch, NULL, err));
    for (size_t i = 0; i < filled.contest_count; i++) {
        size_t at = 0;
        EG_BUG_IF(err, !eg_str_index_find(&index->contests, filled.contests[i].object_id, &at));
        count_contest(&counts[places[at]], &filled.contests[i],
                      index->manifest->contests[at].number_elected);
    }
    return EG_SUCCESS;
}

static eg_result count_all(uint64_t counts[], const eg_vote votes[], size_t count,
                           const eg_manifest *manifest, eg_arena *keep, eg_arena *scratch,
                           eg_error *err)
{
    eg_manifest_index index;
    size_t *places = NULL;
    EG_TRY(eg_manifest_index_init(&index, manifest, keep, err));
    EG_TRY(find_places(&places, manifest, keep, err));
    for (size_t i = 0; i < count; i++) {
        if (!votes[i].is_spoiled) {
            EG_TRY(count_ballot(counts, &votes[i], &index, places, scratch, err));
            eg_arena_reset(scratch);
        }
    }
    return EG_SUCCESS;
}

eg_result eg_plain_votes_count(uint64_t counts[], const eg_vote votes[], size_t count,
                               const eg_manifest *manifest, eg_error *err)
{
    eg_arena keep, scratch;
    eg_arena_init(&keep, NULL);
    eg_arena_init(&scratch, NULL);
    eg_result result = count_all(counts, votes, count, manifest, &keep, &scratch, err);
    eg_arena_free(&scratch);
    eg_arena_free(&keep);
    return result;
}
