/* How a job moves through the table of states: its next unit is taken and comes back, it fails or
 * is stopped from outside. All under the queue's lock; tells no thread. */
#ifndef EG_SERVER_WORK_JOB_UNITS_H
#define EG_SERVER_WORK_JOB_UNITS_H

#include "server/work/job.h"

typedef struct eg_unit {
    eg_unit_kind kind;
    eg_job *job;
    size_t index;
    void *item;
    eg_input *input;   /* EG_UNIT_FEED: owned */
    bool last;         /* EG_UNIT_FEED: the body ends with it */
    bool unfinished;   /* EG_UNIT_FEED: decodes to more than one unit takes; comes again */
    uint64_t taken_ns; /* by the clock of the thread, which brings it back too */
} eg_unit;

/* The only way from one state to another. What the table does not know is refused and logged:
 * false, and the job stays as it is. */
bool eg_job_enter(eg_job *job, eg_job_state to);

/* EG_UNIT_NONE: nothing, until a unit that runs comes back or something arrives or is sent. */
eg_unit_kind eg_job_next_unit(const eg_job *job);
/* How many could run now, if there were threads for all. */
size_t eg_job_waiting_units(const eg_job *job);
/* Takes it; there is one. */
void eg_job_take_unit(eg_job *job, eg_unit *unit);
/* A unit comes back; the job goes on to the states that follow. One that its state does not run is
 * a bug, of which the job fails. */
void eg_job_return_unit(eg_job *job, eg_unit *unit, eg_result result, const eg_error *error);

/* Of a unit, or of what belongs to it: the failure of the lowest index is kept. */
void eg_job_fail(eg_job *job, const eg_error *error, size_t index);
/* From outside: no further unit starts, and those that run are told. */
void eg_job_stop(eg_job *job, const eg_error *error);

#endif
