#include "cli/monitor.h"

#include "wire/fields.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAME_COLUMN = 36, ENDPOINTS_MAX = 64, FLIGHTS_SHOWN = 12, BOUNDS_MAX = 64 };

#define REQUESTS "egserve_requests_total"
#define DURATION "egserve_request_duration_seconds"

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

static eg_result read_health(eg_look *look, eg_str text, eg_error *err)
{
    EG_TRY(eg_tree_parse(&look->health, EG_JSON, text, 0, &look->arena, NULL, err));
    return eg_need_map(&look->health, NULL, err);
}

static const eg_node *member(const eg_node *map, const char *name, eg_kind kind)
{
    const eg_node *found = map->kind == EG_MAP ? eg_map_find(map, name) : NULL;
    return found != NULL && found->kind == kind ? found : NULL;
}

static eg_str text_of(const eg_node *map, const char *name)
{
    const eg_node *found = member(map, name, EG_STRING);
    return found == NULL ? EG_STR("") : found->as.str;
}

static int64_t number_of(const eg_node *map, const char *name)
{
    const eg_node *found = member(map, name, EG_INT);
    return found == NULL ? 0 : found->as.integer;
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
    EG_TRY(read_health(look, health, err));
    EG_TRY(eg_tree_parse(&readiness, EG_JSON, ready, 0, &look->arena, NULL, err));
    look->ready = text_of(&readiness, "status");
    return EG_SUCCESS;
}

/* ---- printing ---- */

/* Text of the service in a column, with nothing in it that could move the cursor. */
static void put_name(eg_buf *out, eg_str text, size_t column)
{
    size_t n = text.len < column ? text.len : column;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text.data[i];
        eg_buf_append_char(out, c < 0x20 || c > 0x7e ? '?' : (char)c);
    }
    eg_buf_printf(out, "%*s", (int)(column - n), "");
}

static void put_bytes(eg_buf *out, double bytes)
{
    static const char *const units[] = {"B", "KB", "MB", "GB", "TB"};
    size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        bytes /= 1024;
        unit++;
    }
    eg_buf_printf(out, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
}

static void put_seconds(eg_buf *out, double seconds)
{
    if (seconds < 0) {
        eg_buf_printf(out, "%9s", "-");
    } else if (seconds < 1) {
        eg_buf_printf(out, "%6.1f ms", seconds * 1e3);
    } else {
        eg_buf_printf(out, "%7.2f s", seconds);
    }
}

