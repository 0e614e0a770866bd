#include "cluster/engine_pages.h"

#include "cluster/metric_lines.h"
#include "cluster/note.h"

#include <string.h>

static void metrics(void *context, eg_buf *out)
{
    eg_engine_shown *s = context;
    eg_metric_head(out, "egserve_cluster_results_recorded_total", "counter");
    for (size_t i = 0; i < EG_STAGE_COUNT; i++) {
        eg_metric_of_stage(out, "egserve_cluster_results_recorded_total", i,
                           (double)atomic_load(&s->recorded[i]));
    }
    eg_metric(out, "egserve_cluster_results_orphaned_total", "counter",
              (double)atomic_load(&s->orphans));
    eg_metric(out, "egserve_cluster_tasks_published_total", "counter",
              (double)atomic_load(&s->published));
    eg_metric(out, "egserve_cluster_tasks_dead_total", "counter", (double)atomic_load(&s->dead));
    eg_metric(out, "egserve_cluster_tasks_out", "gauge", (double)atomic_load(&s->out));
    eg_metric(out, "egserve_cluster_chunks", "gauge", (double)atomic_load(&s->chunks));
    eg_metric(out, "egserve_cluster_broker_connected", "gauge",
              atomic_load(&s->is_connected) ? 1 : 0);
}

static const char *ready(void *context)
{
    eg_engine_shown *s = context;
    return atomic_load(&s->is_connected) ? NULL : "broker";
}

eg_result eg_engine_pages_open(eg_eyes **out, eg_engine_shown *shown, const char *bind,
                               eg_error *err)
{
    const eg_eyes_pages pages = {shown, metrics, ready};
    unsigned port = 0;
    *out = NULL;
    if (bind == NULL) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_eyes_open(out, bind, &pages, &port, err));
    eg_note("info", "metrics at http://%.*s:%u/metrics", (int)(strrchr(bind, ':') - bind), bind,
            port);
    return EG_SUCCESS;
}
