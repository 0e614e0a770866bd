#include "cli/monitor_look.h"

#include "wire/fields.h"

#include <stdlib.h>

enum { BOUNDS_MAX = 64 };

#define REQUESTS "egserve_requests_total"
#define DURATION "egserve_request_duration_seconds"

const double eg_monitor_shares[EG_MONITOR_SHARES] = {0.5, 0.9, 0.99};

/* ---- a look ---- */

void eg_look_init(eg_look *look)
{
    *look = (eg_look){0};
    eg_arena_init(&look->arena, NULL);
}

void eg_look_free(eg_look *look)
{
    eg_arena_free(&look->arena);
    eg_look_init(look);
}

eg_result eg_look_read(eg_look *look, eg_str metrics, eg_str health, eg_str ready, uint64_t at_ns,
                       eg_error *err)
{
    eg_str text;
    eg_node readiness;
    eg_look_free(look);
    look->at_ns = at_ns;
    EG_TRY(eg_arena_copy_str(&look->arena, metrics, &text, err));
    EG_TRY(eg_metrics_read(&look->metrics, text, &look->arena, err));
    EG_TRY(eg_tree_parse(&look->health, EG_JSON, health, 0, &look->arena, NULL, err));
    EG_TRY(eg_need_map(&look->health, NULL, err));
    EG_TRY(eg_tree_parse(&readiness, EG_JSON, ready, 0, &look->arena, NULL, err));
    const eg_node *status = readiness.kind == EG_MAP ? eg_map_find(&readiness, "status") : NULL;
    look->ready = status != NULL && status->kind == EG_STRING ? status->as.str : EG_STR("");
    return EG_SUCCESS;
}

/* ---- what lies between two looks ---- */

typedef struct span {
    const eg_look *before; /* or NULL */
    const eg_look *now;
    double seconds; /* above 0 */
} span;

static double value(const eg_look *look, const char *name)
{
    return eg_metrics_sum(&look->metrics, name);
}

/* What the monitor asks itself, and balancers ask all the time. */
static bool is_watching(eg_str endpoint)
{
    return eg_str_equal(endpoint, EG_STR("/health")) || eg_str_equal(endpoint, EG_STR("/ready")) ||
           eg_str_equal(endpoint, EG_STR("/metrics")) || eg_str_equal(endpoint, EG_STR("/status"));
}

/* The same line of the look before; 0 without one. A counter that went back belongs to a service
 * that was started again: it counts from 0. */
static double grown(const span *s, const eg_metric *m)
{
    for (size_t i = 0; s->before != NULL && i < s->before->metrics.count; i++) {
        const eg_metric *b = &s->before->metrics.items[i];
        if (eg_str_equal(b->name, m->name) && eg_str_equal(b->labels, m->labels)) {
            return m->value >= b->value ? m->value - b->value : m->value;
        }
    }
    return m->value;
}

static double rate(const span *s, const char *name)
{
    double sum = 0;
    for (size_t i = 0; i < s->now->metrics.count; i++) {
        const eg_metric *m = &s->now->metrics.items[i];
        sum += eg_str_equal(m->name, eg_str_from(name)) ? grown(s, m) : 0;
    }
    return sum / s->seconds;
}

/* Requests a second whose status begins with that digit; '\0': all. */
static double status_rate(const span *s, char digit)
{
    double sum = 0;
    for (size_t i = 0; i < s->now->metrics.count; i++) {
        const eg_metric *m = &s->now->metrics.items[i];
        if (!eg_str_equal(m->name, EG_STR(REQUESTS)) ||
            is_watching(eg_metric_label(m, "endpoint"))) {
            continue;
        }
        eg_str status = eg_metric_label(m, "status");
        if (digit == '\0' || (status.len > 0 && status.data[0] == digit)) {
            sum += grown(s, m);
        }
    }
    return sum / s->seconds;
}

/* ---- latencies ---- */

typedef struct histogram {
    double bound[BOUNDS_MAX]; /* upper bounds in seconds, rising; the last one may be infinite */
    double upto[BOUNDS_MAX];  /* requests within it, cumulated */
    size_t count;
} histogram;

static double bound_of(eg_str le)
{
    char text[32] = "";
    if (le.len == 0 || le.len >= sizeof text || eg_str_equal(le, EG_STR("+Inf"))) {
        return -1; /* without end */
    }
    memcpy(text, le.data, le.len);
    return strtod(text, NULL);
}

static void read_histogram(histogram *out, const span *s, eg_str endpoint)
{
    out->count = 0;
    for (size_t i = 0; i < s->now->metrics.count && out->count < BOUNDS_MAX; i++) {
        const eg_metric *m = &s->now->metrics.items[i];
        if (eg_str_equal(m->name, EG_STR(DURATION "_bucket")) &&
            eg_str_equal(eg_metric_label(m, "endpoint"), endpoint)) {
            out->bound[out->count] = bound_of(eg_metric_label(m, "le"));
            out->upto[out->count++] = grown(s, m);
        }
    }
}

