/* The seam between a run and those who do its work. The run knows which tasks (run_task.h) are
 * outstanding, hands them to an engine, and goes on with each as it is finished, in whatever order
 * that is. The engine knows services, or queues, and nothing of what comes next.
 *
 * An engine turns a task into a request with eg_task_ask, has a service answer it, makes of the
 * answer what is kept with eg_task_take, and keeps it with eg_task_keep: on the disk before the
 * task counts as finished. What a service refuses for now, or breaks off, is the engine's to
 * repeat; of several answers to one task any is right, and one is kept. */
#ifndef EG_CLIENT_ENGINE_H
#define EG_CLIENT_ENGINE_H

#include "client/run_task.h"

typedef struct eg_engine {
    void *context;
    size_t window; /* tasks that may be under way at once, at least 1 */
    /* Once, with the guardians known, before any task. plan outlives the engine's end. */
    eg_result (*begin)(void *context, const eg_run_plan *plan, eg_error *err);
    /* Never more than window at once, and none twice. Does not wait. */
    eg_result (*submit)(void *context, const eg_task *task, eg_error *err);
    /* Waits for one of those submitted to be finished, showing that time goes by; at least one is
     * under way. A failure is that of one task, named in the error, or of all: the run ends with
     * it. EG_E_CANCELLED: interrupted. */
    eg_result (*take)(void *context, eg_task *done, eg_error *err);
    /* Ends what is under way, within a second or so; nothing of the plan is used afterwards. Also
     * without begin, and again. */
    void (*end)(void *context);
} eg_engine;

#endif
