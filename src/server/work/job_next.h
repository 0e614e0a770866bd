/* What a job could do now: the unit that would be next, and how much of the service's memory it may
 * still take. All under the queue's lock. */
#ifndef EG_SERVER_WORK_JOB_NEXT_H
#define EG_SERVER_WORK_JOB_NEXT_H

#include "server/work/job.h"

typedef enum eg_unit_kind {
    EG_UNIT_NONE,
    EG_UNIT_FEED,
    EG_UNIT_ITEM,
    EG_UNIT_PLAN,
    EG_UNIT_COMPUTE,
    EG_UNIT_NEXT,
    EG_UNIT_FINISH,
    EG_UNIT_OUTPUT,
    EG_UNIT_TAIL,
    EG_UNIT_RELEASE /* of a large job that is abandoned; eg_queue_done frees it */
} eg_unit_kind;

/* EG_UNIT_NONE: nothing, until a unit that runs comes back or something arrives or is sent. */
eg_unit_kind eg_job_next_unit(const eg_job *job);

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
