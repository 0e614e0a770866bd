/* What a worker is given. */
#ifndef EG_CLUSTER_WORKER_SETTINGS_H
#define EG_CLUSTER_WORKER_SETTINGS_H

#include "broker/broker.h"
#include "cluster/task.h"
#include "store/store.h"

enum { EG_WORKER_PARALLEL_MAX = 64, EG_WORKER_PARALLEL = 2 };

typedef struct eg_worker_settings {
    eg_broker_settings broker;
    eg_store_settings store;
    const char *url;             /* the service */
    const char *internal_key;    /* or NULL; secret */
    const char *bind;            /* HOST:PORT for /ready, /health and /metrics; or NULL */
    size_t parallel;             /* tasks at once, and so many more of each stage at hand */
    bool stages[EG_STAGE_COUNT]; /* which it takes */
} eg_worker_settings;

#endif
