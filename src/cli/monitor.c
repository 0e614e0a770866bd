#include "cli/monitor.h"

#include "cli/page_text.h"
#include "cli/screen_text.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    NUMBER_COLUMNS = 10, /* of each of the four behind an endpoint's name */
    NUMBERS = 4,
    AGE_COLUMNS = 9,
    WORKER_COLUMNS = 8,
    NAME_COLUMNS_MIN = 8,
    NAME_COLUMNS_MAX = 36,
    FLIGHTS_SHOWN = 12,
    SHORT = 16, /* of words of the service within a line */
    TITLES = 2  /* lines above a table's first row */
};

/* ---- numbers ---- */

static const char *uptime_text(char out[48], double seconds)
{
    unsigned long long s = seconds < 0 ? 0 : (unsigned long long)seconds;
    if (s >= 86400) {
        (void)snprintf(out, 48, "%llu d %llu h", s / 86400, s / 3600 % 24);
    } else if (s >= 3600) {
        (void)snprintf(out, 48, "%llu h %02llu min", s / 3600, s / 60 % 60);
    } else {
        (void)snprintf(out, 48, "%llu min %02llu s", s / 60, s % 60);
    }
    return out;
}

/* "≤ 20 ms", "> 300 s": a bound, not a measurement. */
static const char *bound_text(char out[48], const eg_bound *bound)
{
    if (bound->seconds < 0) {
        return "-";
    }
    bool is_small = bound->seconds < 1;
    (void)snprintf(out, 48, "%s %g %s", bound->is_exceeded ? ">" : "\xE2\x89\xA4",
                   is_small ? bound->seconds * 1e3 : bound->seconds, is_small ? "ms" : "s");
    return out;
}

/* ---- parts of the page ---- */

/* In one line where it fits; else the address has a line of its own. */
static void put_state(eg_page *p, const char *url, const eg_monitor_figures *f)
{
    char uptime[48];
    eg_buf head, rest;
    eg_buf_init(&head, NULL);
    eg_buf_init(&rest, NULL);
    eg_buf_printf(&head, "egserve at %.200s:", url);
    eg_buf_append(&rest, f->ready.data, f->ready.len < SHORT ? f->ready.len : SHORT);
    eg_buf_printf(&rest, ", up %s, kernel ", uptime_text(uptime, f->uptime_seconds));
    eg_buf_append(&rest, f->kernel.data, f->kernel.len < SHORT ? f->kernel.len : SHORT);
    eg_page_text(p, eg_buf_str(&head));
    if (p->at + 1 + eg_screen_width(eg_buf_str(&rest)) > p->columns) {
        eg_page_end_line(p);
        eg_page_spaces(p, EG_PAGE_LABEL_COLUMNS);
    } else {
        eg_page_spaces(p, 1);
    }
    eg_page_text(p, eg_buf_str(&rest));
    eg_buf_free(&head);
    eg_buf_free(&rest);
    eg_page_end_line(p);
    eg_page_end_line(p);
}

static void put_workers(eg_page *p, const eg_monitor_figures *f)
{
    eg_page_label(p, "workers");
    eg_page_part(p, "%.0f serving of %.0f", f->workers_serving, f->workers_wanted);
    eg_page_part(p, "%.0f starting", f->workers_starting);
    eg_page_part(p, "%.0f retiring", f->workers_retiring);
    eg_page_end_line(p);
    if (f->cause_count == 0) {
        return;
    }
    eg_page_label(p, "replaced");
    for (size_t i = 0; i < f->cause_count; i++) {
        eg_str cause = f->restarts[i].cause;
        eg_page_part(p, "%.*s %.0f", (int)(cause.len < SHORT ? cause.len : SHORT), cause.data,
                     f->restarts[i].count);
    }
    eg_page_end_line(p);
}

static void put_load(eg_page *p, const eg_monitor_figures *f)
{
    char a[32], b[32];
    eg_page_label(p, "in flight");
    eg_page_part(p, "%.0f of %.0f requests", f->requests_in_flight, f->requests_in_flight_max);
    eg_page_part(p, "%.0f stuck", f->requests_stuck);
    eg_page_part(p, "%.0f of %.0f connections", f->connections, f->connections_max);
    eg_page_part(p, "%.0f threads", f->threads);
    eg_page_end_line(p);
    eg_page_label(p, "memory");
    eg_page_part(p, "%s resident", eg_page_bytes(a, f->memory_resident_bytes));
    eg_page_part(p, "%s of %s in flight", eg_page_bytes(a, f->memory_in_flight_bytes),
                 eg_page_bytes(b, f->memory_limit_bytes));
    eg_page_end_line(p);
    eg_page_label(p, "per second");
    eg_page_part(p, "%.1f requests: %.1f 2xx, %.1f 4xx, %.1f 5xx", f->requests, f->requests_2xx,
                 f->requests_4xx, f->requests_5xx);
    eg_page_part(p, "%.1f refused", f->refused);
    eg_page_part(p, "%.1f ballots", f->ballots);
    eg_page_part(p, "%.1f units", f->units);
    eg_page_end_line(p);
}

