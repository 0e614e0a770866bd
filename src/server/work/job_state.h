/* The life of a job as one table: what may run in each state and how, what of the answer is there,
 * and which states may follow. Who moves a job asks it, so that nothing of the order is anywhere
 * else. Knows nothing of the job itself. */
#ifndef EG_SERVER_WORK_JOB_STATE_H
#define EG_SERVER_WORK_JOB_STATE_H

#include <stdbool.h>
#include <stddef.h>

/* What a compute thread takes: a stage of the endpoint, or one unit of a parallel one. */
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
    EG_UNIT_RELEASE /* of a large job that is abandoned: the queue frees it */
} eg_unit_kind;

typedef enum eg_job_state {
    EG_JOB_READING,   /* the body arrives: begin, feed, items */
    EG_JOB_PLANNING,  /* it is in, and every item is done */
    EG_JOB_COMPUTING, /* one round of compute units */
    EG_JOB_CHOOSING,  /* it is over: is there another one? */
    EG_JOB_FINISHING, /* finish, and the answer's head */
    EG_JOB_WRITING,   /* output units, in a bounded window */
    EG_JOB_ENDING,    /* the tail */
    EG_JOB_DONE,      /* every byte of the answer is ready */
    EG_JOB_FAILING, /* a unit has failed and others run: the lowest one's error will be reported */
    EG_JOB_FAILED,  /* none runs any more */
    EG_JOB_STOPPED, /* failed from outside: units that run are told to stop */
    EG_JOB_ABANDONED, /* the connection is gone: freed once nothing runs */
    EG_JOB_STATES
} eg_job_state;

/* Beside which other units of the same job one may run. */
typedef enum eg_unit_mode {
    EG_RUNS_ALONE,    /* serial: beside none, once in a state */
    EG_RUNS_IN_ORDER, /* beside those of other kinds */
    EG_RUNS_BESIDE    /* parallel: beside all */
} eg_unit_mode;

/* What there is of the answer. */
typedef enum eg_answer {
    EG_ANSWER_NONE,
    EG_ANSWER_BEGUN, /* its head is there; units follow */
    EG_ANSWER_WHOLE,
    EG_ANSWER_ERROR /* the job's error takes its place */
} eg_answer;

enum { EG_STATE_UNITS = 2 };

typedef struct eg_state_row {
    const char *name; /* "a job that is ..." */
    struct {
        eg_unit_kind kind; /* EG_UNIT_NONE: no more */
        eg_unit_mode mode;
    } units[EG_STATE_UNITS]; /* the first that there is comes first */
    bool moves_on;           /* by itself, when its units are done and none runs */
    eg_job_state next;       /* then */
    eg_job_state shortcut;   /* the same where there is no other round; else as next */
    unsigned from_outside;   /* bits 1 << state: what may follow at any time */
    eg_answer answer;
    bool failed; /* nothing starts any more, and the error is why */
    bool stops;  /* units that run are told so */
} eg_state_row;

const eg_state_row *eg_state(eg_job_state state);

bool eg_state_may_follow(eg_job_state from, eg_job_state to);
bool eg_state_runs(eg_job_state state, eg_unit_kind kind);

#endif
