/* The compute threads and the jobs that they take units from, in turn. */
#ifndef EG_SERVER_POOL_H
#define EG_SERVER_POOL_H

#include "server/job.h"

typedef struct eg_pool {
    pthread_mutex_t lock; /* of every job's state too */
    pthread_cond_t work;
    eg_job *cursor; /* ring of active jobs: where the next search begins; or NULL */
    unsigned active;
    bool closing;
    unsigned thread_count;
    pthread_t threads[256];
    pthread_t watch; /* ends what is past its deadline */
    uint64_t units_done;
    uint64_t jobs_done;
    uint64_t cast_ballots;
} eg_pool;

bool eg_pool_start(eg_pool *pool, unsigned threads);
void eg_pool_stop(eg_pool *pool); /* waits for the threads */

void eg_pool_add(eg_pool *pool, eg_job *job);
/* The next bytes of the body; copied. False when memory runs out. */
bool eg_pool_feed(eg_pool *pool, eg_job *job, const char *bytes, size_t n);
void eg_pool_feed_end(eg_pool *pool, eg_job *job);
/* The connection has ended: stops what still runs; the job is freed now or when its last unit comes
 * back. */
void eg_pool_abandon(eg_pool *pool, eg_job *job);

#endif