static size_t name_columns(const eg_page *p, size_t others)
{
    size_t room = p->columns > others + NAME_COLUMNS_MIN ? p->columns - others : NAME_COLUMNS_MIN;
    return room < NAME_COLUMNS_MAX ? room : NAME_COLUMNS_MAX;
}

static void put_endpoint(eg_page *p, const eg_monitor_endpoint *e)
{
    char text[48];
    eg_page_column(p, e->name, name_columns(p, NUMBERS * NUMBER_COLUMNS));
    (void)snprintf(text, sizeof text, "%.1f", e->per_second);
    eg_page_number(p, text, NUMBER_COLUMNS);
    for (size_t i = 0; i < EG_MONITOR_SHARES; i++) {
        eg_page_number(p, bound_text(text, &e->latency[i]), NUMBER_COLUMNS);
    }
    eg_page_end_line(p);
}

/* Is it one of the `room` busiest? Of equals the earlier ones. */
static bool is_shown(const eg_monitor_figures *f, size_t which, size_t room)
{
    size_t before = 0;
    for (size_t i = 0; i < f->endpoint_count; i++) {
        double more = f->endpoints[i].requests - f->endpoints[which].requests;
        before += more > 0 || (more >= 0 && i < which);
    }
    return before < room;
}

/* room: lines for endpoints, the count of the others included. */
static void put_endpoints(eg_page *p, const eg_monitor_figures *f, size_t room)
{
    static const char *const titles[NUMBERS] = {"per s", "half", "90 %", "99 %"};
    size_t shown = f->endpoint_count <= room ? f->endpoint_count : room - 1;
    eg_page_end_line(p);
    eg_page_column(p, EG_STR("endpoint"), name_columns(p, NUMBERS * NUMBER_COLUMNS));
    for (size_t i = 0; i < NUMBERS; i++) {
        eg_page_number(p, titles[i], NUMBER_COLUMNS);
    }
    eg_page_end_line(p);
    for (size_t i = 0; i < f->endpoint_count; i++) {
        if (is_shown(f, i, shown)) {
            put_endpoint(p, &f->endpoints[i]);
        }
    }
    eg_page_more(p, f->endpoint_count - shown);
}

/* ---- requests in flight ---- */

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

static void put_flight(eg_page *p, const eg_node *flight)
{
    char text[48];
    eg_page_column(p, text_of(flight, "endpoint"),
                   name_columns(p, AGE_COLUMNS + 2 * WORKER_COLUMNS));
    (void)snprintf(text, sizeof text, "%" PRId64 " s", number_of(flight, "elapsed_seconds"));
    eg_page_number(p, text, AGE_COLUMNS);
    (void)snprintf(text, sizeof text, "%" PRId64, number_of(flight, "thread_id"));
    eg_page_number(p, text, WORKER_COLUMNS);
    eg_page_spaces(p, 2);
    eg_page_text(p, text_of(flight, "request_id"));
    eg_page_end_line(p);
}

/* room: lines for requests, the count of the others included. */
static void put_flights(eg_page *p, const eg_node *health, size_t room)
{
    const eg_node *all[FLIGHTS_SHOWN];
    const eg_node *list = member(health, "requests", EG_ARRAY);
    size_t count = list == NULL ? 0 : oldest(all, list);
    if (count == 0 || room < 2) {
        return;
    }
    size_t total = list->as.array.count;
    size_t shown = total <= room && total == count ? count : room - 1 < count ? room - 1 : count;
    eg_page_end_line(p);
    eg_page_column(p, EG_STR("in flight, the oldest first"),
                   name_columns(p, AGE_COLUMNS + 2 * WORKER_COLUMNS));
    eg_page_number(p, "for", AGE_COLUMNS);
    eg_page_number(p, "worker", WORKER_COLUMNS);
    eg_page_text(p, EG_STR("  id"));
    eg_page_end_line(p);
    for (size_t i = 0; i < shown; i++) {
        put_flight(p, all[i]);
    }
    eg_page_more(p, total - shown);
}

/* ---- all of it ---- */

static size_t flight_count(const eg_node *health)
{
    const eg_node *list = member(health, "requests", EG_ARRAY);
    size_t count = list == NULL ? 0 : list->as.array.count;
    return count > FLIGHTS_SHOWN ? FLIGHTS_SHOWN + 1 : count;
}

/* Of the lines for both tables: what requests in flight need, but while endpoints need more than
 * there is, no more than a third. */
