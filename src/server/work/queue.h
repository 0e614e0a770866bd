/* The jobs of a worker and the units that compute threads take from them, one job after the other.
 *
 * A job is `ready` when it has a unit that may run now. Threads take the first ready job's next
 * unit; once the job has had its turn it stands behind the others, so that a small job waits for
 * one turn of each other job, whatever their sizes. Every change that may make a unit runnable ends
 * in a call that looks again; no thread ever searches. */
#ifndef EG_SERVER_WORK_QUEUE_H
#define EG_SERVER_WORK_QUEUE_H

#include "server/work/job_next.h"

typedef struct eg_queue {
    pthread_mutex_t lock; /* of every job's state too */
    pthread_cond_t work;  /* a job has become ready */
    eg_job *jobs;         /* ring of all */
    eg_job *ready;        /* ring of those with a unit to run: the next in turn */
    unsigned count;
    unsigned idle; /* threads that wait */
    bool closing;
    uint64_t turn_ns;      /* processor time a job gets before the next one; at least one unit */
    eg_counters *counters; /* of this worker */
} eg_queue;

typedef struct eg_unit {
    eg_unit_kind kind;
    eg_job *job;
    size_t index;
    void *item;
    eg_input *input;   /* EG_UNIT_FEED: owned */
    bool last;         /* EG_UNIT_FEED: the body ends with it */
    uint64_t taken_ns; /* by the clock of the thread, which brings it back too */
} eg_unit;

void eg_queue_init(eg_queue *queue, eg_counters *counters);

/* ---- for the I/O thread ---- */

void eg_queue_add(eg_queue *queue, eg_job *job);
/* The next bytes of the body; copied. Without memory, or when they are more than the endpoint takes
 * (limit_bytes over all), the job fails. Bytes behind a failure are dropped. */
void eg_queue_feed(eg_queue *queue, eg_job *job, const char *bytes, size_t n);
void eg_queue_feed_end(eg_queue *queue, eg_job *job);
/* Fails the job from outside: it is too late, or the body is too large. No further unit starts. */
void eg_queue_fail(eg_queue *queue, eg_job *job, const eg_error *error);
/* Fails every job that is past its deadline; how many. */
unsigned eg_queue_fail_late(eg_queue *queue, uint64_t now_ns);
/* The connection has ended: stops what still runs; the job is freed now, or when its last unit
 * comes back, or by a compute thread: wiping and unmapping a hundred megabytes takes tens of
 * milliseconds. */
void eg_queue_abandon(eg_queue *queue, eg_job *job);
/* What was sent makes room in the window. Under the lock. */
void eg_queue_sent(eg_queue *queue, eg_job *job);

/* ---- for the compute threads ---- */

/* Waits for a unit; false when the queue has closed and none is left. rest is called with `context`
 * once in each pause of a second or more. */
bool eg_queue_take(eg_queue *queue, eg_unit *unit, void (*rest)(void *context), void *context);
/* By a thread that asks for the next one: no other is called for what this makes runnable. */
void eg_queue_done(eg_queue *queue, eg_unit *unit, eg_result result, const eg_error *error);
void eg_queue_close(eg_queue *queue);

/* eg_call.add_item */
void eg_queue_add_item(eg_call *call, void *item);

#endif
