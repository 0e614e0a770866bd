/* What the processes of the service know of each other: a block of shared memory, mapped before the
 * first fork. Any worker can so answer for the whole service, and the master sees who still lives.
 *
 * A field is written by the process that its comment names; everybody reads. All that changes is
 * atomic, so that a process may be killed at any point: what it leaves is old, never torn. */
#ifndef EG_SERVER_BOARD_SCOREBOARD_H
#define EG_SERVER_BOARD_SCOREBOARD_H

#include "base/arena.h"

#include <stdatomic.h>
#include <sys/types.h>

enum {
    EG_SLOTS_MAX = 576,      /* 256 workers, as many that retire, and room */
    EG_FLIGHTS_MAX = 4096,   /* requests in flight of one worker: the upper bound of max_jobs */
    EG_ENDPOINTS_MAX = 48,   /* rows of the route table and the server's own paths */
    EG_STATUSES = 16,        /* eg_score_statuses, the last one for all others */
    EG_LATENCY_BUCKETS = 14, /* eg_score_bounds_ms, and one beyond */
    EG_FLIGHT_ID_BYTES = 65
};

typedef enum eg_slot_state {
    EG_SLOT_FREE,
    EG_SLOT_STARTING, /* forked, does not take connections yet */
    EG_SLOT_READY,
    EG_SLOT_FULL_LIFE, /* has served its max_requests: takes connections until the next is ready */
    EG_SLOT_RETIRING,  /* takes no connection, answers what it has and ends */
    EG_SLOT_DRAINING   /* the same with a time limit: the service is shutting down */
} eg_slot_state;

/* Why a worker was replaced. */
typedef enum eg_cause {
    EG_CAUSE_DIED,
    EG_CAUSE_FROZEN,
    EG_CAUSE_OVERRUN,
    EG_CAUSE_MAX_REQUESTS,
    EG_CAUSE_RELOAD,
    EG_CAUSES
} eg_cause;

typedef struct eg_flight {
    _Atomic uint32_t used;     /* 0: free. Set by the worker's I/O thread, cleared by any of it */
    _Atomic uint32_t endpoint; /* row, see eg_score_endpoint */
    _Atomic uint64_t started_ns;
    _Atomic uint64_t deadline_ns;
    char id[EG_FLIGHT_ID_BYTES]; /* characters that eg_access_id lets through */
} eg_flight;

typedef struct eg_latency {
    _Atomic uint64_t bucket[EG_LATENCY_BUCKETS]; /* not cumulated */
    _Atomic uint64_t sum_us;
} eg_latency;

typedef struct eg_counters {
    _Atomic uint64_t requests[EG_ENDPOINTS_MAX][EG_STATUSES];
    eg_latency latency[EG_ENDPOINTS_MAX];
    _Atomic uint64_t units;
    _Atomic uint64_t cast_ballots;
    _Atomic uint64_t connections; /* accepted */
    _Atomic uint64_t refused;     /* answered 503 for want of room */
    _Atomic uint64_t deadlines;   /* requests that ran out of time */
    _Atomic uint64_t left;        /* clients that left before their answer was whole */
} eg_counters;

/* Everything by the worker itself, unless said otherwise. */
typedef struct eg_slot {
    _Atomic int pid;               /* by the master */
    _Atomic int state;             /* eg_slot_state; by the worker from READY on */
    _Atomic uint64_t started_ns;   /* by the master */
    _Atomic uint64_t heartbeat_ns; /* of the I/O thread */
    _Atomic uint64_t served;       /* every request */
    _Atomic uint64_t worked;       /* those that count for max_requests: not probes, not refusals */
    _Atomic uint32_t threads;
    _Atomic uint32_t sandbox;     /* EG_SANDBOX_…: in force when it is ready */
    _Atomic uint32_t connections; /* open */
    _Atomic uint32_t connections_max;
    _Atomic uint32_t
        newcomers;         /* of these, those that have just come and are about to ask something */
    _Atomic uint32_t jobs; /* running and waiting */
    _Atomic uint32_t jobs_max;
    _Atomic uint32_t threads_busy;   /* at the last look, ten times a second */
    _Atomic uint64_t units_waiting;  /* the same */
    _Atomic uint64_t resident_bytes; /* its share (PSS) */
    _Atomic uint32_t flights_high;   /* entries beyond were never used */
    eg_budget memory;                /* in flight; its parent is the scoreboard's */
    eg_counters counters;
    eg_flight flights[EG_FLIGHTS_MAX];
} eg_slot;