/* The end of the bucket that the share's last request is in: all that buckets tell. */
static eg_bound bound_of_share(const histogram *h, double share)
{
    double total = h->count == 0 ? 0 : h->upto[h->count - 1];
    double last = 0;
    if (total <= 0) {
        return (eg_bound){.seconds = -1};
    }
    for (size_t i = 0; i < h->count && h->bound[i] >= 0; i++) {
        last = h->bound[i];
        if (h->upto[i] >= share * total) {
            return (eg_bound){.seconds = last};
        }
    }
    return (eg_bound){.seconds = last, .is_exceeded = true};
}

static void figure_endpoints(eg_monitor_figures *out, const span *s)
{
    histogram h;
    for (size_t i = 0; i < s->now->metrics.count; i++) {
        const eg_metric *m = &s->now->metrics.items[i];
        eg_str name = eg_metric_label(m, "endpoint");
        double requests = grown(s, m);
        if (!eg_str_equal(m->name, EG_STR(DURATION "_count")) || is_watching(name) ||
            requests <= 0 || out->endpoint_count == EG_MONITOR_ENDPOINTS_MAX) {
            continue;
        }
        eg_monitor_endpoint *e = &out->endpoints[out->endpoint_count++];
        *e = (eg_monitor_endpoint){
            .name = name, .requests = requests, .per_second = requests / s->seconds};
        read_histogram(&h, s, name);
        for (size_t k = 0; k < EG_MONITOR_SHARES; k++) {
            e->latency[k] = bound_of_share(&h, eg_monitor_shares[k]);
        }
    }
}

/* ---- figures ---- */

static double workers(const eg_look *now, const char *state)
{
    return eg_metrics_sum_where(&now->metrics, "egserve_workers", "state", eg_str_from(state));
}

static void figure_labels(eg_monitor_figures *out, const eg_look *now)
{
    for (size_t i = 0; i < now->metrics.count; i++) {
        const eg_metric *m = &now->metrics.items[i];
        if (eg_str_equal(m->name, EG_STR("egserve_kernel_info"))) {
            out->kernel = eg_metric_label(m, "kernel");
        }
        if (eg_str_equal(m->name, EG_STR("egserve_worker_restarts_total")) &&
            out->cause_count < EG_MONITOR_CAUSES_MAX) {
            out->restarts[out->cause_count].cause = eg_metric_label(m, "cause");
            out->restarts[out->cause_count++].count = m->value;
        }
    }
}

static void figure_state(eg_monitor_figures *out, const eg_look *now)
{
    double connections = value(now, "egserve_connections");
    out->ready = now->ready;
    out->uptime_seconds = value(now, "egserve_uptime_seconds");
    out->workers_serving = workers(now, "serving");
    out->workers_wanted = value(now, "egserve_workers_wanted");
    out->workers_starting = workers(now, "starting");
    out->workers_retiring = workers(now, "retiring");
    out->requests_in_flight = value(now, "egserve_requests_in_flight");
    out->requests_in_flight_max = value(now, "egserve_requests_in_flight_max");
    out->requests_stuck = value(now, "egserve_requests_stuck");
    out->connections = connections < 1 ? 0 : connections - 1; /* ours */
    out->connections_max = value(now, "egserve_connections_max");
    out->threads = value(now, "egserve_threads");
    out->threads_busy = value(now, "egserve_threads_busy");
    out->memory_resident_bytes = value(now, "egserve_memory_resident_bytes");
    out->memory_in_flight_bytes = value(now, "egserve_memory_in_flight_bytes");
    out->memory_limit_bytes = value(now, "egserve_memory_limit_bytes");
}

void eg_monitor_figure(eg_monitor_figures *out, const eg_look *before, const eg_look *now)
{
    double uptime = value(now, "egserve_uptime_seconds");
    double seconds = before == NULL ? uptime : (double)(now->at_ns - before->at_ns) / 1e9;
    const span s = {.before = before, .now = now, .seconds = seconds > 0 ? seconds : 1};
    *out = (eg_monitor_figures){.ready = EG_STR("")};
    figure_labels(out, now);
    figure_state(out, now);
    out->requests = status_rate(&s, '\0');
    out->requests_2xx = status_rate(&s, '2');
    out->requests_4xx = status_rate(&s, '4');
    out->requests_5xx = status_rate(&s, '5');
    out->refused = rate(&s, "egserve_refused_total");
    out->ballots = rate(&s, "egserve_cast_ballots_total");
    out->units = rate(&s, "egserve_units_total");
    figure_endpoints(out, &s);
}
