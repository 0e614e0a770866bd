#include "client/run_task.h"

#include "client/chunk_exchange.h"
#include "client/publish.h"

eg_run_name eg_task_file(const eg_run_plan *plan, const eg_task *task)
{
    switch (task->stage) {
    case EG_TASK_ENCRYPT:
        return eg_run_ballots(task->number);
    case EG_TASK_TALLY:
        return eg_run_chunk_tally(task->number);
    case EG_TASK_SUM:
        break;
    }
    return eg_plan_sums_on(plan, task->level) == 1 ? (eg_run_name){EG_RUN_TALLY}
                                                   : eg_run_sum(task->level, task->number);
}

bool eg_task_is_done(const eg_run_plan *plan, const eg_task *task)
{
    return eg_run_folder_has(plan->folder, eg_task_file(plan, task).text);
}

/* The chunks that a task is about. */
static void chunks_of(const eg_run_plan *plan, const eg_task *task, size_t *first, size_t *last)
{
    eg_plan_sum_chunks(plan, task->level, task->number, first, last);
}

size_t eg_task_ballots(const eg_run_plan *plan, const eg_task *task)
{
    size_t first, last;
    chunks_of(plan, task, &first, &last);
    return task->stage == EG_TASK_ENCRYPT ? eg_plan_chunk_size(plan, task->number)
                                          : eg_plan_cast_in(plan, first, last);
}

void eg_task_title(eg_buf *out, const eg_run_plan *plan, const eg_task *task)
{
    size_t first, last;
    chunks_of(plan, task, &first, &last);
    if (task->stage == EG_TASK_ENCRYPT) {
        eg_buf_printf(out, "chunk %zu", first);
    } else if (first == last) {
        eg_buf_printf(out, "the tally of chunk %zu", first);
    } else {
        eg_buf_printf(out, "the tally of chunks %zu to %zu", first, last);
    }
}

/* ---- what is asked ---- */

static eg_result load(const eg_run_plan *plan, const char *name, eg_str *out, eg_arena *arena,
                      eg_error *err)
{
    return eg_run_folder_need(plan->folder, name, EG_RUN_FILE_BYTES_MAX, out, arena, err);
}

eg_result eg_task_load_ballots(const eg_run_plan *plan, size_t chunk, eg_str **lines,
                               eg_arena *arena, eg_error *err)
{
    const eg_run_name name = eg_run_ballots(chunk);
    const size_t count = eg_plan_chunk_size(plan, chunk);
    eg_str text;
    EG_TRY(load(plan, name.text, &text, arena, err));
    EG_TRY(eg_arena_new(arena, count, sizeof **lines, lines, err));
    return eg_run_folder_split(name.text, text, *lines, count, err);
}

static eg_result ask_for_tally(eg_buf *body, const eg_run_plan *plan, size_t chunk, eg_arena *arena,
                               eg_error *err)
{
    const eg_vote *votes = eg_plan_votes_of(plan, chunk);
    eg_str *ballots = NULL;
    size_t cast = 0;
    EG_TRY(eg_task_load_ballots(plan, chunk, &ballots, arena, err));
    for (size_t i = 0; i < eg_plan_chunk_size(plan, chunk); i++) {
        if (!votes[i].is_spoiled) {
            ballots[cast++] = ballots[i];
        }
    }
    eg_tally_request_write(body, plan->spec, plan->ceremony, ballots, cast);
    return EG_SUCCESS;
}

/* A chunk of ballots as they were sent in. */
static eg_result load_encrypted(eg_str **texts, const eg_run_plan *plan, size_t chunk,
                                eg_arena *arena, eg_error *err)
{
    const size_t first = eg_plan_chunk_first(plan, chunk), count = eg_plan_chunk_size(plan, chunk);
    const eg_vote *votes = eg_plan_votes_of(plan, chunk);
    EG_TRY(eg_arena_new(arena, count, sizeof **texts, texts, err));
    for (size_t i = 0; i < count; i++) {
        EG_TRY(eg_encrypted_ballot_load(plan->encrypted, first + i, &votes[i], &(*texts)[i], arena,
                                        err));
    }
    return EG_SUCCESS;
}

static eg_result ask_to_verify(eg_buf *body, const eg_run_plan *plan, size_t chunk, eg_arena *arena,
                               eg_error *err)
{
    eg_str *texts = NULL;
    EG_TRY(load_encrypted(&texts, plan, chunk, arena, err));
    eg_verify_request_write(body, plan->spec, plan->ceremony, texts,
                            eg_plan_chunk_size(plan, chunk));
    return EG_SUCCESS;
}

