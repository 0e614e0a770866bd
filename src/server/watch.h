/* Whether a worker is still of use: decided from what the scoreboard and the kernel say of it. */
#ifndef EG_SERVER_WATCH_H
#define EG_SERVER_WATCH_H

#include "server/scoreboard.h"

enum {
    EG_WATCH_SILENT_MS = 3000, /* without a heartbeat: worth a look */
    EG_WATCH_JUDGE_MS = 4000,  /* how long it is looked at */
    EG_WATCH_SPIN_MS = 2000,   /* processor time without a heartbeat: it turns in circles */
    EG_WATCH_GRACE_MS = 6000   /* for a unit to come back after its request's deadline */
};

/* Of the worker's I/O thread, which is its main thread. */
typedef struct eg_thread_sample {
    char state;         /* R, S, D, T ... of /proc/PID/stat; 0 when it cannot be read */
    uint64_t ran_ns;    /* on a processor */
    uint64_t waited_ns; /* for a processor, able to run */
} eg_thread_sample;

bool eg_watch_sample(eg_thread_sample *out, int pid);

/* The master's memory of one worker; zero at first. */
typedef struct eg_watch {
    uint64_t suspected_ns; /* 0: all is well */
    uint64_t heartbeat_ns; /* the last one when suspicion began */
    eg_thread_sample first, last_look;
    uint64_t looked_ns;
    uint64_t overdue_ns; /* since when a request is past deadline and grace; 0: none is */
} eg_watch;

typedef enum eg_verdict { EG_VERDICT_WELL, EG_VERDICT_FROZEN, EG_VERDICT_OVERRUN } eg_verdict;

/* Called a few times a second. A worker that is silent because others use the processors is well:
 * its thread waits to run, or runs a little; a frozen one does neither, or runs without end.
 * stalled: the caller itself was kept from running lately, and so cannot tell. */
eg_verdict eg_watch_judge(eg_watch *watch, const eg_slot *slot, const eg_thread_sample *sample,
                          uint64_t now_ns, bool stalled);

#endif
