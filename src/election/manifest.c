/* Building a manifest: the service's from names, placeholders and hashes for any. */
#include "election/manifest.h"

#include "base/str_index.h"
#include "election/manifest_parts.h"

#include <stdarg.h>
#include <stdio.h>

static eg_result format(eg_str *out, eg_arena *arena, eg_error *err, const char *pattern, ...)
    __attribute__((format(printf, 4, 5)));

static eg_result format(eg_str *out, eg_arena *arena, eg_error *err, const char *pattern, ...)
{
    va_list args;
    va_start(args, pattern);
    int n = vsnprintf(NULL, 0, pattern, args);
    va_end(args);
    EG_BUG_IF(err, n < 0);
    char *text = NULL;
    EG_TRY(eg_arena_new(arena, (size_t)n + 1, 1, &text, err));
    va_start(args, pattern);
    (void)vsnprintf(text, (size_t)n + 1, pattern, args);
    va_end(args);
    *out = (eg_str){text, (size_t)n};
    return EG_SUCCESS;
}

/* "<contest id>-<order>-<what>"; the id may hold any byte, NUL included */
static eg_result placeholder_name(eg_str *out, eg_arena *arena, eg_str contest_id, uint32_t order,
                                  const char *what, eg_error *err)
{
    char tail[48];
    int n = snprintf(tail, sizeof tail, "-%u-%s", order, what);
    char *text = NULL;
    EG_TRY(eg_arena_new(arena, contest_id.len + (size_t)n + 1, 1, &text, err));
    memcpy(text, contest_id.data, contest_id.len);
    memcpy(text + contest_id.len, tail, (size_t)n + 1);
    *out = (eg_str){text, contest_id.len + (size_t)n};
    return EG_SUCCESS;
}

static eg_result add_placeholders(eg_contest_description *contest, eg_arena *arena, eg_error *err)
{
    uint32_t highest = 0;
    for (size_t i = 0; i < contest->selection_count; i++) {
        uint32_t order = contest->selections[i].sequence_order;
        highest = order > highest ? order : highest;
    }
    eg_selection_description *placeholders = NULL;
    EG_TRY(eg_arena_new(arena, contest->number_elected, sizeof *placeholders, &placeholders, err));
    for (uint32_t i = 0; i < contest->number_elected; i++) {
        eg_selection_description *p = &placeholders[i];
        p->sequence_order = highest + 1 + i;
        EG_TRY(placeholder_name(&p->object_id, arena, contest->object_id, p->sequence_order,
                                "placeholder", err));
        EG_TRY(placeholder_name(&p->candidate_id, arena, contest->object_id, p->sequence_order,
                                "candidate", err));
        eg_selection_description_hash(&p->hash, p);
    }
    contest->placeholders = placeholders;
    contest->placeholder_count = contest->number_elected;
    return EG_SUCCESS;
}

static eg_result finish_contest(eg_contest_description *contest, eg_arena *arena, eg_error *err)
{
    for (size_t j = 0; j < contest->selection_count; j++) {
        eg_selection_description *s =
            (eg_selection_description *)(uintptr_t)&contest->selections[j];
        eg_selection_description_hash(&s->hash, s);
    }
    eg_contest_description_hash(&contest->hash, contest);
    return add_placeholders(contest, arena, err);
}

/* ---- the contests of a style ---- */

/* Where each contest's district stands among the units. */
static eg_result locate_districts(size_t districts[], const eg_manifest *m,
                                  const eg_str_index *units, eg_error *err)
{
    for (size_t i = 0; i < m->contest_count; i++) {
        bool found = eg_str_index_find(units, m->contests[i].electoral_district_id, &districts[i]);
        EG_BUG_IF(err, !found);
    }
    return EG_SUCCESS;
}

static eg_result list_contests(eg_ballot_style *style, const eg_manifest *m,
                               const eg_str_index *units, const size_t districts[], bool of_style[],
                               eg_arena *arena, eg_error *err)
{
    uint32_t *contests = NULL;
    size_t count = 0, unit;
    memset(of_style, 0, m->unit_count * sizeof *of_style);
    for (size_t k = 0; k < style->unit_ids.count; k++) {
        bool found = eg_str_index_find(units, style->unit_ids.items[k], &unit);
        EG_BUG_IF(err, !found);
        of_style[unit] = true;
    }
    for (size_t i = 0; i < m->contest_count; i++) {
        count += of_style[districts[i]] ? 1 : 0;
    }
    EG_TRY(eg_arena_new(arena, count, sizeof *contests, &contests, err));
    style->contests = contests;
    style->contest_count = count;
    for (size_t i = 0; i < m->contest_count; i++) {
        if (of_style[districts[i]]) {
            *contests++ = (uint32_t)i;
        }
    }
    return EG_SUCCESS;
}

