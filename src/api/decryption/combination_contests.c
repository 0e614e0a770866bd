/* Of an election from a manifest: how many of the counted ballots have each contest, by their
 * styles. A tally does not tell; the ballots submitted with it do, where all of them are.
 * Source: docs/api-contract.md 5. */
#include "api/decryption/combination.h"

/* ---- before anything is computed ---- */

static eg_result refuse_style(size_t at, bool named, eg_error *err)
{
    eg_path list = eg_path_field(NULL, "submitted_ballots");
    eg_path ballot = eg_path_index(&list, at);
    eg_path path = eg_path_field(&ballot, "style_id");
    return named ? EG_FAIL(err, EG_E_WRONG_ELECTION, &path,
                           "the ballot style is not one of the election")
                 : EG_FAIL(err, EG_E_MISSING_FIELD, &path,
                           "a ballot of an election from a manifest names its style");
}

/* ballots[i]: how many have style i. *all: those are all that the tally counts. */
static eg_result count_styles(uint64_t ballots[], bool *all, const eg_tally_request *r,
                              eg_error *err)
{
    const eg_manifest *m = &r->election.manifest;
    const eg_tally_target *tally = &r->targets[0];
    eg_str_index styles;
    size_t style, place, counted = 0;
    EG_TRY(eg_str_index_init(&styles, m->style_count == 0 ? NULL : &m->styles[0].object_id,
                             sizeof *m->styles, m->style_count, r->intake.call->arena, err));
    for (size_t i = 0; i < r->submitted_count; i++) {
        const eg_submitted *ballot = r->submitted[i];
        if (ballot->style_id.len == 0 || !eg_str_index_find(&styles, ballot->style_id, &style)) {
            return refuse_style(i, ballot->style_id.len > 0, err);
        }
        if (eg_str_index_find(&tally->cast, ballot->id, &place)) {
            ballots[style]++;
            counted++;
        }
    }
    *all = counted == tally->tally->cast_count; /* ids differ, on both sides */
    return EG_SUCCESS;
}

eg_result eg_combination_contests_plan(eg_combination *c, eg_error *err)
{
    const eg_manifest *m = &c->request.election.manifest;
    eg_arena *arena = c->request.intake.call->arena;
    uint64_t *ballots, *ballots_of;
    bool all = false; /* gcc 14 */
    if (!c->request.election.from_manifest) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_str_index_init(&c->candidates,
                             m->candidate_count == 0 ? NULL : &m->candidates[0].object_id,
                             sizeof *m->candidates, m->candidate_count, arena, err));
    EG_TRY(eg_arena_new(arena, m->style_count, sizeof *ballots, &ballots, err));
    EG_TRY(eg_arena_new(arena, m->contest_count, sizeof *ballots_of, &ballots_of, err));
    EG_TRY(count_styles(ballots, &all, &c->request, err));
    for (size_t i = 0; i < m->style_count; i++) {
        for (size_t k = 0; k < m->styles[i].contest_count; k++) {
            ballots_of[m->styles[i].contests[k]] += ballots[i];
        }
    }
    c->ballots_of = all ? ballots_of : NULL;
    return EG_SUCCESS;
}

/* ---- when the counts are there ---- */

static eg_result refuse_votes(const eg_contest_description *contest, eg_error *err)
{
    eg_path tally = eg_path_field(NULL, "ciphertext_tally");
    eg_path list = eg_path_field(&tally, "contests");
    eg_path path = eg_path_key(&list, contest->object_id.data, contest->object_id.len);
    return EG_FAIL(err, EG_E_WRONG_ELECTION, &path,
                   "the contest has more votes than the ballots that have it by their 'style_id'");
}

/* A spoiled ballot's votes were proven, but only a tally verifies proofs. */
static eg_result check_ballot(const eg_combination *c, size_t target, eg_error *err)
{
    const eg_manifest *m = &c->request.election.manifest;
    const eg_tally_target *t = &c->request.targets[target];
    const eg_ballot_style *style = eg_manifest_style(m, t->submitted->ballot.style_id);
    const eg_plain_result *results = c->combined[target].results;
    for (size_t i = 0; i < style->contest_count; i++) {
        const eg_contest_description *d = &m->contests[style->contests[i]];
        if (eg_results_votes(results, d->selection_count) > d->number_elected) {
            eg_path list, ballot = eg_tally_target_path(&c->request, t, &list);
            eg_path contests = eg_path_field(&ballot, "contests");
            eg_path path = eg_path_index(&contests, i);
            return EG_FAIL(err, EG_E_PROOF_INVALID, &path,
                           "the contest has more votes than a ballot has there");
        }
        results += d->selection_count;
    }
    return EG_SUCCESS;
}

static eg_result check_tally(const eg_combination *c, eg_error *err)
{
    const eg_manifest *m = &c->request.election.manifest;
    const eg_plain_result *results = c->combined[0].results;
    for (size_t i = 0; c->ballots_of != NULL && i < m->contest_count; i++) {
        const eg_contest_description *d = &m->contests[i];
        if (eg_results_votes(results, d->selection_count) > d->number_elected * c->ballots_of[i]) {
            return refuse_votes(d, err);
        }
        results += d->selection_count;
    }
    return EG_SUCCESS;
}

eg_result eg_combination_contests_check(const eg_combination *c, eg_error *err)
{
    if (!c->request.election.from_manifest) {
        return EG_SUCCESS;
    }
    EG_TRY(check_tally(c, err));
    for (size_t i = c->request.tally_count; i < c->request.target_count; i++) {
        EG_TRY(check_ballot(c, i, err));
    }
    return EG_SUCCESS;
}
