#include "server/http/metrics.h"

#include "base/clock.h"
#include "server/http/status.h"
#include "server/http/totals.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- requests that take long ---- */

typedef struct list {
    eg_buf *out;
    bool any;
} list;

static void put_any(void *context, const eg_slot *slot, const eg_flight_seen *flight)
{
    list *l = context;
    eg_buf_printf(
        l->out,
        "%s{\"request_id\":\"%s\",\"endpoint\":\"%s\",\"elapsed_seconds\":%llu,\"thread_id\":%d}",
        l->any ? "," : "", flight->id, flight->endpoint, (unsigned long long)flight->seconds,
        atomic_load(&slot->pid));
    l->any = true;
}

static void put_stuck(void *context, const eg_slot *slot, const eg_flight_seen *flight)
{
    if (eg_flight_is_stuck(flight)) {
        put_any(context, slot, flight);
    }
}

static void count_stuck(void *context, const eg_slot *slot, const eg_flight_seen *flight)
{
    (void)slot;
    *(unsigned *)context += eg_flight_is_stuck(flight) ? 1 : 0;
}

/* ---- /health ---- */

static void health(eg_buf *out, eg_scoreboard *board, const eg_counters *sum)
{
    eg_totals t = eg_totals_count(board);
    list stuck = {.out = out}, flights = {.out = out};
    eg_buf_printf(
        out,
        "{\"status\":\"healthy\",\"ballot_publication_stats\":{\"cast_ballots_processed\":%llu,"
        "\"cast_ballots_cached\":0,\"audited_ballots_cached\":0,\"nonces_stored\":0,"
        "\"audited_cache_max\":0,\"cast_storage\":\"stateless\"},\"active_requests\":%u,"
        "\"stuck_requests\":[",
        (unsigned long long)atomic_load(&sum->cast_ballots), t.jobs);
    eg_flights_visit_all(board, put_stuck, &stuck);
    eg_buf_printf(
        out, "],\"thread_count\":%u,\"workers\":%u,\"uptime_seconds\":%llu,\"requests\":[",
        t.threads, t.serving,
        (unsigned long long)((eg_clock_monotonic_ns() - board->started_ns) / 1000000000u));
    eg_flights_visit_all(board, put_any, &flights);
    eg_buf_printf(out, "]}");
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

/* What alerts look at: a series that begins with 1 has never risen, as they see it. */
static bool is_always_there(int status)
{
    return status == 500 || status == 503;
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
            if (eg_score_statuses[i] != 0 && (n > 0 || is_always_there(eg_score_statuses[i]))) {
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

static void put_workers(eg_buf *out, const eg_scoreboard *board, const eg_totals *t)
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

static void put_gauges(eg_buf *out, eg_scoreboard *board, const eg_totals *t)
{
    unsigned stuck = 0;
    eg_flights_visit_all(board, count_stuck, &stuck);
    metric(out, "requests_in_flight", "gauge", "Requests running or waiting.", t->jobs);
    metric(out, "requests_in_flight_max", "gauge", "Above that: 503.", t->jobs_max);
    metric(out, "requests_stuck", "gauge", "Requests in flight for more than a minute.", stuck);
    metric(out, "connections", "gauge", "Open connections.", t->connections);
    metric(out, "connections_max", "gauge", "Above that: 503.", t->connections_max);
    metric(out, "threads", "gauge", "Compute threads.", t->threads);
    metric(out, "threads_busy", "gauge", "Of these, those with a unit of work.", t->threads_busy);
    metric(out, "units_waiting", "gauge", "Units of work that wait for a thread.",
           t->units_waiting);
    metric(out, "memory_in_flight_bytes", "gauge", "Memory of requests in flight.",
           eg_budget_used(&board->memory));
    metric(out, "memory_limit_bytes", "gauge", "Above that: 503.", board->memory.limit_bytes);
    metric(out, "memory_resident_bytes", "gauge",
           "Memory of all processes, shared pages counted once.", t->resident_bytes);
    metric(out, "uptime_seconds", "gauge", "Since the master started.",
           (eg_clock_monotonic_ns() - board->started_ns) / 1000000000u);
    title(out, "build_info", "gauge", "The program's version, and what it was built with.");
    eg_buf_printf(out, "egserve_build_info{version=\"%s\",compiler=\"%s\"} 1\n", EG_VERSION,
                  __VERSION__);
    title(out, "kernel_info", "gauge", "Arithmetic kernel in use.");
    eg_buf_printf(out, "egserve_kernel_info{kernel=\"%s\"} 1\n", board->kernel);
}

static void metrics(eg_buf *out, eg_scoreboard *board, const eg_counters *sum)
{
    eg_totals t = eg_totals_count(board);
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
    metric(out, "lost_requests_total", "counter",
           "Requests in flight at workers that were killed or died.", atomic_load(&board->lost));
    put_gauges(out, board, &t);
    put_workers(out, board, &t);
}

void eg_own_answer(eg_buf *out, int *status, const char **content_type, const char *path,
                   eg_scoreboard *board)
{
    *status = 200;
    *content_type = "application/json";
    if (strcmp(path, "/status") == 0) {
        eg_status_write(out, board);
        return;
    }
    if (strcmp(path, "/ready") == 0) {
        const char *is = eg_totals_readiness(board);
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