static eg_result finish_styles(eg_manifest *m, eg_arena *arena, eg_error *err)
{
    eg_str_index units;
    size_t *districts = NULL;
    bool *of_style = NULL;
    EG_TRY(eg_str_index_init(&units, m->unit_count == 0 ? NULL : &m->units[0].object_id,
                             sizeof *m->units, m->unit_count, arena, err));
    EG_TRY(eg_arena_new(arena, m->contest_count, sizeof *districts, &districts, err));
    EG_TRY(eg_arena_new(arena, m->unit_count, sizeof *of_style, &of_style, err));
    EG_TRY(locate_districts(districts, m, &units, err));
    for (size_t i = 0; i < m->style_count; i++) {
        eg_ballot_style *style = (eg_ballot_style *)(uintptr_t)&m->styles[i];
        EG_TRY(list_contests(style, m, &units, districts, of_style, arena, err));
    }
    return EG_SUCCESS;
}

eg_result eg_manifest_finish(eg_manifest *manifest, eg_arena *arena, eg_error *err)
{
    for (size_t i = 0; i < manifest->contest_count; i++) {
        EG_TRY(finish_contest((eg_contest_description *)(uintptr_t)&manifest->contests[i], arena,
                              err));
    }
    EG_TRY(finish_styles(manifest, arena, err));
    bool dated = eg_manifest_own_hash(&manifest->hash, manifest);
    EG_BUG_IF(err, !dated);
    return EG_SUCCESS;
}

eg_result eg_manifest_complete(eg_manifest *manifest, eg_arena *arena, eg_error *err)
{
    eg_problems problems;
    EG_TRY(eg_problems_init(&problems, 1, arena, err));
    EG_TRY(eg_manifest_judge(manifest, &problems, NULL, arena, err));
    EG_TRY(eg_problems_first(&problems, err));
    return eg_manifest_finish(manifest, arena, err);
}

static eg_result complete_from_names(eg_manifest *manifest, eg_arena *arena, eg_error *err)
{
    eg_problems problems;
    EG_TRY(eg_problems_init(&problems, 1, arena, err));
    EG_TRY(eg_manifest_judge_from_names(manifest, &problems, arena, err));
    EG_TRY(eg_problems_first(&problems, err));
    return eg_manifest_finish(manifest, arena, err);
}

/* ---- the service's manifest (11.5) ---- */

static eg_result build_parties(eg_manifest *out, eg_arena *arena, const eg_str names[],
                               size_t count, eg_error *err)
{
    eg_party *parties = NULL;
    EG_TRY(eg_arena_new(arena, count, sizeof *parties, &parties, err));
    for (size_t i = 0; i < count; i++) {
        EG_TRY(format(&parties[i].object_id, arena, err, "party-%zu", i + 1));
        parties[i].name = (eg_text){.kind = EG_TEXT_PLAIN, .plain = names[i]};
        parties[i].abbreviation = (eg_opt_str){names[i], true};
    }
    out->parties = parties;
    out->party_count = count;
    return EG_SUCCESS;
}

/* Candidate i is of party i, whether there are so many parties or not: the hash covers parties, and
 * no candidate's. */
static eg_result build_candidates(eg_manifest *out, eg_arena *arena, const eg_str names[],
                                  size_t count, eg_error *err)
{
    eg_candidate *candidates = NULL;
    EG_TRY(eg_arena_new(arena, count, sizeof *candidates, &candidates, err));
    for (size_t i = 0; i < count; i++) {
        EG_TRY(format(&candidates[i].object_id, arena, err, "candidate-%zu", i + 1));
        candidates[i].name = (eg_text){.kind = EG_TEXT_PLAIN, .plain = names[i]};
        EG_TRY(format(&candidates[i].party_id.value, arena, err, "party-%zu", i + 1));
        candidates[i].party_id.present = true;
    }
    out->candidates = candidates;
    out->candidate_count = count;
    return EG_SUCCESS;
}

static eg_result build_contest(eg_manifest *out, eg_arena *arena, const eg_str names[],
                               size_t count, uint32_t votes, eg_error *err)
{
    eg_contest_description *contest = NULL;
    eg_selection_description *selections = NULL;
    EG_TRY(eg_arena_new(arena, 1, sizeof *contest, &contest, err));
    EG_TRY(eg_arena_new(arena, count, sizeof *selections, &selections, err));
    for (size_t i = 0; i < count; i++) {
        selections[i].object_id = names[i];
        selections[i].sequence_order = (uint32_t)i;
        selections[i].candidate_id = names[i];
    }
    contest->object_id = EG_STR("contest-1");
    contest->electoral_district_id = EG_STR("county-1");
    contest->vote_variation = votes > 1 ? EG_STR("n_of_m") : EG_STR("one_of_m");
    contest->number_elected = votes;
    contest->votes_allowed = votes;
    contest->has_votes_allowed = true;
    contest->name = EG_STR("County Executive");
    contest->selections = selections;
    contest->selection_count = count;
    out->contests = contest;
    out->contest_count = 1;
    return EG_SUCCESS;
}

