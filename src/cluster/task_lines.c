#include "cluster/task_lines.h"

#include "client/answer_check.h"
#include "cluster/blind.h"
#include "cluster/objects.h"
#include "cluster/vote_lines.h"

static void add_line(eg_buf *out, eg_str line)
{
    const bool has_end = line.len > 0 && line.data[line.len - 1] == '\n';
    eg_buf_append_str(out, line);
    eg_buf_append_str(out, has_end ? EG_STR("") : EG_STR("\n"));
}

/* ---- what is asked ---- */

static eg_result cast_ballots(eg_task_lines *out, const eg_run_plan *plan, size_t chunk,
                              eg_arena *arena, eg_error *err)
{
    const eg_vote *votes = eg_plan_votes_of(plan, chunk);
    const size_t count = eg_plan_chunk_size(plan, chunk);
    eg_str *lines = NULL;
    EG_TRY(eg_task_load_ballots(plan, chunk, &lines, arena, err));
    for (size_t i = 0; i < count; i++) {
        if (!votes[i].is_spoiled) {
            add_line(&out->lines, lines[i]);
        }
    }
    /* what was encrypted is an object already, unless some of it is not counted */
    out->kind = out->count == count ? EG_OBJECT_BALLOTS : EG_OBJECT_CAST;
    return EG_SUCCESS;
}

/* The tallies of the level below, but those in which nothing is counted. */
static eg_result parts_of_sum(eg_task_lines *out, const eg_run_plan *plan, const eg_task *task,
                              eg_arena *arena, eg_error *err)
{
    const unsigned level = task->level - 1;
    const size_t first = (task->number - 1) * EG_SUM_TALLIES + 1;
    out->kind = EG_OBJECT_PARTS;
    for (size_t i = first; i < first + EG_SUM_TALLIES && i <= eg_plan_sums_on(plan, level); i++) {
        const eg_task part = {level == 0 ? EG_TASK_TALLY : EG_TASK_SUM, level, i};
        eg_str tally;
        if (eg_task_ballots(plan, &part) > 0) {
            EG_TRY(eg_run_folder_need(plan->folder, eg_task_file(plan, &part).text,
                                      EG_RUN_FILE_BYTES_MAX, &tally, arena, err));
            add_line(&out->lines, tally);
        }
    }
    return EG_SUCCESS;
}

static eg_result make(eg_task_lines *out, const eg_run_plan *plan, const eg_task *task,
                      eg_arena *arena, eg_error *err)
{
    char blind[EG_BLIND_HEX + 1];
    switch (task->stage) {
    case EG_TASK_ENCRYPT:
        out->kind = EG_OBJECT_VOTES;
        EG_TRY(eg_blind_of_chunk(blind, plan->folder, task->number, arena, err));
        eg_vote_lines_write(&out->lines, eg_plan_votes_of(plan, task->number), out->count, blind);
        return EG_SUCCESS;
    case EG_TASK_TALLY:
        return cast_ballots(out, plan, task->number, arena, err);
    case EG_TASK_SUM:
        break;
    }
    return parts_of_sum(out, plan, task, arena, err);
}

eg_result eg_task_lines_make(eg_task_lines *out, const eg_run_plan *plan, const eg_task *task,
                             eg_arena *arena, eg_error *err)
{
    *out = (eg_task_lines){.count = (uint32_t)eg_task_ballots(plan, task)};
    eg_buf_init(&out->lines, NULL);
    eg_result result = make(out, plan, task, arena, err);
    result = eg_failed(result) ? result : eg_buf_check(&out->lines, err);
    if (eg_failed(result)) {
        eg_buf_free(&out->lines);
    }
    return result;
}

/* ---- what is answered ---- */

static eg_result judge_ballots(const eg_run_plan *plan, size_t chunk, eg_str text, eg_arena *arena,
                               eg_error *err)
{
    const eg_vote *votes = eg_plan_votes_of(plan, chunk);
    const size_t count = eg_plan_chunk_size(plan, chunk);
    eg_str *lines = NULL;
    EG_TRY(eg_arena_new(arena, count, sizeof *lines, &lines, err));
    EG_TRY(eg_run_folder_split("object", text, lines, count, err));
    for (size_t i = 0; i < count; i++) {
        EG_TRY(eg_answer_ballot_check(lines[i], votes[i].ballot_id, err));
    }
    return EG_SUCCESS;
}

eg_result eg_task_lines_keep(const eg_run_plan *plan, const eg_task *task, eg_str lines,
                             eg_arena *arena, eg_error *err)
{
    if (task->stage == EG_TASK_ENCRYPT) {
        EG_TRY(judge_ballots(plan, task->number, lines, arena, err));
    } else {
        lines.len -= lines.len > 0 && lines.data[lines.len - 1] == '\n';
        EG_TRY(eg_answer_tally_check(lines, eg_task_ballots(plan, task), err));
    }
    return eg_task_keep(plan, task, lines, err);
}
