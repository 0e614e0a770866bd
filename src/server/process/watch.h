/* Whether a worker is still of use: decided from what the scoreboard and the kernel say of it. */
#ifndef EG_SERVER_PROCESS_WATCH_H
#define EG_SERVER_PROCESS_WATCH_H

#include "server/board/scoreboard.h"

enum {
    EG_WATCH_SILENT_MS = 3000, /* without a heartbeat: worth a look */
    EG_WATCH_JUDGE_MS = 4000,  /* how long nothing may excuse its silence */
    EG_WATCH_SPIN_MS = 2000,   /* processor time without a heartbeat: it turns in circles */
    EG_WATCH_GRACE_MS = 6000   /* for a unit to come back after its request's deadline */
};

/* Of a worker; its I/O thread is its main thread. */
typedef struct eg_worker_sample {
    char state;          /* of the I/O thread: R, S, D, T ... of its stat; 0: cannot be read */
    bool others_want;    /* another of its threads is on a processor or able to run */
    uint64_t ran_ns;     /* the I/O thread on a processor, to a clock tick */
    uint64_t all_ran_ns; /* all its threads together */
} eg_worker_sample;

/* False where /proc does not show it: it is gone, or hidden from us (hidepid, ProtectProc). */
bool eg_watch_sample(eg_worker_sample *out, int pid);

/* The master's memory of one worker; zero at first. */
typedef struct eg_watch {
    uint64_t suspected_ns;   /* 0: all is well */
    uint64_t heartbeat_ns;   /* the last one when suspicion began */
    uint64_t ran_ns;         /* of the I/O thread when suspicion began */
    uint64_t excused_ns;     /* when something last excused its silence, or suspicion began */
    uint64_t excused_ran_ns; /* what all its threads had run then */
    uint64_t overdue_ns;     /* since when a request is past deadline and grace; 0: none is */
} eg_watch;

typedef enum eg_verdict { EG_VERDICT_WELL, EG_VERDICT_FROZEN, EG_VERDICT_OVERRUN } eg_verdict;

/* Called a few times a second. A worker that is silent because others use the processors is well:
 * its I/O thread is able to run and does not get to, or waits for a thread of its own that is. A
 * frozen one is stopped, sleeps, or runs without end. A sample that cannot be read is no verdict.
 * stalled: the caller itself was kept from running lately, and so cannot tell. */
eg_verdict eg_watch_judge(eg_watch *watch, const eg_slot *slot, const eg_worker_sample *sample,
                          uint64_t now_ns, bool stalled);

#endif
