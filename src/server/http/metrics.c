#include "server/http/metrics.h"

#include "base/clock.h"
#include "server/work/job_memory.h"

#include <stdio.h>
#include <stdlib.h>

enum { STUCK_AFTER_S = 60 };

/* ---- the whole service ---- */

typedef struct totals {
    unsigned serving, starting, retiring;
    unsigned threads, jobs, jobs_max, connections, connections_max;
    uint64_t resident_bytes;
} totals;

static void add_slot(totals *t, const eg_slot *slot)
{
    bool serves = eg_slot_serves(slot);
    t->serving += serves ? 1 : 0;
    t->starting += atomic_load(&slot->state) == EG_SLOT_STARTING ? 1 : 0;
    t->retiring += !serves && atomic_load(&slot->state) != EG_SLOT_STARTING ? 1 : 0;
    t->threads += atomic_load(&slot->threads);
    t->jobs += atomic_load(&slot->jobs);
    t->connections += atomic_load(&slot->connections);
    t->jobs_max += serves ? atomic_load(&slot->jobs_max) : 0;
    t->connections_max += serves ? atomic_load(&slot->connections_max) : 0;
    t->resident_bytes += atomic_load(&slot->resident_bytes);
}

static totals count(const eg_scoreboard *board)
{
    totals t = {.resident_bytes = atomic_load(&board->resident_bytes)};
    for (size_t i = 0; i < eg_slots_used(board); i++) {
        if (eg_slot_lives(&board->slots[i])) {
            add_slot(&t, &board->slots[i]);
        }
    }
    return t;
}

/* ---- requests that take long ---- */

typedef void (*each_flight)(void *context, const eg_slot *slot, const eg_flight *flight,
                            uint64_t seconds);

static void visit_flights(const eg_scoreboard *board, each_flight each, void *context)
{
    uint64_t now = eg_clock_monotonic_ns();
    for (size_t i = 0; i < eg_slots_used(board); i++) {
        const eg_slot *slot = &board->slots[i];
        uint32_t high = eg_slot_lives(slot) ? atomic_load(&slot->flights_high) : 0;
        for (uint32_t k = 0; k < high; k++) {
            const eg_flight *flight = &slot->flights[k];
            uint64_t started = atomic_load(&flight->started_ns);
            if (atomic_load(&flight->used) != 0 && started < now) {
                each(context, slot, flight, (now - started) / 1000000000u);
            }
        }
    }
}

typedef struct list {
    eg_buf *out;
    bool any;
} list;

static void put_flight(list *l, const eg_slot *slot, const eg_flight *flight, uint64_t seconds)
{
    const char *name = eg_score_endpoint_name(atomic_load(&flight->endpoint));
    char id[EG_FLIGHT_ID_BYTES];
    memcpy(id, flight->id, sizeof id); /* the request may end while we look */
    id[sizeof id - 1] = '\0';
    eg_buf_printf(
        l->out,
        "%s{\"request_id\":\"%s\",\"endpoint\":\"%s\",\"elapsed_seconds\":%llu,\"thread_id\":%d}",
        l->any ? "," : "", id, name == NULL ? "" : name, (unsigned long long)seconds,
        atomic_load(&slot->pid));
    l->any = true;
}

static void put_stuck(void *context, const eg_slot *slot, const eg_flight *flight, uint64_t seconds)
{
    if (seconds > STUCK_AFTER_S) {
        put_flight(context, slot, flight, seconds);
    }
}

static void put_any(void *context, const eg_slot *slot, const eg_flight *flight, uint64_t seconds)
{
    put_flight(context, slot, flight, seconds);
}

static void count_stuck(void *context, const eg_slot *slot, const eg_flight *flight,
                        uint64_t seconds)
{
    (void)slot;
    (void)flight;
    *(unsigned *)context += seconds > STUCK_AFTER_S ? 1 : 0;
}

/* ---- /health ---- */

