/* A worker: the I/O loop, the compute threads, and what signals make of them. */
#ifndef EG_SERVER_PROCESS_WORKER_H
#define EG_SERVER_PROCESS_WORKER_H

#include "server/board/config.h"
#include "server/board/scoreboard.h"

typedef struct eg_worker {
    int listen_fd; /* ours from here on */
    const eg_settings *settings;
    eg_scoreboard *board;
    eg_slot *slot;
    bool alone; /* --dev: no master; the signals of one are ours */
    /* NULL, or what is called before the sandbox closes, and then when it serves */
    void (*on_ready)(const struct eg_worker *worker);
    void (*on_serving)(const struct eg_worker *worker);
    const void *context;
} eg_worker;

/* Signals that are to be blocked before: SIGTERM (answer what is there, within the graceful
 * timeout, and end), SIGUSR1 (the same without hurry: another takes over) and, alone, SIGINT. The
 * second of them ends at once when alone. Returns the exit status. */
int eg_worker_run(const eg_worker *worker);

#endif