/* The tallies of the level below, but those in which nothing is counted. */
static eg_result ask_for_sum(eg_buf *body, const eg_run_plan *plan, const eg_task *task,
                             eg_arena *arena, eg_error *err)
{
    const unsigned level = task->level - 1;
    const size_t first = (task->number - 1) * EG_SUM_TALLIES + 1;
    eg_str tallies[EG_SUM_TALLIES];
    size_t count = 0;
    for (size_t i = first; i < first + EG_SUM_TALLIES && i <= eg_plan_sums_on(plan, level); i++) {
        const eg_task part = {level == 0 ? EG_TASK_TALLY : EG_TASK_SUM, level, i};
        if (eg_task_ballots(plan, &part) > 0) {
            EG_TRY(load(plan, eg_task_file(plan, &part).text, &tallies[count++], arena, err));
        }
    }
    eg_sum_request_write(body, plan->spec, plan->ceremony, tallies, count);
    return EG_SUCCESS;
}

static eg_result ask(eg_task_request *out, const eg_run_plan *plan, const eg_task *task,
                     eg_arena *arena, eg_error *err)
{
    switch (task->stage) {
    case EG_TASK_ENCRYPT:
        if (plan->encrypted != NULL) {
            out->path = EG_PATH_VERIFY;
            return ask_to_verify(&out->body, plan, task->number, arena, err);
        }
        out->path = EG_PATH_ENCRYPT;
        eg_encrypt_request_write(&out->body, plan->spec, plan->ceremony,
                                 eg_plan_votes_of(plan, task->number),
                                 eg_plan_chunk_size(plan, task->number));
        return EG_SUCCESS;
    case EG_TASK_TALLY:
        out->path = EG_PATH_TALLY;
        return ask_for_tally(&out->body, plan, task->number, arena, err);
    case EG_TASK_SUM:
        break;
    }
    out->path = EG_PATH_SUM;
    return ask_for_sum(&out->body, plan, task, arena, err);
}

eg_result eg_task_ask(eg_task_request *out, const eg_run_plan *plan, const eg_task *task,
                      eg_arena *arena, eg_error *err)
{
    eg_buf_init(&out->body, NULL);
    eg_result result = ask(out, plan, task, arena, err);
    result = eg_failed(result) ? result : eg_buf_check(&out->body, err);
    if (eg_failed(result)) {
        eg_buf_free(&out->body);
    }
    return result;
}

/* ---- what is answered ---- */

static eg_result take_ballots(eg_buf *text, const eg_run_plan *plan, size_t chunk,
                              const eg_node *answer, eg_arena *arena, eg_error *err)
{
    const size_t count = eg_plan_chunk_size(plan, chunk);
    eg_str *published = NULL;
    EG_TRY(eg_arena_new(arena, count, sizeof *published, &published, err));
    EG_TRY(eg_encrypt_answer_read(published, answer, eg_plan_votes_of(plan, chunk), count, err));
    for (size_t i = 0; i < count; i++) {
        eg_buf_append_str(text, published[i]);
        eg_buf_append_char(text, '\n');
    }
    return EG_SUCCESS;
}

/* Verified, and from here on as those are that the service encrypted. */
static eg_result take_verified(eg_buf *text, const eg_run_plan *plan, size_t chunk,
                               const eg_node *answer, eg_arena *arena, eg_error *err)
{
    const size_t count = eg_plan_chunk_size(plan, chunk);
    const eg_vote *votes = eg_plan_votes_of(plan, chunk);
    eg_str *texts = NULL, line;
    EG_TRY(eg_verify_answer_check(answer, votes, count, err));
    EG_TRY(load_encrypted(&texts, plan, chunk, arena, err));
    for (size_t i = 0; i < count; i++) {
        EG_TRY(eg_submitted_ballot_text(
            &line, texts[i], votes[i].is_spoiled ? EG_BALLOT_SPOILED : EG_BALLOT_CAST, arena, err));
        eg_buf_append_str(text, line);
        eg_buf_append_char(text, '\n');
    }
    return EG_SUCCESS;
}

eg_result eg_task_take(eg_buf *text, const eg_run_plan *plan, const eg_task *task,
                       const eg_node *answer, eg_arena *arena, eg_error *err)
{
    eg_str tally;
    if (task->stage == EG_TASK_ENCRYPT) {
        EG_TRY(plan->encrypted == NULL
                   ? take_ballots(text, plan, task->number, answer, arena, err)
                   : take_verified(text, plan, task->number, answer, arena, err));
    } else {
        EG_TRY(eg_tally_answer_read(&tally, answer, eg_task_ballots(plan, task), arena, err));
        eg_buf_append_str(text, tally);
    }
    return eg_buf_check(text, err);
}

eg_result eg_task_keep(const eg_run_plan *plan, const eg_task *task, eg_str text, eg_error *err)
{
    return eg_run_folder_write(plan->folder, eg_task_file(plan, task).text, text, err);
}