static void health(eg_buf *out, eg_scoreboard *board, const eg_counters *sum)
{
    totals t = count(board);
    list stuck = {.out = out}, flights = {.out = out};
    eg_buf_printf(
        out,
        "{\"status\":\"healthy\",\"ballot_publication_stats\":{\"cast_ballots_processed\":%llu,"
        "\"cast_ballots_cached\":0,\"audited_ballots_cached\":0,\"nonces_stored\":0,"
        "\"audited_cache_max\":0,\"cast_storage\":\"stateless\"},\"active_requests\":%u,"
        "\"stuck_requests\":[",
        (unsigned long long)atomic_load(&sum->cast_ballots), t.jobs);
    visit_flights(board, put_stuck, &stuck);
    eg_buf_printf(
        out, "],\"thread_count\":%u,\"workers\":%u,\"uptime_seconds\":%llu,\"requests\":[",
        t.threads, t.serving,
        (unsigned long long)((eg_clock_monotonic_ns() - board->started_ns) / 1000000000u));
    visit_flights(board, put_any, &flights);
    eg_buf_printf(out, "]}");
}

/* ---- /ready ---- */

static const char *readiness(const eg_scoreboard *board)
{
    totals t = count(board);
    size_t used = eg_budget_used(&board->memory), limit = board->memory.limit_bytes;
    if (atomic_load(&board->draining)) {
        return "draining";
    }
    if (t.serving == 0) {
        return "starting";
    }
    bool full = t.jobs >= t.jobs_max || t.connections >= t.connections_max ||
                (limit != 0 && used > eg_memory_for_input(limit));
    return full ? "full" : "ready";
}

/* ---- /metrics: Prometheus' text format ---- */

static void title(eg_buf *out, const char *name, const char *type, const char *help)
{
    eg_buf_printf(out, "# HELP egserve_%s %s\n# TYPE egserve_%s %s\n", name, help, name, type);
}

static void metric(eg_buf *out, const char *name, const char *type, const char *help,
                   uint64_t value)
{
    title(out, name, type, help);
    eg_buf_printf(out, "egserve_%s %llu\n", name, (unsigned long long)value);
}

static void put_requests(eg_buf *out, const eg_counters *sum)
{
    const char *endpoint;
    title(out, "requests_total", "counter",
          "Requests answered, by endpoint and status; 499: the "
          "client left.");
    for (size_t row = 0; (endpoint = eg_score_endpoint_name(row)) != NULL; row++) {
        for (size_t i = 0; i < EG_STATUSES; i++) {
            uint64_t n = atomic_load(&sum->requests[row][i]);
            if (n > 0 && eg_score_statuses[i] != 0) {
                eg_buf_printf(out, "egserve_requests_total{endpoint=\"%s\",status=\"%d\"} %llu\n",
                              endpoint, eg_score_statuses[i], (unsigned long long)n);
            } else if (n > 0) {
                eg_buf_printf(out,
                              "egserve_requests_total{endpoint=\"%s\",status=\"other\"} %llu\n",
                              endpoint, (unsigned long long)n);
            }
        }
    }
}

static void put_latency(eg_buf *out, const char *endpoint, const eg_latency *latency)
{
    unsigned long long total = 0;
    for (size_t i = 0; i < EG_LATENCY_BUCKETS; i++) {
        total += atomic_load(&latency->bucket[i]);
    }
    if (total == 0) {
        return;
    }
    unsigned long long upto = 0;
    for (size_t i = 0; i < EG_LATENCY_BUCKETS - 1; i++) {
        upto += atomic_load(&latency->bucket[i]);
        eg_buf_printf(out,
                      "egserve_request_duration_seconds_bucket{endpoint=\"%s\",le=\"%g\"} %llu\n",
                      endpoint, eg_score_bounds_ms[i] / 1000.0, upto);
    }
    eg_buf_printf(out,
                  "egserve_request_duration_seconds_bucket{endpoint=\"%s\",le=\"+Inf\"} %llu\n",
                  endpoint, total);
    eg_buf_printf(out, "egserve_request_duration_seconds_sum{endpoint=\"%s\"} %.6f\n", endpoint,
                  (double)atomic_load(&latency->sum_us) / 1e6);
    eg_buf_printf(out, "egserve_request_duration_seconds_count{endpoint=\"%s\"} %llu\n", endpoint,
                  total);
}

static void put_latencies(eg_buf *out, const eg_counters *sum)
{
    const char *endpoint;
    title(out, "request_duration_seconds", "histogram",
          "From a request's first byte to its answer's last.");
    for (size_t row = 0; (endpoint = eg_score_endpoint_name(row)) != NULL; row++) {
        put_latency(out, endpoint, &sum->latency[row]);
    }
}

