/* The engine of a run whose work is done by workers behind a broker (client/engine.h): publishes
 * tasks with their objects in the store, takes results as the one consumer, records the first of
 * each chunk and keeps it. What workers gave up on is left until everything else is done; then the
 * run ends with it. */
#ifndef EG_CLUSTER_BROKER_ENGINE_H
#define EG_CLUSTER_BROKER_ENGINE_H

#include "broker/broker.h"
#include "client/engine.h"
#include "store/store.h"

enum { EG_BROKER_WINDOW = 256, EG_SILENCE_S = 2700, EG_SILENCE_MAX_S = 86400 };

typedef struct eg_broker_engine eg_broker_engine;

typedef struct eg_broker_engine_options {
    eg_broker_settings broker;
    eg_store_settings store;
    const char *metrics_bind; /* HOST:PORT for /metrics; or NULL */
    uint64_t silence_s;       /* without any result for so long, what is out is published again, and
                                 after as long again called missing */
    eg_progress *progress;    /* borrowed */
} eg_broker_engine_options;

/* Nobody is connected to before the first task. */
eg_result eg_broker_engine_new(eg_broker_engine **out, const eg_broker_engine_options *options,
                               eg_error *err) EG_MUST_USE;
eg_engine *eg_broker_engine_as_engine(eg_broker_engine *engine); /* borrowed; one thread's */
void eg_broker_engine_free(eg_broker_engine *engine);            /* NULL is fine */

/* What happened on the way: results that came second, chunks that were given up on. */
typedef struct eg_broker_engine_counts {
    uint64_t recorded, orphans, dead, published;
} eg_broker_engine_counts;
void eg_broker_engine_count(const eg_broker_engine *engine, eg_broker_engine_counts *out);

#endif
