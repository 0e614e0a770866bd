/* The process beside a service: tasks from the broker, through the service, into the store. */
#ifndef EG_CLUSTER_WORKER_H
#define EG_CLUSTER_WORKER_H

#include "cluster/worker_settings.h"

/* Until SIGTERM or SIGINT: then what is in hand is finished, what is not begun is put back. Errors
 * are those of the first connection to the broker that waiting does not mend, and of settings;
 * later ones are logged and waited for. */
eg_result eg_cluster_work(const eg_worker_settings *settings, eg_error *err) EG_MUST_USE;

#endif
