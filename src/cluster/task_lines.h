/* What a task of a run is about, as the lines of an object, and what its result must be. */
#ifndef EG_CLUSTER_TASK_LINES_H
#define EG_CLUSTER_TASK_LINES_H

#include "client/run_task.h"
#include "cluster/task.h"

typedef struct eg_task_lines {
    const char *kind; /* the object's: objects.h */
    eg_buf lines;     /* initialised here, owned by the caller */
    uint32_t count;   /* as of eg_chunk_task */
} eg_task_lines;

/* What is read on the way is in arena. */
eg_result eg_task_lines_make(eg_task_lines *out, const eg_run_plan *plan, const eg_task *task,
                             eg_arena *arena, eg_error *err) EG_MUST_USE;

/* Judges a result's lines, and keeps them as the run keeps such a result, flushed to the disk:
 * ballots of the right ids, or a tally of as many ballots. EG_E_BAD_ENCODING, EG_E_INTERNAL...:
 * they are not what was asked for; EG_E_UNAVAILABLE: they cannot be written. */
eg_result eg_task_lines_keep(const eg_run_plan *plan, const eg_task *task, eg_str lines,
                             eg_arena *arena, eg_error *err) EG_MUST_USE;

#endif
