/* The answer as it becomes ready and goes. All under the queue's lock, unless said otherwise. */
#ifndef EG_SERVER_WORK_JOB_OUTPUT_H
#define EG_SERVER_WORK_JOB_OUTPUT_H

#include "server/work/job.h"

/* Copies what is ready of the answer, at most room bytes; moves on. 0: nothing is ready now, or all
 * was sent (job->sending says which). */
size_t eg_job_take_output(eg_job *job, char *to, size_t room);
/* Moves on behind units that are ready and wrote nothing, where all before them was sent: nobody
 * comes to take them. */
void eg_job_pass_empty(eg_job *job);
/* Is it there? A failure is, whatever is waited for. */
bool eg_job_has(eg_job *job, eg_awaited awaited);
/* Are there enough units of a streamed answer for the I/O thread to come for? */
bool eg_job_is_worth_sending(const eg_job *job);
/* An answer that is complete and of which nothing was taken, in the order in which it is sent; how
 * many parts. They stay where they are until the job is freed. Without the lock. */
size_t eg_job_parts(const eg_job *job, eg_str parts[EG_JOB_PARTS_MAX]);

#endif
