#include "election/ballot_fill.h"

#include "base/secret.h"
#include "election/plain_contest.h"

eg_result eg_manifest_index_init(eg_manifest_index *out, const eg_manifest *manifest,
                                 eg_arena *arena, eg_error *err)
{
    const eg_contest_description *contests = manifest->contests;
    const eg_ballot_style *styles = manifest->styles;
    out->manifest = manifest;
    EG_TRY(eg_str_index_init(&out->styles, manifest->style_count == 0 ? NULL : &styles[0].object_id,
                             sizeof *styles, manifest->style_count, arena, err));
    EG_TRY(eg_str_index_init(&out->contests,
                             manifest->contest_count == 0 ? NULL : &contests[0].object_id,
                             sizeof *contests, manifest->contest_count, arena, err));
    EG_TRY(eg_arena_new(arena, manifest->contest_count, sizeof *out->selections, &out->selections,
                        err));
    for (size_t i = 0; i < manifest->contest_count; i++) {
        const eg_selection_description *selections = contests[i].selections;
        EG_TRY(eg_str_index_init(&out->selections[i], &selections[0].object_id, sizeof *selections,
                                 contests[i].selection_count, arena, err));
    }
    return EG_SUCCESS;
}

/* ---- filling ---- */

static eg_result find_style(const eg_ballot_style **out, const eg_plain_ballot *ballot,
                            const eg_manifest_index *index, const eg_path *path, eg_error *err)
{
    size_t place;
    eg_path at = eg_path_field(path, "style_id");
    if (!eg_str_index_find(&index->styles, ballot->style_id, &place)) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, &at,
                       "the ballot style is not one of the election");
    }
    *out = &index->manifest->styles[place];
    if ((*out)->contest_count == 0) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at, "there is no contest of this ballot style");
    }
    return EG_SUCCESS;
}

/* A contest of the style without a vote. */
static eg_result empty_contest(eg_plain_contest *out, const eg_contest_description *description,
                               eg_arena *arena, eg_error *err)
{
    eg_plain_selection *selections;
    EG_TRY(eg_arena_new(arena, description->selection_count, sizeof *selections, &selections, err));
    for (size_t i = 0; i < description->selection_count; i++) {
        selections[i].object_id = description->selections[i].object_id;
    }
    *out = (eg_plain_contest){description->object_id, selections, description->selection_count};
    return EG_SUCCESS;
}

/* Where a contest of the ballot stands among those of the style. */
static bool place_in_style(size_t *place, const eg_ballot_style *style, size_t contest)
{
    size_t low = 0, high = style->contest_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (style->contests[middle] < contest) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *place = low;
    return low < style->contest_count && style->contests[low] == contest;
}

static eg_result fill_selections(eg_plain_contest *out, bool seen[], const eg_plain_contest *from,
                                 const eg_str_index *index, const eg_path *at, eg_error *err)
{
    eg_plain_selection *to = (eg_plain_selection *)(uintptr_t)out->selections;
    eg_path list = eg_path_field(at, "ballot_selections");
    for (size_t j = 0; j < from->selection_count; j++) {
        const eg_plain_selection *s = &from->selections[j];
        eg_path item = eg_path_index(&list, j);
        eg_path id = eg_path_field(&item, "object_id");
        eg_path vote = eg_path_field(&item, "vote");
        size_t i;
        if (!eg_str_index_find(index, s->object_id, &i)) {
            return EG_FAIL(err, EG_E_UNKNOWN_CANDIDATE, &id,
                           "the contest has no selection of that id in the manifest");
        }
        if (seen[i]) {
            return EG_FAIL(err, EG_E_DUPLICATE, &id, "the selection stands twice in the contest");
        }
        bool in_range = (s->vote & ~(int64_t)1) == 0;
        eg_declassify(&in_range, sizeof in_range); /* the caller is told */
        if (!in_range) {
            return EG_FAIL(err, EG_E_OUT_OF_RANGE, &vote, "'vote' must be 0 or 1");
        }
        seen[i] = true;
        to[i].vote = s->vote;
        to[i].write_in = s->write_in;
        to[i].place = (uint32_t)j;
    }
    return EG_SUCCESS;
}