static size_t room_for_flights(size_t room, size_t endpoints, size_t flights)
{
    enum { LEAST = 4 }; /* titles, a request, the count of the others */
    size_t wanted = flights == 0 ? 0 : flights + TITLES;
    size_t others = endpoints < 2 ? 2 : endpoints;
    size_t third = room / 3 < LEAST ? LEAST : room / 3;
    size_t left = room > others ? room - others : 0;
    size_t most = left > third ? left : third;
    return room < 2 * LEAST ? 0 : wanted < most ? wanted : most;
}

void eg_monitor_page(eg_buf *out, const char *url, const eg_look *before, const eg_look *now,
                     eg_page_size size, const char *note)
{
    enum { WITHOUT_END = 1000 };
    eg_monitor_figures f;
    eg_page p = {.out = out,
                 .columns =
                     size.columns < EG_PAGE_COLUMNS_MIN ? EG_PAGE_COLUMNS_MIN : size.columns};
    eg_monitor_figure(&f, before, now);
    put_state(&p, url, &f);
    put_workers(&p, &f);
    put_load(&p, &f);
    /* what is left is the endpoints', but for a third when requests are in flight */
    size_t taken = p.rows + TITLES + (note == NULL ? 0 : 2);
    size_t room = size.rows == 0 ? WITHOUT_END : size.rows > taken + 2 ? size.rows - taken : 2;
    size_t for_flights = room_for_flights(room, f.endpoint_count, flight_count(&now->health));
    put_endpoints(&p, &f, room - for_flights < 2 ? 2 : room - for_flights);
    put_flights(&p, &now->health, for_flights < TITLES ? 0 : for_flights - TITLES);
    if (note != NULL) {
        eg_page_end_line(&p);
        eg_page_text(&p, eg_str_from(note));
        eg_page_end_line(&p);
    }
}

static void put_json_endpoint(eg_outcome *out, const eg_monitor_endpoint *e)
{
    static const char *const names[EG_MONITOR_SHARES] = {
        "half_at_most_seconds", "p90_at_most_seconds", "p99_at_most_seconds"};
    eg_write_map(&out->w);
    eg_put_str(&out->w, "endpoint", e->name);
    eg_put_int(&out->w, "requests", (int64_t)e->requests);
    eg_outcome_put_number(out, "requests_per_second", e->per_second, 3);
    for (size_t i = 0; i < EG_MONITOR_SHARES; i++) {
        if (e->latency[i].is_exceeded || e->latency[i].seconds < 0) {
            eg_put_null(&out->w, names[i]); /* no bound */
        } else {
            eg_outcome_put_number(out, names[i], e->latency[i].seconds, 6);
        }
    }
    eg_write_end(&out->w);
}

static void put_counts(eg_outcome *out, const char *key, const char *const names[],
                       const double values[], size_t count)
{
    eg_write_key(&out->w, key);
    eg_write_map(&out->w);
    for (size_t i = 0; i < count; i++) {
        eg_put_int(&out->w, names[i], (int64_t)values[i]);
    }
    eg_write_end(&out->w);
}

void eg_monitor_put_json(eg_outcome *out, const char *url, const eg_look *now)
{
    static const char *const worker_names[] = {"serving", "wanted", "starting", "retiring"};
    static const char *const load_names[] = {"requests", "requests_max", "stuck", "connections",
                                             "connections_max"};
    static const char *const memory_names[] = {"resident_bytes", "in_flight_bytes", "limit_bytes"};
    eg_monitor_figures f;
    eg_monitor_figure(&f, NULL, now);
    eg_put_cstr(&out->w, "url", url);
    eg_put_str(&out->w, "status", f.ready);
    eg_put_str(&out->w, "kernel", f.kernel);
    eg_put_int(&out->w, "uptime_seconds", (int64_t)f.uptime_seconds);
    put_counts(out, "workers", worker_names,
               (const double[]){f.workers_serving, f.workers_wanted, f.workers_starting,
                                f.workers_retiring},
               4);
    eg_write_key(&out->w, "replaced");
    eg_write_map(&out->w);
    for (size_t i = 0; i < f.cause_count; i++) {
        eg_write_key_str(&out->w, f.restarts[i].cause);
        eg_write_int(&out->w, (int64_t)f.restarts[i].count);
    }
    eg_write_end(&out->w);
    put_counts(out, "in_flight", load_names,
               (const double[]){f.requests_in_flight, f.requests_in_flight_max, f.requests_stuck,
                                f.connections, f.connections_max},
               5);
    put_counts(
        out, "memory", memory_names,
        (const double[]){f.memory_resident_bytes, f.memory_in_flight_bytes, f.memory_limit_bytes},
        3);
    eg_outcome_put_number(out, "requests_per_second", f.requests, 3);
    eg_write_key(&out->w, "endpoints");
    eg_write_array(&out->w, f.endpoint_count);
    for (size_t i = 0; i < f.endpoint_count; i++) {
        put_json_endpoint(out, &f.endpoints[i]);
    }
    eg_write_end(&out->w);
}
