/* The threads that compute: they take units from the queue and run the endpoint's functions. */
#ifndef EG_SERVER_WORK_COMPUTE_H
#define EG_SERVER_WORK_COMPUTE_H

#include "server/work/queue.h"

enum { EG_THREADS_MAX = 256 };

typedef struct eg_compute {
    eg_queue *queue; /* borrowed */
    unsigned count;
    pthread_t threads[EG_THREADS_MAX];
} eg_compute;

/* False when not every thread can be had; what was started is stopped again. */
bool eg_compute_start(eg_compute *compute, eg_queue *queue, unsigned threads);
/* Closes the queue and waits for the units in work. */
void eg_compute_stop(eg_compute *compute);

/* Runs one unit; scratch is empty before and after. */
eg_result eg_unit_run(eg_unit *unit, eg_arena *scratch, eg_error *err);

#endif