static void put_uptime(eg_buf *out, double seconds)
{
    unsigned long long s = seconds < 0 ? 0 : (unsigned long long)seconds;
    if (s >= 86400) {
        eg_buf_printf(out, "%llu d %llu h", s / 86400, s / 3600 % 24);
    } else if (s >= 3600) {
        eg_buf_printf(out, "%llu h %02llu min", s / 3600, s / 60 % 60);
    } else {
        eg_buf_printf(out, "%llu min %02llu s", s / 60, s % 60);
    }
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

/* A counter that went back belongs to a service that was started again: count from 0. */
static double grown(double before, double now)
{
    return now >= before ? now - before : now;
}

static double growth(const span *s, const char *name, const char *label, eg_str wanted)
{
    double now = eg_metrics_sum_where(&s->now->metrics, name, label, wanted);
    return s->before == NULL
               ? now
               : grown(eg_metrics_sum_where(&s->before->metrics, name, label, wanted), now);
}

static double rate(const span *s, const char *name)
{
    double now = value(s->now, name);
    return (s->before == NULL ? now : grown(value(s->before, name), now)) / s->seconds;
}

/* Requests a second whose status begins with that digit. */
static double status_rate(const span *s, char digit)
{
    double sum = 0;
    for (size_t i = 0; i < s->now->metrics.count; i++) {
        const eg_metric *m = &s->now->metrics.items[i];
        eg_str status = eg_metric_label(m, "status");
        if (!eg_str_equal(m->name, EG_STR(REQUESTS)) || status.len == 0 ||
            status.data[0] != digit) {
            continue;
        }
        double before = 0;
        for (size_t k = 0; s->before != NULL && k < s->before->metrics.count; k++) {
            const eg_metric *b = &s->before->metrics.items[k];
            bool same = eg_str_equal(b->name, m->name) && eg_str_equal(b->labels, m->labels);
            before += same ? b->value : 0;
        }
        sum += grown(before, m->value);
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

static double bucket_before(const span *s, const eg_metric *bucket)
{
    for (size_t i = 0; s->before != NULL && i < s->before->metrics.count; i++) {
        const eg_metric *m = &s->before->metrics.items[i];
        if (eg_str_equal(m->name, bucket->name) && eg_str_equal(m->labels, bucket->labels)) {
            return m->value;
        }
    }
    return 0;
}

static void read_histogram(histogram *out, const span *s, eg_str endpoint)
{
    out->count = 0;
    for (size_t i = 0; i < s->now->metrics.count && out->count < BOUNDS_MAX; i++) {
        const eg_metric *m = &s->now->metrics.items[i];
        if (eg_str_equal(m->name, EG_STR(DURATION "_bucket")) &&
            eg_str_equal(eg_metric_label(m, "endpoint"), endpoint)) {
            out->bound[out->count] = bound_of(eg_metric_label(m, "le"));
            out->upto[out->count++] = grown(bucket_before(s, m), m->value);
        }
    }
}

/* Within a bucket requests are taken to be spread evenly. Beyond the last bound: that bound. -1:
 * there were none. */
static double quantile(const histogram *h, double share)
{
    double total = h->count == 0 ? 0 : h->upto[h->count - 1];
    double low = 0, below = 0;
    if (total <= 0) {
        return -1;
    }
    for (size_t i = 0; i < h->count; i++) {
        if (h->bound[i] < 0) {
            break;
        }
        if (h->upto[i] >= share * total) {
            double inside = h->upto[i] - below;
            double part = inside <= 0 ? 1 : (share * total - below) / inside;
            return low + part * (h->bound[i] - low);
        }
        low = h->bound[i];
        below = h->upto[i];
    }
    return low;
}

/* ---- parts of the page ---- */

static void put_state(eg_buf *out, const char *url, const eg_look *now)
{
    eg_str kernel = EG_STR("");
    for (size_t i = 0; i < now->metrics.count; i++) {
        if (eg_str_equal(now->metrics.items[i].name, EG_STR("egserve_kernel_info"))) {
            kernel = eg_metric_label(&now->metrics.items[i], "kernel");
        }
    }
    eg_buf_printf(out, "egserve at %.200s: ", url);
    put_name(out, now->ready, now->ready.len < 16 ? now->ready.len : 16);
    eg_buf_printf(out, ", up ");
    put_uptime(out, value(now, "egserve_uptime_seconds"));
    eg_buf_printf(out, ", kernel ");
    put_name(out, kernel, kernel.len < 16 ? kernel.len : 16);
    eg_buf_printf(out, "\n\n");
}

static double workers(const eg_look *now, const char *state)
{
    return eg_metrics_sum_where(&now->metrics, "egserve_workers", "state", eg_str_from(state));
}

static void put_workers(eg_buf *out, const eg_look *now)
{
    eg_buf_printf(out, "workers    %.0f serving of %.0f", workers(now, "serving"),
                  value(now, "egserve_workers_wanted"));
    eg_buf_printf(out, ", %.0f starting, %.0f retiring; replaced:", workers(now, "starting"),
                  workers(now, "retiring"));
    for (size_t i = 0; i < now->metrics.count; i++) {
        const eg_metric *m = &now->metrics.items[i];
        if (eg_str_equal(m->name, EG_STR("egserve_worker_restarts_total"))) {
            eg_str cause = eg_metric_label(m, "cause");
            eg_buf_printf(out, " ");
            put_name(out, cause, cause.len < 16 ? cause.len : 16);
            eg_buf_printf(out, " %.0f", m->value);
        }
    }
    eg_buf_printf(out, "\n");
}

static void put_load(eg_buf *out, const eg_look *now)
{
    eg_buf_printf(
        out,
        "in flight  %.0f of %.0f requests, %.0f stuck; %.0f of %.0f connections; %.0f threads\n",
        value(now, "egserve_requests_in_flight"), value(now, "egserve_requests_in_flight_max"),
        value(now, "egserve_requests_stuck"), value(now, "egserve_connections"),
        value(now, "egserve_connections_max"), value(now, "egserve_threads"));
    eg_buf_printf(out, "memory     ");
    put_bytes(out, value(now, "egserve_memory_resident_bytes"));
    eg_buf_printf(out, " resident; in flight ");
    put_bytes(out, value(now, "egserve_memory_in_flight_bytes"));
    eg_buf_printf(out, " of ");
    put_bytes(out, value(now, "egserve_memory_limit_bytes"));
    eg_buf_printf(out, "\n");
}

static void put_rates(eg_buf *out, const span *s)
{
    eg_buf_printf(out, "per second %.1f requests: %.1f 2xx, %.1f 4xx, %.1f 5xx", rate(s, REQUESTS),
                  status_rate(s, '2'), status_rate(s, '4'), status_rate(s, '5'));
    eg_buf_printf(out, "; %.1f refused; %.1f ballots; %.1f units\n",
                  rate(s, "egserve_refused_total"), rate(s, "egserve_cast_ballots_total"),
                  rate(s, "egserve_units_total"));
}

static void put_latency(eg_buf *out, const span *s, eg_str endpoint)
{
    static const double shares[] = {0.5, 0.9, 0.99};
    histogram h;
    double requests = growth(s, DURATION "_count", "endpoint", endpoint);
    if (requests <= 0) {
        return;
    }
    read_histogram(&h, s, endpoint);
    eg_buf_printf(out, "  ");
    put_name(out, endpoint, NAME_COLUMN);
    eg_buf_printf(out, " %9.1f", requests / s->seconds);
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        eg_buf_printf(out, " ");
        put_seconds(out, quantile(&h, shares[i]));
    }
    eg_buf_printf(out, "\n");
}

static void put_latencies(eg_buf *out, const span *s)
{
    eg_buf_printf(out, "\n  %-*s %9s %9s %9s %9s\n", NAME_COLUMN, "endpoint", "per s", "half",
                  "90 %", "99 %");
    for (size_t i = 0, shown = 0; i < s->now->metrics.count && shown < ENDPOINTS_MAX; i++) {
        const eg_metric *m = &s->now->metrics.items[i];
        if (eg_str_equal(m->name, EG_STR(DURATION "_count"))) {
            put_latency(out, s, eg_metric_label(m, "endpoint"));
            shown++;
        }
    }
}

static void put_flight(eg_buf *out, const eg_node *flight)
{
    eg_buf_printf(out, "  ");
    put_name(out, text_of(flight, "endpoint"), NAME_COLUMN);
    eg_buf_printf(out, " %7" PRId64 " s  worker %-8" PRId64 " ",
                  number_of(flight, "elapsed_seconds"), number_of(flight, "thread_id"));
    eg_str id = text_of(flight, "request_id");
    put_name(out, id, id.len < NAME_COLUMN ? id.len : NAME_COLUMN);
    eg_buf_printf(out, "\n");
}

/* The oldest, at most FLIGHTS_SHOWN, in that order. Returns how many. */
static size_t oldest(const eg_node *out[FLIGHTS_SHOWN], const eg_node *list)
{
    size_t count = 0;
    for (size_t i = 0; i < list->as.array.count; i++) {
        const eg_node *flight = &list->as.array.items[i];
        int64_t age = number_of(flight, "elapsed_seconds");
        size_t at = count;
        while (at > 0 && number_of(out[at - 1], "elapsed_seconds") < age) {
            at--;
        }
        if (at == FLIGHTS_SHOWN) {
            continue;
        }
        count += count < FLIGHTS_SHOWN ? 1 : 0;
        memmove(&out[at + 1], &out[at], (count - at - 1) * sizeof *out);
        out[at] = flight;
    }
    return count;
}

static void put_flights(eg_buf *out, const eg_node *health)
{
    const eg_node *shown[FLIGHTS_SHOWN];
    const eg_node *list = member(health, "requests", EG_ARRAY);
    size_t count = list == NULL ? 0 : oldest(shown, list);
    if (count == 0) {
        return;
    }
    eg_buf_printf(out, "\n  %-*s %9s\n", NAME_COLUMN, "in flight, the oldest first", "for");
    for (size_t i = 0; i < count; i++) {
        put_flight(out, shown[i]);
    }
    if (list->as.array.count > count) {
        eg_buf_printf(out, "  and %zu more\n", list->as.array.count - count);
    }
}

void eg_monitor_page(eg_buf *out, const char *url, const eg_look *before, const eg_look *now)
{
    double uptime = value(now, "egserve_uptime_seconds");
    double seconds = before == NULL ? uptime : (double)(now->at_ns - before->at_ns) / 1e9;
    span s = {.before = before, .now = now, .seconds = seconds > 0 ? seconds : 1};
    put_state(out, url, now);
    put_workers(out, now);
    put_load(out, now);
    put_rates(out, &s);
    put_latencies(out, &s);
    put_flights(out, &now->health);
}
