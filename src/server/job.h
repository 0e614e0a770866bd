/* A request in work: its stages, the bytes that came and the bytes that go. All fields are under
 * the pool's lock unless said otherwise. The I/O thread and the compute threads meet here and
 * nowhere else. */
#ifndef EG_SERVER_JOB_H
#define EG_SERVER_JOB_H

#include "api/endpoint.h"

enum { EG_OUTPUT_WINDOW = 16 }; /* output units computed ahead of what was sent */

typedef enum eg_phase {
    EG_PHASE_INPUT, /* begin, feed, items */
    EG_PHASE_PLAN,
    EG_PHASE_COMPUTE,
    EG_PHASE_FINISH,
    EG_PHASE_OUTPUT,
    EG_PHASE_TAIL,
    EG_PHASE_DONE,  /* every byte of the answer is ready */
    EG_PHASE_FAILED /* error holds why */
} eg_phase;

typedef struct eg_input {
    struct eg_input *next;
    size_t len;
    char bytes[];
} eg_input;

typedef struct eg_job {
    struct eg_job *next, *previous; /* ring of active jobs */
    bool queued;                    /* in the ring */
    eg_call call;
    eg_request request;
    eg_arena arena;
    eg_budget budget;
    pthread_mutex_t arena_lock;
    uint64_t deadline_ns;
    uint64_t started_ns;

    eg_phase phase;
    bool begun;
    unsigned running; /* units in work */
    bool serial;      /* a serial stage is in work */
    bool feeding;     /* feed is in work (items may run beside it) */
    eg_input *input_head, *input_tail;
    size_t input_bytes;  /* pending */
    bool input_complete; /* the last byte has come */
    bool last_fed;
    void **items; /* malloc'ed */
    size_t item_count, item_capacity, item_next;
    size_t unit_next, unit_count;

    eg_error error;
    size_t error_index; /* of the unit that failed: the lowest is reported */

    eg_buf head, tail;
    eg_buf slot[EG_OUTPUT_WINDOW]; /* unit i in slot i % EG_OUTPUT_WINDOW */
    bool slot_ready[EG_OUTPUT_WINDOW];
    size_t sent_units;
    bool head_ready, tail_ready;
    size_t sent_bytes; /* of the buffer being sent */
    enum { EG_SENDING_HEAD, EG_SENDING_UNITS, EG_SENDING_TAIL, EG_SENT } sending;

    _Atomic bool stopped; /* nobody waits for the answer any more, or it is too late */
    bool abandoned;       /* the connection is gone: the pool frees the job */
    void *connection;     /* for the I/O thread */
    bool suspended;       /* the connection waits to be resumed */
    void (*resume)(struct eg_job *job);
} eg_job;

/* NULL when memory runs out. request's strings are copied into the job. */
eg_job *eg_job_new(const eg_endpoint *endpoint, const eg_request *request,
                   const eg_api_settings *settings, eg_budget *parent, uint64_t timeout_ns);
void eg_job_free(eg_job *job); /* nothing of it runs */

#endif
