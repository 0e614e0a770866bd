/* What a coordinator shows to monitors: docs/metrics.md. Private to this folder. */
#ifndef EG_CLUSTER_ENGINE_PAGES_H
#define EG_CLUSTER_ENGINE_PAGES_H

#include "cluster/eyes.h"
#include "cluster/task.h"

#include <stdatomic.h>

typedef struct eg_engine_shown {
    atomic_bool is_connected;
    atomic_size_t chunks, out;
    _Atomic uint64_t recorded[EG_STAGE_COUNT], orphans, dead, published;
} eg_engine_shown;

/* bind NULL: nowhere, and *out is NULL. Says on stderr where it listens. */
eg_result eg_engine_pages_open(eg_eyes **out, eg_engine_shown *shown, const char *bind,
                               eg_error *err) EG_MUST_USE;

#endif
