/* A request in work: its stages, the bytes that came and the bytes that go. All fields are under
 * the queue's lock unless said otherwise. The I/O thread and the compute threads meet here and
 * nowhere else. */
#ifndef EG_SERVER_WORK_JOB_H
#define EG_SERVER_WORK_JOB_H

#include "coding/coding.h"
#include "server/board/scoreboard.h"
#include "server/work/job_state.h"

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
    struct eg_job *next, *previous;             /* every job of the queue; NULL: not in it */
    struct eg_job *ready_next, *ready_previous; /* those that have a unit to run, in the order in
                                                   which they get time; NULL: has none */
    struct eg_queue *queue;                     /* constant */
    eg_noted noted;                             /* under arena_lock */
    eg_call call;                               /* constant but for what the endpoint writes */
    eg_request request;                         /* constant */
    eg_arena arena;                             /* by the endpoint, see endpoint.h */
    eg_budget budget;
    pthread_mutex_t arena_lock;
    uint64_t started_ns, deadline_ns; /* constant */
    eg_flight *flight;                /* or NULL */

    uint64_t slice_used_ns;       /* of its time slice in the queue */
    eg_job_state state;           /* changed by eg_job_enter alone */
    unsigned running;             /* units in work */
    size_t unit_next, unit_count; /* of the state, but for feed and items: taken, and in all */

    bool begun;   /* the endpoint's end is owed. By the feeding thread, without the lock */
    bool feeding; /* feed is in work (items may run beside it) */
    enum { EG_BODY_COMING, EG_BODY_IN, EG_BODY_FED } body; /* its last byte has come; is taken */
    eg_input *input_first, *input_last;
    size_t input_bytes;  /* pending */
    eg_decoder *decoder; /* of a coded body, or NULL. By the feeding thread, as the next two */
    size_t input_taken;  /* of the first input, that the decoder has */
    size_t decoded_bytes, decoded_limit_bytes;
    bool codes_answer; /* constant: as zstd frames */
    void **items;      /* owned */
    size_t item_count, item_capacity, item_next;

    eg_error error;
    size_t error_index; /* of the unit that failed: the lowest is reported */

    eg_buf answer_head, answer_tail; /* written without the lock by the unit that makes them */
    eg_buf slot[EG_OUTPUT_WINDOW];   /* unit i in slot i % EG_OUTPUT_WINDOW */
    bool slot_ready[EG_OUTPUT_WINDOW];
    size_t sent_units;
    size_t reserved_window; /* units for which memory is set aside; 0: none is */
    size_t sent_bytes;      /* of the buffer being sent */
    enum { EG_SENDING_ANSWER_HEAD, EG_SENDING_UNITS, EG_SENDING_ANSWER_TAIL, EG_SENT } sending;

    _Atomic bool stopped; /* what the state says of it, for units in work: without the lock */
    void *connection;     /* for the I/O thread */
    eg_awaited awaited;   /* the connection is suspended until it is there */
    void (*suspend)(struct eg_job *job); /* by the I/O thread, see eg_queue_await_room */
    void (*resume)(struct eg_job *job);
    int wake_fd; /* eventfd: ends the wait of the I/O thread; used by resume. Borrowed */
} eg_job;

/* NULL when memory runs out, also of `parent`, to which the job's fixed memory is charged.
 * request's strings are copied into the job. */
eg_job *eg_job_new(const eg_endpoint *endpoint, const eg_request *request,
                   const eg_api_settings *settings, eg_budget *parent, uint64_t started_ns,
                   uint64_t timeout_ns);
void eg_job_free(eg_job *job); /* nothing of it runs */

/* Before the job is queued: its body is coded so and decodes to so many bytes at most; its answer
 * is zstd or not. False without memory. */
bool eg_job_set_codings(eg_job *job, eg_coding body, size_t limit_bytes, bool codes_answer);

void eg_input_free(eg_job *job, eg_input *input); /* wipes; NULL is fine */

#endif
