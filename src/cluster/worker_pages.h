/* What a worker shows to monitors: docs/metrics.md. Private to this folder. */
#ifndef EG_CLUSTER_WORKER_PAGES_H
#define EG_CLUSTER_WORKER_PAGES_H

#include "cluster/eyes.h"
#include "cluster/hands.h"

/* Prints "listening on http://HOST:PORT" when there is a bind; without one *out is NULL. */
eg_result eg_worker_pages_open(eg_eyes **out, eg_hands *hands, const char *bind,
                               eg_error *err) EG_MUST_USE;

#endif
