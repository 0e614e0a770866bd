/* What all workers come to together. */
#ifndef EG_SERVER_HTTP_TOTALS_H
#define EG_SERVER_HTTP_TOTALS_H

#include "server/board/scoreboard.h"

typedef struct eg_totals {
    unsigned serving, starting, retiring; /* workers */
    unsigned threads, threads_busy, jobs, jobs_max, connections, connections_max;
    uint64_t units_waiting, resident_bytes;
} eg_totals;

eg_totals eg_totals_count(const eg_scoreboard *board);

/* "ready", or why it is not: "starting", "full", "draining". Static. */
const char *eg_totals_readiness(const eg_scoreboard *board);

#endif