static eg_result build_frame(eg_manifest *out, eg_arena *arena, eg_error *err)
{
    static const eg_str unit_ids[] = {{"county-1", 8}};
    eg_unit *unit = NULL;
    eg_ballot_style *style = NULL;
    EG_TRY(eg_arena_new(arena, 1, sizeof *unit, &unit, err));
    EG_TRY(eg_arena_new(arena, 1, sizeof *style, &style, err));
    unit->object_id = EG_STR("county-1");
    unit->name = EG_STR("County 1");
    unit->type = EG_STR("county");
    style->object_id = EG_STR("ballot-style-1");
    style->unit_ids = (eg_str_list){unit_ids, 1, true};
    *out = (eg_manifest){.election_scope_id = EG_STR("election-1"),
                         .spec_version = EG_STR("1.0"),
                         .type = EG_STR("general"),
                         .start_date = EG_STR("2025-01-01T00:00:00"),
                         .end_date = EG_STR("2025-01-01T00:00:00"),
                         .units = unit,
                         .unit_count = 1,
                         .styles = style,
                         .style_count = 1,
                         .name = {.kind = EG_TEXT_PLAIN, .plain = EG_STR("Test Election")}};
    return EG_SUCCESS;
}

eg_result eg_manifest_build_from_names(eg_manifest *out, eg_arena *arena,
                                       const eg_str party_names[], size_t party_count,
                                       const eg_str candidate_names[], size_t candidate_count,
                                       uint32_t max_choices, eg_error *err)
{
    eg_path candidates = eg_path_field(NULL, "candidate_names");
    eg_path parties = eg_path_field(NULL, "party_names");
    if (candidate_count < 1 || candidate_count > EG_CANDIDATES_MAX) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &candidates,
                       "'candidate_names' must hold 1 to %d names", EG_CANDIDATES_MAX);
    }
    if (party_count > EG_CANDIDATES_MAX) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &parties, "'party_names' must hold at most %d names",
                       EG_CANDIDATES_MAX);
    }
    uint32_t votes = max_choices < candidate_count ? max_choices : (uint32_t)candidate_count;
    EG_TRY(build_frame(out, arena, err));
    EG_TRY(build_parties(out, arena, party_names, party_count, err));
    EG_TRY(build_candidates(out, arena, candidate_names, candidate_count, err));
    EG_TRY(build_contest(out, arena, candidate_names, candidate_count, votes < 1 ? 1 : votes, err));
    eg_result result = complete_from_names(out, arena, err);
    if (result.code == EG_E_DUPLICATE) {
        return EG_FAIL(err, EG_E_DUPLICATE, &candidates, "'candidate_names' must all be different");
    }
    return result;
}

eg_result eg_manifest_build_service(eg_manifest *out, eg_arena *arena, const eg_str party_names[],
                                    size_t party_count, const eg_str candidate_names[],
                                    size_t candidate_count, uint32_t max_choices, eg_error *err)
{
    eg_path parties = eg_path_field(NULL, "party_names");
    if (party_count < candidate_count) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &parties,
                       "'party_names' must hold at least as many names as there are candidates");
    }
    return eg_manifest_build_from_names(out, arena, party_names, party_count, candidate_names,
                                        candidate_count, max_choices, err);
}

eg_str eg_text_shown(const eg_text *text)
{
    for (size_t i = 0; text->kind == EG_TEXT_LANGUAGES && i < text->language_count; i++) {
        if (text->languages[i].value.len > 0) {
            return text->languages[i].value;
        }
    }
    return text->kind == EG_TEXT_PLAIN ? text->plain : EG_STR("");
}

const eg_ballot_style *eg_manifest_style(const eg_manifest *manifest, eg_str style_id)
{
    for (size_t i = 0; i < manifest->style_count; i++) {
        if (eg_str_equal(manifest->styles[i].object_id, style_id)) {
            return &manifest->styles[i];
        }
    }
    return NULL;
}

bool eg_style_has_contest(const eg_ballot_style *style, const eg_contest_description *contest)
{
    for (size_t i = 0; i < style->unit_ids.count; i++) {
        if (eg_str_equal(style->unit_ids.items[i], contest->electoral_district_id)) {
            return true;
        }
    }
    return false;
}