static void put_workers(eg_buf *out, const eg_scoreboard *board, const totals *t)
{
    title(out, "workers", "gauge", "Worker processes by state.");
    eg_buf_printf(out,
                  "egserve_workers{state=\"serving\"} %u\negserve_workers{state=\"starting\"} %u\n"
                  "egserve_workers{state=\"retiring\"} %u\n",
                  t->serving, t->starting, t->retiring);
    metric(out, "workers_wanted", "gauge", "Worker processes that there should be.",
           atomic_load(&board->workers));
    title(out, "worker_restarts_total", "counter", "Workers replaced, by cause.");
    for (size_t i = 0; i < EG_CAUSES; i++) {
        eg_buf_printf(out, "egserve_worker_restarts_total{cause=\"%s\"} %llu\n", eg_cause_names[i],
                      (unsigned long long)atomic_load(&board->restarts[i]));
    }
}

static void put_gauges(eg_buf *out, eg_scoreboard *board, const totals *t)
{
    unsigned stuck = 0;
    visit_flights(board, count_stuck, &stuck);
    metric(out, "requests_in_flight", "gauge", "Requests running or waiting.", t->jobs);
    metric(out, "requests_in_flight_max", "gauge", "Above that: 503.", t->jobs_max);
    metric(out, "requests_stuck", "gauge", "Requests in flight for more than a minute.", stuck);
    metric(out, "connections", "gauge", "Open connections.", t->connections);
    metric(out, "connections_max", "gauge", "Above that: 503.", t->connections_max);
    metric(out, "threads", "gauge", "Compute threads.", t->threads);
    metric(out, "memory_in_flight_bytes", "gauge", "Memory of requests in flight.",
           eg_budget_used(&board->memory));
    metric(out, "memory_limit_bytes", "gauge", "Above that: 503.", board->memory.limit_bytes);
    metric(out, "memory_resident_bytes", "gauge",
           "Memory of all processes, shared pages counted once.", t->resident_bytes);
    metric(out, "uptime_seconds", "gauge", "Since the master started.",
           (eg_clock_monotonic_ns() - board->started_ns) / 1000000000u);
    title(out, "kernel_info", "gauge", "Arithmetic kernel in use.");
    eg_buf_printf(out, "egserve_kernel_info{kernel=\"%s\"} 1\n", board->kernel);
}

static void metrics(eg_buf *out, eg_scoreboard *board, const eg_counters *sum)
{
    totals t = count(board);
    put_requests(out, sum);
    put_latencies(out, sum);
    metric(out, "units_total", "counter", "Units of work done.", atomic_load(&sum->units));
    metric(out, "cast_ballots_total", "counter", "Ballots encrypted as cast.",
           atomic_load(&sum->cast_ballots));
    metric(out, "connections_total", "counter", "Connections accepted.",
           atomic_load(&sum->connections));
    metric(out, "refused_total", "counter", "Requests answered 503 for want of room.",
           atomic_load(&sum->refused));
    metric(out, "deadlines_total", "counter", "Requests that ran out of time.",
           atomic_load(&sum->deadlines));
    metric(out, "clients_left_total", "counter", "Clients that left before their answer was whole.",
           atomic_load(&sum->left));
    put_gauges(out, board, &t);
    put_workers(out, board, &t);
}

void eg_own_answer(eg_buf *out, int *status, const char **content_type, const char *path,
                   eg_scoreboard *board)
{
    *status = 200;
    *content_type = "application/json";
    if (strcmp(path, "/ready") == 0) {
        const char *is = readiness(board);
        *status = strcmp(is, "ready") == 0 ? 200 : 503;
        eg_buf_printf(out, "{\"status\":\"%s\"}", is);
        return;
    }
    eg_counters *sum = calloc(1, sizeof *sum);
    if (sum == NULL) {
        *status = 503;
        eg_buf_printf(out, "{\"status\":\"no memory\"}");
        return;
    }
    eg_scoreboard_sum(board, sum);
    if (strcmp(path, "/health") == 0) {
        health(out, board, sum);
    } else {
        *content_type = "text/plain; version=0.0.4";
        metrics(out, board, sum);
    }
    free(sum);
}
