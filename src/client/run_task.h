/* The pieces of a run that may be done in any order and anywhere: a chunk encrypted (or, where it
 * came so, verified), a chunk tallied, tallies multiplied into one. Each is one request to a
 * service, from what the folder has to a file in it. All functions may be called from several
 * threads at once. */
#ifndef EG_CLIENT_RUN_TASK_H
#define EG_CLIENT_RUN_TASK_H

#include "client/run_folder_names.h"
#include "client/run_plan.h"

typedef enum eg_task_stage { EG_TASK_ENCRYPT, EG_TASK_TALLY, EG_TASK_SUM } eg_task_stage;

typedef struct eg_task {
    eg_task_stage stage;
    unsigned level; /* of a sum, from 1; else 0 */
    size_t number;  /* of the chunk, or of the sum on its level; from 1 */
} eg_task;

/* The file that holds its result. A task whose file is there is done: which answer it was that came
 * first does not matter. */
eg_run_name eg_task_file(const eg_run_plan *plan, const eg_task *task);
bool eg_task_is_done(const eg_run_plan *plan, const eg_task *task);
/* Ballots that it encrypts, or whose tally it makes. 0: there is nothing to ask a service. */
size_t eg_task_ballots(const eg_run_plan *plan, const eg_task *task);
/* "chunk 17", "the tally of chunk 17", "the tally of chunks 65 to 128". */
void eg_task_title(eg_buf *out, const eg_run_plan *plan, const eg_task *task);

/* A POST with Accept: EG_CHUNK_ACCEPT. body is initialised here and owned by the caller; that of
 * EG_TASK_ENCRYPT is secret. What is read on the way is in arena, and not needed afterwards. */
typedef struct eg_task_request {
    const char *path;
    eg_buf body;
} eg_task_request;
eg_result eg_task_ask(eg_task_request *out, const eg_run_plan *plan, const eg_task *task,
                      eg_arena *arena, eg_error *err) EG_MUST_USE;

/* Judges the answer, a map, and makes of it what is kept: text is initialised by the caller. */
eg_result eg_task_take(eg_buf *text, const eg_run_plan *plan, const eg_task *task,
                       const eg_node *answer, eg_arena *arena, eg_error *err) EG_MUST_USE;
/* Keeps such a text in the task's file, flushed to the disk. */
eg_result eg_task_keep(const eg_run_plan *plan, const eg_task *task, eg_str text,
                       eg_error *err) EG_MUST_USE;

/* The encrypted ballots of a chunk that is kept, in arena. */
eg_result eg_task_load_ballots(const eg_run_plan *plan, size_t chunk, eg_str **lines,
                               eg_arena *arena, eg_error *err) EG_MUST_USE;

#endif
