#include "client/plain_row.h"

#include "base/utf8.h"

static const char *const out_of_memory = "there is no memory for it";

const char *eg_plain_columns_read(eg_plain_columns *out, const eg_manifest_index *index,
                                  const eg_str fields[], size_t count, size_t *fault_field)
{
    *out = (eg_plain_columns){.count = count};
    *fault_field = EG_PLAIN_ROW_FIRST_CHOICE;
    if (count < EG_PLAIN_ROW_FIRST_CHOICE || !eg_str_equal(fields[1], EG_STR("style_id"))) {
        return "the second column must be style_id";
    }
    for (size_t i = EG_PLAIN_ROW_FIRST_CHOICE; i < count; i++) {
        *fault_field = i + 1;
        if (eg_utf8_is_blank(fields[i])) {
            return "a contest's id is needed";
        }
        if (!eg_str_index_find(&index->contests, fields[i], &out->contest_of[i])) {
            return "it is not the id of a contest of this election";
        }
    }
    return NULL;
}

/* ---- what a cell names ---- */

static const eg_candidate *find_candidate(const eg_manifest *manifest, eg_str id)
{
    for (size_t i = 0; i < manifest->candidate_count; i++) {
        if (eg_str_equal(manifest->candidates[i].object_id, id)) {
            return &manifest->candidates[i];
        }
    }
    return NULL;
}

/* In any language. */
static bool is_called(const eg_candidate *candidate, eg_str name)
{
    if (candidate == NULL) {
        return false;
    }
    if (candidate->name.kind == EG_TEXT_PLAIN) {
        return eg_str_equal(candidate->name.plain, name);
    }
    for (size_t i = 0; i < candidate->name.language_count; i++) {
        if (eg_str_equal(candidate->name.languages[i].value, name)) {
            return true;
        }
    }
    return false;
}

/* By its own id, its candidate's id, or its candidate's name where no other of the contest has it.
 */
static const char *find_selection(const eg_selection_description **out,
                                  const eg_manifest_index *index, size_t contest, eg_str cell)
{
    const eg_contest_description *c = &index->manifest->contests[contest];
    size_t at, found = 0;
    if (eg_str_index_find(&index->selections[contest], cell, &at)) {
        *out = &c->selections[at];
        return NULL;
    }
    for (size_t i = 0; i < c->selection_count; i++) {
        if (eg_str_equal(c->selections[i].candidate_id, cell)) {
            *out = &c->selections[i];
            return NULL;
        }
    }
    for (size_t i = 0; i < c->selection_count; i++) {
        if (is_called(find_candidate(index->manifest, c->selections[i].candidate_id), cell)) {
            *out = &c->selections[i];
            found++;
        }
    }
    return found == 1 ? NULL
           : found == 0
               ? "it names no selection of this contest"
               : "several candidates of this contest are called so: give the selection's id";
}

/* ---- rows ---- */

/* The contest of that id among those begun; a new one at the end. */
static eg_plain_contest *contest_of(eg_plain_contest contests[], size_t *count, eg_str id)
{
    for (size_t i = 0; i < *count; i++) {
        if (eg_str_equal(contests[i].object_id, id)) {
            return &contests[i];
        }
    }
    contests[*count] = (eg_plain_contest){.object_id = id};
    return &contests[(*count)++];
}

static const char *add_choice(eg_plain_contest *contest, const eg_selection_description *chosen,
                              size_t room, eg_arena *arena)
{
    eg_plain_selection *selections;
    for (size_t i = 0; i < contest->selection_count; i++) {
        if (eg_str_equal(contest->selections[i].object_id, chosen->object_id)) {
            return "it names a selection for the second time";
        }
    }
    if (contest->selection_count == 0) {
        contest->selections = eg_arena_alloc_array(arena, room, sizeof *selections);
    }
    if (contest->selections == NULL) {
        return out_of_memory;
    }
    selections = (eg_plain_selection *)(uintptr_t)contest->selections;
    selections[contest->selection_count++] =
        (eg_plain_selection){.object_id = chosen->object_id, .vote = 1};
    return NULL;
}

const char *eg_plain_row_read(eg_plain_ballot *out, const eg_plain_columns *columns,
                              const eg_manifest_index *index, const eg_str fields[], size_t count,
                              size_t *fault_field, eg_arena *arena)
{
    const eg_contest_description *descriptions = index->manifest->contests;
    eg_plain_contest *contests = eg_arena_alloc_array(arena, count, sizeof *contests);
    const eg_selection_description *chosen = NULL;
    size_t contest_count = 0;
    *fault_field = 2;
    if (contests == NULL) {
        return out_of_memory;
    }
    const eg_ballot_style *style = count < 2 ? NULL : eg_manifest_style(index->manifest, fields[1]);
    if (style == NULL) {
        return "it is not the id of a ballot style of this election";
    }
    for (size_t i = EG_PLAIN_ROW_FIRST_CHOICE; i < count; i++) {
        const size_t at = columns->contest_of[i];
        *fault_field = i + 1;
        if (eg_utf8_is_blank(fields[i])) {
            continue;
        }
        if (!eg_style_has_contest(style, &descriptions[at])) {
            return "the ballot's style does not have this contest";
        }
        const char *fault = find_selection(&chosen, index, at, fields[i]);
        if (fault == NULL) {
            eg_plain_contest *contest =
                contest_of(contests, &contest_count, descriptions[at].object_id);
            fault = add_choice(contest, chosen, count - EG_PLAIN_ROW_FIRST_CHOICE, arena);
        }
        if (fault != NULL) {
            return fault;
        }
    }
    *out = (eg_plain_ballot){fields[0], style->object_id, contests, contest_count};
    return NULL;
}
