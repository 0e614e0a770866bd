/* The ballots encrypted and tallied, chunk by chunk, and the tallies multiplied into one: what is
 * outstanding goes to the engine as fast as that takes it. */
#include "client/election_run_parts.h"

/* What one step has under way. */
typedef struct flow {
    eg_run_state *s;
    const eg_engine *engine;
    size_t under_way;
} flow;

static eg_result submit(flow *f, const eg_task *task, eg_error *err)
{
    EG_TRY(f->engine->submit(f->engine->context, task, err));
    f->under_way++;
    return EG_SUCCESS;
}

static eg_result take(flow *f, eg_task *done, eg_error *err)
{
    EG_TRY(f->engine->take(f->engine->context, done, err));
    f->under_way--;
    return EG_SUCCESS;
}

/* A tally, submitted, or kept at once where nothing is counted. */
static eg_result submit_tally(flow *f, const eg_task *task, size_t parts, eg_error *err)
{
    const eg_run_plan *plan = &f->s->plan;
    if (eg_task_ballots(plan, task) > 0) {
        return submit(f, task, err);
    }
    EG_TRY(eg_task_keep(plan, task, EG_STR("null\n"), err));
    eg_progress_add(f->s->progress, parts);
    return EG_SUCCESS;
}

/* ---- chunks ---- */

static eg_result submit_chunk_tally(flow *f, size_t chunk, eg_error *err)
{
    const eg_task tally = {EG_TASK_TALLY, 0, chunk};
    return submit_tally(f, &tally, eg_plan_chunk_size(&f->s->plan, chunk), err);
}

/* What is outstanding of a chunk; nothing may be. */
static eg_result begin_chunk(flow *f, size_t chunk, eg_error *err)
{
    const eg_run_plan *plan = &f->s->plan;
    const eg_task encrypt = {EG_TASK_ENCRYPT, 0, chunk};
    const eg_task tally = {EG_TASK_TALLY, 0, chunk};
    if (eg_task_is_done(plan, &tally)) {
        eg_progress_found(f->s->progress, eg_plan_chunk_size(plan, chunk));
        return EG_SUCCESS;
    }
    return eg_task_is_done(plan, &encrypt) ? submit_chunk_tally(f, chunk, err)
                                           : submit(f, &encrypt, err);
}

static eg_result go_on_with(flow *f, const eg_task *done, eg_error *err)
{
    if (done->stage == EG_TASK_ENCRYPT) {
        return submit_chunk_tally(f, done->number, err);
    }
    eg_progress_add(f->s->progress, eg_plan_chunk_size(&f->s->plan, done->number));
    return EG_SUCCESS;
}

static eg_result do_chunks(flow *f, eg_error *err)
{
    const size_t count = f->s->plan.chunk_count;
    eg_task done;
    eg_progress_step(f->s->progress, "ballots", f->s->run->ballots->count);
    for (size_t next = 1; next <= count || f->under_way > 0;) {
        if (next <= count && f->under_way < f->engine->window) {
            EG_TRY(begin_chunk(f, next++, err));
        } else {
            EG_TRY(take(f, &done, err));
            EG_TRY(go_on_with(f, &done, err));
        }
    }
    return EG_SUCCESS;
}

/* ---- one tally ---- */

/* How many tallies a sum is of. */
static size_t parts_of(const eg_run_plan *plan, const eg_task *sum)
{
    const size_t before = (sum->number - 1) * EG_SUM_TALLIES;
    const size_t left = eg_plan_sums_on(plan, sum->level - 1) - before;
    return left < EG_SUM_TALLIES ? left : EG_SUM_TALLIES;
}

static eg_result begin_sum(flow *f, const eg_task *sum, eg_error *err)
{
    const size_t parts = parts_of(&f->s->plan, sum);
    if (eg_task_is_done(&f->s->plan, sum)) {
        eg_progress_found(f->s->progress, parts);
        return EG_SUCCESS;
    }
    return submit_tally(f, sum, parts, err);
}

static eg_result do_level(flow *f, unsigned level, eg_error *err)
{
    const size_t count = eg_plan_sums_on(&f->s->plan, level);
    eg_task done;
    for (size_t next = 1; next <= count || f->under_way > 0;) {
        if (next <= count && f->under_way < f->engine->window) {
            const eg_task sum = {EG_TASK_SUM, level, next++};
            EG_TRY(begin_sum(f, &sum, err));
        } else {
            EG_TRY(take(f, &done, err));
            eg_progress_add(f->s->progress, parts_of(&f->s->plan, &done));
        }
    }
    return EG_SUCCESS;
}

static eg_result do_sums(flow *f, eg_error *err)
{
    const unsigned levels = eg_plan_levels(&f->s->plan);
    size_t parts = 0;
    for (unsigned level = 0; level < levels; level++) {
        parts += eg_plan_sums_on(&f->s->plan, level);
    }
    eg_progress_step(f->s->progress, "tally", parts);
    for (unsigned level = 1; level <= levels; level++) {
        EG_TRY(do_level(f, level, err));
    }
    return EG_SUCCESS;
}

eg_result eg_run_tally(eg_run_state *s, eg_error *err)
{
    flow f = {.s = s, .engine = s->run->engine};
    eg_result result = f.engine->begin(f.engine->context, &s->plan, err);
    result = eg_failed(result) ? result : do_chunks(&f, err);
    result = eg_failed(result) ? result : do_sums(&f, err);
    f.engine->end(f.engine->context);
    return result;
}
