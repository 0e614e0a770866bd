/* A request in work: its stages, the bytes that came and the bytes that go. All fields are under
 * the queue's lock unless said otherwise. The I/O thread and the compute threads meet here and
 * nowhere else. */
#ifndef EG_SERVER_WORK_JOB_H
#define EG_SERVER_WORK_JOB_H

#include "server/board/scoreboard.h"

#include "api/endpoint.h"

struct eg_queue;

enum {
    EG_OUTPUT_WINDOW = 16, /* output units computed ahead of what was sent */
    EG_JOB_PARTS_MAX = EG_OUTPUT_WINDOW + 2,
    EG_OUTPUT_WINDOW_TIGHT = 2,         /* the same while memory is short */
    EG_INPUT_WINDOW = 1024 * 1024,      /* bytes of a body that may wait to be decoded */
    EG_INPUT_LOW = EG_INPUT_WINDOW / 2, /* a full window takes more once so few are left */
    EG_ITEM_WINDOW = 16,                /* items handed out before feed has to wait for them */
    EG_JOB_TRANSPORT_BYTES = 160 * 1024 /* counted for a job's connection: buffers in and out */
};

typedef enum eg_phase {
    EG_PHASE_INPUT, /* begin, feed, items */
    EG_PHASE_PLAN,
    EG_PHASE_COMPUTE, /* then the head */
    EG_PHASE_OUTPUT,  /* then the tail */
    EG_PHASE_DONE,    /* every byte of the answer is ready */
    EG_PHASE_FAILED   /* error holds why; other units may still run */
} eg_phase;

/* What a connection waits for while it is suspended. */
typedef enum eg_awaited {
    EG_AWAITS_NOTHING, /* it is not suspended */
    EG_AWAITS_ROOM,    /* for more of the body */
    EG_AWAITS_ANSWER,  /* that can be begun */
    EG_AWAITS_OUTPUT   /* the next bytes of an answer that was begun */
} eg_awaited;

typedef struct eg_input {
    struct eg_input *next;
    size_t len;
    char bytes[];
} eg_input;

typedef struct eg_job {
    struct eg_job *next, *previous;             /* every job of the queue */
    struct eg_job *ready_next, *ready_previous; /* those that have a unit to run, in turn */
    bool listed, ready;
    struct eg_queue *queue; /* constant */
    eg_call call;           /* constant but for what the endpoint writes */
    eg_request request;     /* constant */
    eg_arena arena;         /* by the endpoint, see endpoint.h */
    eg_budget budget;
    pthread_mutex_t arena_lock;
    uint64_t started_ns, deadline_ns; /* constant */
    eg_flight *flight;                /* or NULL */

    uint64_t turn_ns; /* of its turn in the queue: used so far */
    eg_phase phase;
    bool begun;       /* by the feeding thread */
    unsigned running; /* units in work */
    bool serial;      /* a serial stage is in work */
    bool feeding;     /* feed is in work (items may run beside it) */
    eg_input *input_head, *input_tail;
    size_t input_bytes;  /* pending */
    bool input_complete; /* the last byte has come */
    bool last_fed;
    void **items; /* owned */
    size_t item_count, item_capacity, item_next;
    bool item_lost; /* no memory for one: the job fails */
    size_t unit_next, unit_count;
    bool rounds_done; /* no round of compute units comes any more */

    eg_error error;
    size_t error_index; /* of the unit that failed: the lowest is reported */

    eg_buf head, tail;             /* written without the lock before *_ready is set */
    eg_buf slot[EG_OUTPUT_WINDOW]; /* unit i in slot i % EG_OUTPUT_WINDOW */
    bool slot_ready[EG_OUTPUT_WINDOW];
    size_t sent_units;
    size_t reserved_window; /* units for which memory is set aside; 0: none is */
    bool head_ready, tail_ready;
    size_t sent_bytes; /* of the buffer being sent */
    enum { EG_SENDING_HEAD, EG_SENDING_UNITS, EG_SENDING_TAIL, EG_SENT } sending;

    _Atomic bool stopped; /* nobody waits for the answer any more, or it is too late */
    bool abandoned;       /* the connection is gone: the queue frees the job */
    void *connection;     /* for the I/O thread */
    eg_awaited awaited;   /* the connection is suspended until it is there */
    void (*resume)(struct eg_job *job);
    int wake_fd; /* eventfd: ends the wait of the I/O thread; used by resume. Borrowed */
} eg_job;

/* What of the service's memory requests may hold that have not begun to answer. */
static inline size_t eg_memory_for_input(size_t limit_bytes)
{
    return limit_bytes / 8 * 5;
}

/* NULL when memory runs out, also of `parent`, to which the job's fixed memory is charged.
 * request's strings are copied into the job. */
eg_job *eg_job_new(const eg_endpoint *endpoint, const eg_request *request,
                   const eg_api_settings *settings, eg_budget *parent, uint64_t started_ns,
                   uint64_t timeout_ns);
void eg_job_free(eg_job *job); /* nothing of it runs */

void eg_input_free(eg_job *job, eg_input *input); /* wipes; NULL is fine */

/* Copies what is ready of the answer, at most room bytes; moves on. 0: nothing is ready now, or all
 * was sent (job->sending says which). Under the queue's lock. */
size_t eg_job_take_output(eg_job *job, char *to, size_t room);
/* Moves on behind units that are ready and wrote nothing, where all before them was sent: nobody
 * comes to take them. Under the queue's lock. */
void eg_job_pass_empty(eg_job *job);
/* Is it there? A failure is, whatever is waited for. Under the queue's lock. */
bool eg_job_has(eg_job *job, eg_awaited awaited);
/* An answer that is complete and of which nothing was taken, in the order in which it is sent; how
 * many parts. They stay where they are until the job is freed. */
size_t eg_job_parts(const eg_job *job, eg_str parts[EG_JOB_PARTS_MAX]);

#endif
