#include "cli/monitor.h"

#include "cli/screen_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum {
    LABEL_COLUMNS = 11,
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

typedef struct page {
    eg_buf *out;
    size_t columns;
    size_t at;   /* columns of the line at hand that are taken */
    size_t rows; /* lines that have ended */
} page;

/* ---- lines ---- */

static void end_line(page *p)
{
    eg_buf_append_char(p->out, '\n');
    p->at = 0;
    p->rows++;
}

static void put_spaces(page *p, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        eg_buf_append_char(p->out, ' ');
    }
    p->at += count;
}

/* As much of it as fits, whole characters. */
static eg_str cut(eg_str text, size_t columns)
{
    enum { BYTES_PER_COLUMN = 16 }; /* more than any text that means well; a bound on the work */
    if (text.len > BYTES_PER_COLUMN * (columns + 1)) {
        text.len = BYTES_PER_COLUMN * (columns + 1);
    }
    while (text.len > 0 && eg_screen_width(text) > columns) {
        text.len--;
        while (text.len > 0 && ((unsigned char)text.data[text.len] & 0xc0) == 0x80) {
            text.len--;
        }
    }
    return text;
}

/* Text of somebody else, cut to so many columns or filled up to them. */
static void put_column(page *p, eg_str text, size_t columns)
{
    eg_screen_append_padded(p->out, cut(text, columns), columns);
    p->at += columns;
}

/* The same without filling up. */
static void put_text(page *p, eg_str text)
{
    size_t room = p->columns > p->at ? p->columns - p->at : 0;
    eg_str shown = cut(text, room);
    eg_screen_append(p->out, shown);
    p->at += eg_screen_width(shown);
}