/* By the master, unless said otherwise. */
typedef struct eg_scoreboard {
    uint64_t started_ns;
    char kernel[32];
    char processor[64];  /* its name, printable ASCII, or "" */
    unsigned processors; /* that may be used */
    uint64_t timeout_ns;
    size_t max_body_bytes;    /* of a request; endpoints may have less */
    _Atomic uint32_t workers; /* wanted */
    _Atomic bool draining;
    _Atomic uint64_t resident_bytes; /* of the master */
    _Atomic uint64_t restarts[EG_CAUSES];
    _Atomic uint64_t lost;         /* requests that workers held when they were ended */
    _Atomic uint32_t slots_high;   /* slots beyond were never used */
    _Atomic uint32_t fold_version; /* odd while `gone` takes in a slot */
    eg_counters gone;              /* of workers that have ended */
    eg_budget memory;              /* of all workers; by all */
    eg_slot slots[EG_SLOTS_MAX];
} eg_scoreboard;

extern const int eg_score_statuses[EG_STATUSES];                  /* 0 at the end: all others */
extern const unsigned eg_score_bounds_ms[EG_LATENCY_BUCKETS - 1]; /* upper bounds */
extern const char *const eg_cause_names[EG_CAUSES];

/* Shared memory, zeroed; only pages that are touched cost anything. NULL when there is none. */
eg_scoreboard *eg_scoreboard_new(size_t max_memory_bytes);
void eg_scoreboard_free(eg_scoreboard *board);

/* The master: a free slot made ready for a worker, or NULL. */
eg_slot *eg_slot_take(eg_scoreboard *board);
/* The master: the worker has ended. Its counters go to `gone`, its slot is free again. */
void eg_slot_release(eg_scoreboard *board, eg_slot *slot);
/* The master, now and then: what a killed worker held in flight goes back to the service. Between
 * charging itself and charging the service a worker may die, so the difference between the sum of
 * the slots and the service's figure is taken back once it has stood still for a few looks;
 * `looks` is the caller's memory of it. */
typedef struct eg_memory_looks {
    size_t difference;
    unsigned same;
} eg_memory_looks;
void eg_scoreboard_settle_memory(eg_scoreboard *board, eg_memory_looks *looks);

/* The worker's I/O thread: an entry for a request, or NULL when there is none left. */
eg_flight *eg_flight_begin(eg_slot *slot, const char *id, size_t endpoint, uint64_t started_ns,
                           uint64_t deadline_ns);
void eg_flight_end(eg_flight *flight); /* NULL is fine */

/* Anybody: each entry that is in use, of a worker that may be at work or dead. */
typedef struct eg_flight_seen {
    char id[EG_FLIGHT_ID_BYTES];
    const char *endpoint; /* never NULL */
    double seconds;       /* since its first byte */
} eg_flight_seen;
typedef void eg_flight_visitor(void *context, const eg_slot *slot, const eg_flight_seen *flight);
void eg_flights_visit(const eg_slot *slot, eg_flight_visitor *visit, void *context);
void eg_flights_visit_all(const eg_scoreboard *board, eg_flight_visitor *visit, void *context);
bool eg_flight_is_stuck(const eg_flight_seen *flight); /* for more than a minute */

/* Counts an answer. endpoint: a row, see eg_score_endpoint. */
void eg_score_request(eg_slot *slot, size_t endpoint, int status, uint64_t duration_ns);

/* Rows: the routes in their order, then the server's own paths, then everything else. */
size_t eg_score_endpoint(const char *path);     /* a route's pattern, or an own path, or "other" */
const char *eg_score_endpoint_name(size_t row); /* NULL behind the last */

/* Adds up the counters of every worker, living and gone, into *out (wiped first). */
void eg_scoreboard_sum(eg_scoreboard *board, eg_counters *out);

/* How many slots there are to look at. */
static inline size_t eg_slots_used(const eg_scoreboard *board)
{
    return atomic_load(&board->slots_high);
}

static inline bool eg_slot_lives(const eg_slot *slot)
{
    return atomic_load(&slot->state) != EG_SLOT_FREE;
}

/* Takes connections. */
static inline bool eg_slot_serves(const eg_slot *slot)
{
    int state = atomic_load(&slot->state);
    return state == EG_SLOT_READY || state == EG_SLOT_FULL_LIFE;
}

#endif
