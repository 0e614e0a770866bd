#include "cluster/worker_pages.h"

#include "cluster/metric_lines.h"
#include "cluster/stop_signal.h"

#include <inttypes.h>
#include <stdio.h>

static size_t in_hand(const eg_hands *hands)
{
    size_t count = 0;
    for (size_t i = 0; i < hands->item_count; i++) {
        count += hands->items[i].state != EG_ITEM_FREE;
    }
    return count;
}

static void put_stages(eg_buf *out, const eg_worker_counts *c)
{
    eg_metric_head(out, "egserve_cluster_tasks_done_total", "counter");
    for (size_t i = 0; i < EG_STAGE_COUNT; i++) {
        eg_metric_of_stage(out, "egserve_cluster_tasks_done_total", i, (double)c->done[i]);
    }
    eg_metric_head(out, "egserve_cluster_ballots_total", "counter");
    for (size_t i = 0; i < EG_STAGE_COUNT; i++) {
        eg_metric_of_stage(out, "egserve_cluster_ballots_total", i, (double)c->ballots[i]);
    }
    eg_metric_head(out, "egserve_cluster_task_seconds_total", "counter");
    for (size_t i = 0; i < EG_STAGE_COUNT; i++) {
        eg_metric_of_stage(out, "egserve_cluster_task_seconds_total", i, c->busy_seconds[i]);
    }
    eg_metric_head(out, "egserve_cluster_queue_ready", "gauge");
    for (size_t i = 0; i < EG_STAGE_COUNT; i++) {
        if (c->queued[i] >= 0) {
            eg_metric_of_stage(out, "egserve_cluster_queue_ready", i, (double)c->queued[i]);
        }
    }
}

static void metrics(void *context, eg_buf *out)
{
    eg_hands *hands = context;
    eg_hands_lock(hands);
    const eg_worker_counts c = hands->counts;
    const size_t held = in_hand(hands);
    eg_hands_unlock(hands);
    put_stages(out, &c);
    eg_metric(out, "egserve_cluster_task_faults_total", "counter", (double)c.faults);
    eg_metric(out, "egserve_cluster_tasks_dead_total", "counter", (double)c.dead);
    eg_metric(out, "egserve_cluster_redelivered_total", "counter", (double)c.redelivered);
    eg_metric(out, "egserve_cluster_put_back_total", "counter", (double)c.put_back);
    eg_metric(out, "egserve_cluster_broker_connections_total", "counter", (double)c.connections);
    eg_metric(out, "egserve_cluster_broker_connected", "gauge", c.is_connected ? 1 : 0);
    eg_metric(out, "egserve_cluster_tasks_in_hand", "gauge", (double)held);
    eg_metric(out, "egserve_cluster_waiting_for_service", "gauge", (double)c.waiting_for_service);
    eg_metric(out, "egserve_cluster_waiting_for_store", "gauge", (double)c.waiting_for_store);
}

static const char *ready(void *context)
{
    eg_hands *hands = context;
    eg_hands_lock(hands);
    const eg_worker_counts c = hands->counts;
    eg_hands_unlock(hands);
    return eg_stop_asked()             ? "end"
           : !c.is_connected           ? "broker"
           : c.waiting_for_store > 0   ? "store"
           : c.waiting_for_service > 0 ? "service"
                                       : NULL;
}

eg_result eg_worker_pages_open(eg_eyes **out, eg_hands *hands, const char *bind, eg_error *err)
{
    const eg_eyes_pages pages = {hands, metrics, ready};
    unsigned port = 0;
    *out = NULL;
    if (bind == NULL) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_eyes_open(out, bind, &pages, &port, err));
    printf("listening on http://%.*s:%u\n", (int)(strrchr(bind, ':') - bind), bind, port);
    (void)fflush(stdout);
    return EG_SUCCESS;
}
