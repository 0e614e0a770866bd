/* The jobs of a worker and the units that compute threads take from them, one job after the other.
 *
 * A job is ready when it has a unit that may run now. Threads take the first ready job's next unit;
 * once the job has used its time slice it stands behind the others, so that a small job waits for
 * one slice of each other job, whatever their sizes. Every change that may make a unit runnable
 * ends in a call that looks again; no thread ever searches.
 *
 * The queue's lock is of every job's state too, and is taken here alone: what others want to know
 * of a job, or to wait for, is a function of the queue. */
#ifndef EG_SERVER_WORK_QUEUE_H
#define EG_SERVER_WORK_QUEUE_H

#include "server/work/job_units.h"

typedef struct eg_queue {
    pthread_mutex_t lock;
    pthread_cond_t work; /* a job has become ready */
    eg_job *jobs;        /* ring of all */
    eg_job *ready;       /* ring of those with a unit to run: the next one first */
    unsigned count;
    unsigned idle; /* threads that wait */
    bool closing;
    uint64_t slice_ns;     /* processor time a job gets before the next one; at least one unit */
    eg_counters *counters; /* of this worker */
} eg_queue;

void eg_queue_init(eg_queue *queue, eg_counters *counters);

/* What the compute threads do, and what is left to them. */
typedef struct eg_queue_load {
    unsigned busy;  /* units in work: each keeps a thread */
    size_t waiting; /* units that could run now if there were threads */
} eg_queue_load;

eg_queue_load eg_queue_look(eg_queue *queue);

/* ---- for the I/O thread ---- */

/* From here on the queue's: its suspend and resume are called under the lock, by the I/O thread and
 * by any. */
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
/* The client has gone while it was owed something: fails the job, unless its answer is complete. */
void eg_queue_client_left(eg_queue *queue, eg_job *job);

/* What becomes of further bytes of the body. */
typedef enum eg_input_state {
    EG_INPUT_TAKEN,
    EG_INPUT_FULL,    /* not now: the connection is suspended until there is room */
    EG_INPUT_UNKNOWN, /* they are dropped; with which error is not settled */
    EG_INPUT_REFUSED  /* they are dropped, and the job's error is final */
} eg_input_state;
eg_input_state eg_queue_await_room(eg_queue *queue, eg_job *job);

/* EG_ANSWER_NONE: the connection is suspended until there is one. An error is final. */
eg_answer eg_queue_await_answer(eg_queue *queue, eg_job *job);

typedef enum eg_output_state {
    EG_OUTPUT_TAKEN, /* bytes, which make room for units to come */
    EG_OUTPUT_NONE,  /* the connection is suspended until there are more */
    EG_OUTPUT_ENDED, /* all were taken */
    EG_OUTPUT_BROKEN /* the job has failed: see eg_queue_error */
} eg_output_state;
/* *n: the room, then how many bytes were taken. */
eg_output_state eg_queue_take_output(eg_queue *queue, eg_job *job, char *to, size_t *n);

bool eg_queue_has_failed(eg_queue *queue, eg_job *job); /* and its error is final */
void eg_queue_error(eg_queue *queue, const eg_job *job, eg_error *out);
bool eg_queue_is_suspended(eg_queue *queue, const eg_job *job); /* its connection */

/* ---- for the compute threads ---- */

/* Waits for a unit; false when the queue has closed and none is left. on_idle is called with
 * `context` once in each pause of a second or more. */
bool eg_queue_take(eg_queue *queue, eg_unit *unit, void (*on_idle)(void *context), void *context);
/* By a thread that asks for the next one: no other is called for what this makes runnable. */
void eg_queue_done(eg_queue *queue, eg_unit *unit, eg_result result, const eg_error *error);
void eg_queue_close(eg_queue *queue);

#endif