/* A part of a line, on a new one when it does not fit, indented as its label is long. */
static void put_part(page *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put_part(page *p, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const bool is_first = p->at <= LABEL_COLUMNS;
    const size_t width = eg_screen_width(eg_str_from(text));
    if (!is_first && p->at + 2 + width + 1 > p->columns) {
        put_text(p, EG_STR(";"));
        end_line(p);
        put_spaces(p, LABEL_COLUMNS);
    } else if (!is_first) {
        put_text(p, EG_STR("; "));
    }
    put_text(p, eg_str_from(text));
}

static void put_label(page *p, const char *label)
{
    put_column(p, eg_str_from(label), LABEL_COLUMNS);
}

/* ---- numbers ---- */

static const char *bytes_text(char out[32], double bytes)
{
    static const char *const units[] = {"B", "KB", "MB", "GB", "TB"};
    size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        bytes /= 1024;
        unit++;
    }
    (void)snprintf(out, 32, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
    return out;
}

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
static void put_state(page *p, const char *url, const eg_monitor_figures *f)
{
    char uptime[48];
    eg_buf head, rest;
    eg_buf_init(&head, NULL);
    eg_buf_init(&rest, NULL);
    eg_buf_printf(&head, "egserve at %.200s:", url);
    eg_buf_append(&rest, f->ready.data, f->ready.len < SHORT ? f->ready.len : SHORT);
    eg_buf_printf(&rest, ", up %s, kernel ", uptime_text(uptime, f->uptime_seconds));
    eg_buf_append(&rest, f->kernel.data, f->kernel.len < SHORT ? f->kernel.len : SHORT);
    put_text(p, eg_buf_str(&head));
    if (p->at + 1 + eg_screen_width(eg_buf_str(&rest)) > p->columns) {
        end_line(p);
        put_spaces(p, LABEL_COLUMNS);
    } else {
        put_spaces(p, 1);
    }
    put_text(p, eg_buf_str(&rest));
    eg_buf_free(&head);
    eg_buf_free(&rest);
    end_line(p);
    end_line(p);
}

static void put_workers(page *p, const eg_monitor_figures *f)
{
    put_label(p, "workers");
    put_part(p, "%.0f serving of %.0f", f->workers_serving, f->workers_wanted);
    put_part(p, "%.0f starting", f->workers_starting);
    put_part(p, "%.0f retiring", f->workers_retiring);
    end_line(p);
    if (f->cause_count == 0) {
        return;
    }
    put_label(p, "replaced");
    for (size_t i = 0; i < f->cause_count; i++) {
        eg_str cause = f->restarts[i].cause;
        put_part(p, "%.*s %.0f", (int)(cause.len < SHORT ? cause.len : SHORT), cause.data,
                 f->restarts[i].count);
    }
    end_line(p);
}

static void put_load(page *p, const eg_monitor_figures *f)
{
    char a[32], b[32];
    put_label(p, "in flight");
    put_part(p, "%.0f of %.0f requests", f->requests_in_flight, f->requests_in_flight_max);
    put_part(p, "%.0f stuck", f->requests_stuck);
    put_part(p, "%.0f of %.0f connections", f->connections, f->connections_max);
    put_part(p, "%.0f threads", f->threads);
    end_line(p);
    put_label(p, "memory");
    put_part(p, "%s resident", bytes_text(a, f->memory_resident_bytes));
    put_part(p, "%s of %s in flight", bytes_text(a, f->memory_in_flight_bytes),
             bytes_text(b, f->memory_limit_bytes));
    end_line(p);
    put_label(p, "per second");
    put_part(p, "%.1f requests: %.1f 2xx, %.1f 4xx, %.1f 5xx", f->requests, f->requests_2xx,
             f->requests_4xx, f->requests_5xx);
    put_part(p, "%.1f refused", f->refused);
    put_part(p, "%.1f ballots", f->ballots);
    put_part(p, "%.1f units", f->units);
    end_line(p);
}

static size_t name_columns(const page *p, size_t others)
{
    size_t room = p->columns > others + NAME_COLUMNS_MIN ? p->columns - others : NAME_COLUMNS_MIN;
    return room < NAME_COLUMNS_MAX ? room : NAME_COLUMNS_MAX;
}

/* Right-aligned, a space at least before it. */
static void put_number(page *p, const char *text, size_t columns)
{
    size_t width = eg_screen_width(eg_str_from(text));
    put_spaces(p, width + 1 < columns ? columns - width : 1);
    put_column(p, eg_str_from(text), width);
}

static void put_endpoint(page *p, const eg_monitor_endpoint *e)
{
    char text[48];
    put_column(p, e->name, name_columns(p, NUMBERS * NUMBER_COLUMNS));
    (void)snprintf(text, sizeof text, "%.1f", e->per_second);
    put_number(p, text, NUMBER_COLUMNS);
    for (size_t i = 0; i < EG_MONITOR_SHARES; i++) {
        put_number(p, bound_text(text, &e->latency[i]), NUMBER_COLUMNS);
    }
    end_line(p);
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

static void put_more(page *p, size_t count)
{
    if (count > 0) {
        put_part(p, "and %zu more", count);
        end_line(p);
    }
}

/* room: lines for endpoints, the count of the others included. */
static void put_endpoints(page *p, const eg_monitor_figures *f, size_t room)
{
    static const char *const titles[NUMBERS] = {"per s", "half", "90 %", "99 %"};
    size_t shown = f->endpoint_count <= room ? f->endpoint_count : room - 1;
    end_line(p);
    put_column(p, EG_STR("endpoint"), name_columns(p, NUMBERS * NUMBER_COLUMNS));
    for (size_t i = 0; i < NUMBERS; i++) {
        put_number(p, titles[i], NUMBER_COLUMNS);
    }
    end_line(p);
    for (size_t i = 0; i < f->endpoint_count; i++) {
        if (is_shown(f, i, shown)) {
            put_endpoint(p, &f->endpoints[i]);
        }
    }
    put_more(p, f->endpoint_count - shown);
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

static void put_flight(page *p, const eg_node *flight)
{
    char text[48];
    put_column(p, text_of(flight, "endpoint"), name_columns(p, AGE_COLUMNS + 2 * WORKER_COLUMNS));
    (void)snprintf(text, sizeof text, "%" PRId64 " s", number_of(flight, "elapsed_seconds"));
    put_number(p, text, AGE_COLUMNS);
    (void)snprintf(text, sizeof text, "%" PRId64, number_of(flight, "thread_id"));
    put_number(p, text, WORKER_COLUMNS);
    put_spaces(p, 2);
    put_text(p, text_of(flight, "request_id"));
    end_line(p);
}

/* room: lines for requests, the count of the others included. */
static void put_flights(page *p, const eg_node *health, size_t room)
{
    const eg_node *all[FLIGHTS_SHOWN];
    const eg_node *list = member(health, "requests", EG_ARRAY);
    size_t count = list == NULL ? 0 : oldest(all, list);
    if (count == 0 || room < 2) {
        return;
    }
    size_t total = list->as.array.count;
    size_t shown = total <= room && total == count ? count : room - 1 < count ? room - 1 : count;
    end_line(p);
    put_column(p, EG_STR("in flight, the oldest first"),
               name_columns(p, AGE_COLUMNS + 2 * WORKER_COLUMNS));
    put_number(p, "for", AGE_COLUMNS);
    put_number(p, "worker", WORKER_COLUMNS);
    put_text(p, EG_STR("  id"));
    end_line(p);
    for (size_t i = 0; i < shown; i++) {
        put_flight(p, all[i]);
    }
    put_more(p, total - shown);
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
    page p = {.out = out,
              .columns = size.columns < EG_PAGE_COLUMNS_MIN ? EG_PAGE_COLUMNS_MIN : size.columns};
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
        end_line(&p);
        put_text(&p, eg_str_from(note));
        end_line(&p);
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
