#include "server/own.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>

enum { STUCK_AFTER_S = 60, LINE_MAX_BYTES = 512 };

bool eg_own_is_path(const char *path)
{
    return strcmp(path, "/health") == 0 || strcmp(path, "/ready") == 0 ||
           strcmp(path, "/metrics") == 0;
}

static void put(eg_buf *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(eg_buf *out, const char *format, ...)
{
    char line[LINE_MAX_BYTES];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    eg_buf_append(out, line, n < (int)sizeof line ? (size_t)n : sizeof line - 1);
}

static void put_stuck(eg_buf *out, eg_pool *pool)
{
    uint64_t now = eg_clock_monotonic_ns();
    bool first = true;
    (void)pthread_mutex_lock(&pool->lock);
    eg_job *job = pool->cursor;
    for (unsigned i = 0; i < pool->active; i++, job = job->next) {
        uint64_t seconds = (now - job->started_ns) / 1000000000u;
        if (seconds > STUCK_AFTER_S) {
            /* the id was checked when it was taken: it holds nothing that JSON would escape */
            put(out,
                "%s{\"request_id\":\"%.*s\",\"endpoint\":\"%s\",\"elapsed_seconds\":%llu,\"thread_"
                "id\":0}",
                first ? "" : ",", (int)job->request.request_id.len, job->request.request_id.data,
                job->call.endpoint->path, (unsigned long long)seconds);
            first = false;
        }
    }
    (void)pthread_mutex_unlock(&pool->lock);
}

static void health(eg_buf *out, const eg_own_facts *facts)
{
    put(out,
        "{\"status\":\"healthy\",\"ballot_publication_stats\":{\"cast_ballots_processed\":%llu,"
        "\"cast_ballots_cached\":0,\"audited_ballots_cached\":0,\"nonces_stored\":0,\"audited_"
        "cache_max\":0,"
        "\"cast_storage\":\"stateless\"},\"active_requests\":%u,\"stuck_requests\":[",
        (unsigned long long)facts->pool->cast_ballots, facts->in_flight);
    put_stuck(out, facts->pool);
    put(out, "],\"thread_count\":%u}", facts->pool->thread_count);
}

static void metrics(eg_buf *out, const eg_own_facts *facts)
{
    put(out, "# TYPE egserve_requests_total counter\negserve_requests_total %llu\n",
        (unsigned long long)facts->served);
    put(out, "# TYPE egserve_requests_in_flight gauge\negserve_requests_in_flight %u\n",
        facts->in_flight);
    put(out, "# TYPE egserve_units_total counter\negserve_units_total %llu\n",
        (unsigned long long)facts->pool->units_done);
    put(out, "# TYPE egserve_memory_in_flight_bytes gauge\negserve_memory_in_flight_bytes %zu\n",
        facts->memory_bytes);
}

bool eg_own_answer(eg_buf *out, int *status, const char **content_type, const char *method,
                   const char *path, const eg_own_facts *facts)
{
    *status = 200;
    *content_type = "application/json";
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        return false;
    }
    if (strcmp(path, "/health") == 0) {
        health(out, facts);
    } else if (strcmp(path, "/ready") == 0) {
        *status = facts->draining ? 503 : 200;
        put(out, "{\"status\":\"%s\"}", facts->draining ? "draining" : "ready");
    } else {
        *content_type = "text/plain; version=0.0.4";
        metrics(out, facts);
    }
    return true;
}
