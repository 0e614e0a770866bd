#include "client/run_plan.h"

eg_result eg_run_plan_init(eg_run_plan *out, const eg_election_spec *spec,
                           const eg_ballot_file *ballots, const eg_run_folder *folder,
                           size_t chunk_ballots, eg_arena *arena, eg_error *err)
{
    const size_t chunks = (ballots->count + chunk_ballots - 1) / chunk_ballots;
    size_t *cast_before = NULL;
    EG_TRY(eg_arena_new(arena, chunks + 1, sizeof *cast_before, &cast_before, err));
    for (size_t i = 0; i < ballots->count; i++) {
        cast_before[i / chunk_ballots + 1] += !ballots->votes[i].is_spoiled;
    }
    for (size_t chunk = 1; chunk <= chunks; chunk++) {
        cast_before[chunk] += cast_before[chunk - 1];
    }
    *out = (eg_run_plan){.spec = spec,
                         .ballots = ballots,
                         .folder = folder,
                         .chunk_ballots = chunk_ballots,
                         .chunk_count = chunks,
                         .cast_before = cast_before};
    return EG_SUCCESS;
}

size_t eg_plan_chunk_first(const eg_run_plan *plan, size_t chunk)
{
    return (chunk - 1) * plan->chunk_ballots;
}

size_t eg_plan_chunk_size(const eg_run_plan *plan, size_t chunk)
{
    size_t left = plan->ballots->count - eg_plan_chunk_first(plan, chunk);
    return left < plan->chunk_ballots ? left : plan->chunk_ballots;
}

const eg_vote *eg_plan_votes_of(const eg_run_plan *plan, size_t chunk)
{
    return &plan->ballots->votes[eg_plan_chunk_first(plan, chunk)];
}

size_t eg_plan_cast_in(const eg_run_plan *plan, size_t first, size_t last)
{
    return plan->cast_before[last] - plan->cast_before[first - 1];
}

size_t eg_plan_sums_on(const eg_run_plan *plan, unsigned level)
{
    size_t count = plan->chunk_count;
    for (unsigned i = 0; i < level; i++) {
        count = (count + EG_SUM_TALLIES - 1) / EG_SUM_TALLIES;
    }
    return count;
}

unsigned eg_plan_levels(const eg_run_plan *plan)
{
    unsigned level = 1;
    while (eg_plan_sums_on(plan, level) > 1) {
        level++;
    }
    return level;
}

void eg_plan_sum_chunks(const eg_run_plan *plan, unsigned level, size_t number, size_t *first,
                        size_t *last)
{
    *first = number;
    *last = number;
    for (unsigned i = 0; i < level; i++) {
        *first = (*first - 1) * EG_SUM_TALLIES + 1;
        *last *= EG_SUM_TALLIES;
    }
    *last = *last < plan->chunk_count ? *last : plan->chunk_count;
}

/* A text as JSON, within a text of JSON: quotes and backslashes are escaped twice. */
static size_t written_twice(eg_str s)
{
    size_t bytes = s.len;
    for (size_t i = 0; i < s.len; i++) {
        bytes += s.data[i] == '"' || s.data[i] == '\\' ? 3 : 0;
    }
    return bytes;
}

size_t eg_plan_longest_body(const eg_run_plan *plan)
{
    enum { AROUND_ID = 5 }; /* quotes, each with a backslash, and a comma */
    const eg_ballot_file *ballots = plan->ballots;
    size_t bytes = plan->spec->manifest_text.len;
    for (size_t i = 0; i < ballots->count; i++) {
        const eg_vote *vote = &ballots->votes[i];
        bytes += vote->is_spoiled ? 0 : written_twice(vote->ballot_id) + AROUND_ID;
    }
    return bytes;
}