static eg_result fill_contest(eg_plain_contest out[], bool seen[], const eg_plain_contest *from,
                              const eg_ballot_style *style, const eg_manifest_index *index,
                              eg_arena *arena, const eg_path *at, eg_error *err)
{
    size_t contest, place;
    bool *selected;
    eg_path id = eg_path_field(at, "object_id");
    if (!eg_str_index_find(&index->contests, from->object_id, &contest) ||
        !place_in_style(&place, style, contest)) {
        return EG_FAIL(err, EG_E_WRONG_ELECTION, &id, "the contest is not one of the ballot style");
    }
    if (seen[place]) {
        return EG_FAIL(err, EG_E_DUPLICATE, &id, "the contest stands twice on the ballot");
    }
    seen[place] = true;
    EG_TRY(eg_arena_new(arena, out[place].selection_count, sizeof *selected, &selected, err));
    return fill_selections(&out[place], selected, from, &index->selections[contest], at, err);
}

eg_result eg_plain_ballot_fill(eg_plain_ballot *out, const eg_plain_ballot *ballot,
                               const eg_manifest_index *index, eg_arena *arena, const eg_path *path,
                               eg_error *err)
{
    const eg_ballot_style *style = NULL;
    eg_plain_contest *contests;
    bool *seen;
    eg_path list = eg_path_field(path, "contests");
    EG_TRY(find_style(&style, ballot, index, path, err));
    EG_TRY(eg_arena_new(arena, style->contest_count, sizeof *contests, &contests, err));
    EG_TRY(eg_arena_new(arena, style->contest_count, sizeof *seen, &seen, err));
    for (size_t i = 0; i < style->contest_count; i++) {
        EG_TRY(empty_contest(&contests[i], &index->manifest->contests[style->contests[i]], arena,
                             err));
    }
    for (size_t i = 0; i < ballot->contest_count; i++) {
        eg_path at = eg_path_index(&list, i);
        EG_TRY(fill_contest(contests, seen, &ballot->contests[i], style, index, arena, &at, err));
    }
    *out = (eg_plain_ballot){ballot->object_id, ballot->style_id, contests, style->contest_count};
    return EG_SUCCESS;
}

/* ---- judging ---- */

static eg_result judge_contest(const eg_plain_contest *plain,
                               const eg_contest_description *description, eg_arena *scratch,
                               eg_error *err)
{
    bool *votes;
    uint8_t data[EG_PADDED_BYTES];
    size_t count = description->selection_count + description->placeholder_count;
    EG_TRY(eg_arena_new(scratch, count, sizeof *votes, &votes, err));
    eg_result r = eg_plain_contest_judge(votes, data, plain, description, scratch, err);
    eg_wipe(votes, count * sizeof *votes);
    eg_wipe(data, sizeof data);
    return r;
}

/* A contest that the ballot leaves out has no fault. */
static eg_result refuse_contest(const eg_plain_ballot *ballot, eg_str id, const eg_error *found,
                                const eg_path *path, eg_error *err)
{
    eg_path list = eg_path_field(path, "contests");
    const eg_plain_contest *named = eg_plain_contest_find(ballot, id, 0);
    EG_BUG_IF(err, named == NULL);
    eg_path at = eg_path_index(&list, (size_t)(named - ballot->contests));
    return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at, "%s", found->text);
}

eg_result eg_plain_ballot_judge(const eg_plain_ballot *filled, const eg_plain_ballot *ballot,
                                const eg_manifest_index *index, eg_arena *scratch,
                                const eg_path *path, eg_error *err)
{
    const eg_ballot_style *style = NULL;
    EG_TRY(find_style(&style, filled, index, path, err));
    for (size_t i = 0; i < filled->contest_count; i++) {
        const eg_plain_contest *plain = &filled->contests[i];
        eg_error found = {.code = EG_OK};
        eg_result r =
            judge_contest(plain, &index->manifest->contests[style->contests[i]], scratch, &found);
        if (found.code == EG_E_TOO_LARGE || found.code == EG_E_OUT_OF_RANGE) {
            return refuse_contest(ballot, plain->object_id, &found, path, err);
        }
        if (eg_failed(r) && err != NULL) {
            *err = found;
        }
        EG_TRY(r);
    }
    return EG_SUCCESS;
}
