/* How much of the service's memory a job may still take, and what is said when there is none. All
 * under the queue's lock but eg_job_reserve_output and what is for a single unit. */
#ifndef EG_SERVER_WORK_JOB_MEMORY_H
#define EG_SERVER_WORK_JOB_MEMORY_H

#include "server/work/job.h"

/* What of the service's memory requests may hold that have not begun to answer. */
static inline size_t eg_memory_for_input(size_t limit_bytes)
{
    return limit_bytes / 8 * 5;
}

/* How many units may be computed ahead of what was sent: fewer the more memory is in use, so that
 * clients that do not read cannot fill it with answers. */
size_t eg_job_output_window(const eg_job *job);
/* May its body take more? One request that alone makes memory tight may have the rest too. */
bool eg_job_may_grow(const eg_job *job);
void eg_job_no_memory(const eg_job *job, eg_error *error); /* the one or the other */
/* Sets aside what ending the answer will take, as the endpoint says, before its first byte. */
eg_result eg_job_reserve_output(eg_job *job, eg_error *err) EG_MUST_USE;
/* Memory that others hold is a matter of time, and the error is changed to say so; what would never
 * fit is the request's own size. */
void eg_job_judge_memory(const eg_job *job, eg_error *error);

#endif
