/* What a worker has at hand: tasks that were delivered, and the threads that do them. The thread
 * that speaks to the broker puts tasks in and takes them out when they are finished. Private to
 * this folder. */
#ifndef EG_CLUSTER_HANDS_H
#define EG_CLUSTER_HANDS_H

#include "cluster/stage_work.h"
#include "cluster/worker_settings.h"

#include <pthread.h>

typedef enum eg_item_state {
    EG_ITEM_FREE,
    EG_ITEM_WAITING, /* for a thread */
    EG_ITEM_RUNNING,
    EG_ITEM_FINISHED, /* how: end */
    EG_ITEM_PUBLISHED /* its consequence is on the way to the broker, unconfirmed */
} eg_item_state;

typedef struct eg_item {
    eg_item_state state;
    char body[EG_TASK_BYTES_MAX]; /* as it was delivered */
    size_t body_bytes;
    eg_chunk_task task;
    uint64_t tag;   /* to acknowledge it by; 0: the connection that it came on is gone */
    unsigned tries; /* this one included */
    eg_work_end end;
    eg_chunk_result result;
    /* of the thread that speaks to the broker */
    uint64_t number;        /* of what was published for it */
    bool is_returned;       /* what was published has no queue */
    uint64_t not_before_ns; /* it is not published again */
} eg_item;

/* What a worker has done, for those who watch it. */
typedef struct eg_worker_counts {
    uint64_t done[EG_STAGE_COUNT], ballots[EG_STAGE_COUNT];
    uint64_t faults;      /* tries that failed */
    uint64_t dead;        /* tasks given up on */
    uint64_t redelivered; /* deliveries that were not the first */
    uint64_t put_back;
    uint64_t connections, connections_lost;
    double busy_seconds[EG_STAGE_COUNT];
    /* now */
    bool is_connected;
    size_t waiting_for_service, waiting_for_store; /* threads */
    int64_t queued[EG_STAGE_COUNT];                /* in the stage's queue; -1: not known */
} eg_worker_counts;

typedef struct eg_hands {
    const eg_worker_settings *settings;
    pthread_mutex_t lock; /* of everything below */
    pthread_cond_t change;
    eg_item *items;
    size_t item_count;
    struct eg_hand *threads;
    size_t thread_count;
    bool stopping; /* what waits for a service or store waits no longer */
    bool ending;   /* threads end */
    int wake;      /* an eventfd, written when a task is finished */
    eg_worker_counts counts;
} eg_hands;

/* Starts the threads. */
eg_result eg_hands_open(eg_hands *hands, const eg_worker_settings *settings,
                        eg_error *err) EG_MUST_USE;
void eg_hands_close(eg_hands *hands); /* waits for what runs */

static inline void eg_hands_lock(eg_hands *hands)
{
    (void)pthread_mutex_lock(&hands->lock);
}
static inline void eg_hands_unlock(eg_hands *hands)
{
    (void)pthread_mutex_unlock(&hands->lock);
}

#endif
