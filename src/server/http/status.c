#include "server/http/status.h"

#include "base/clock.h"
#include "server/http/totals.h"
#include "wire/writer.h"

enum { FLIGHTS_SHOWN = 20 };

/* ---- workers ---- */

static const char *state_name(const eg_slot *slot)
{
    int state = atomic_load(&slot->state);
    return eg_slot_serves(slot) ? "serving" : state == EG_SLOT_STARTING ? "starting" : "retiring";
}

static int64_t seconds_since(uint64_t ns)
{
    uint64_t now = eg_clock_monotonic_ns();
    return now > ns ? (int64_t)((now - ns) / 1000000000u) : 0;
}

static void write_worker(eg_writer *w, const eg_slot *slot)
{
    eg_write_map(w);
    eg_put_int(w, "pid", atomic_load(&slot->pid));
    eg_put_cstr(w, "state", state_name(slot));
    eg_put_int(w, "uptime_seconds", seconds_since(atomic_load(&slot->started_ns)));
    eg_put_int(w, "silent_seconds", seconds_since(atomic_load(&slot->heartbeat_ns)));
    eg_put_int(w, "served", (int64_t)atomic_load(&slot->served));
    eg_put_int(w, "requests_in_flight", atomic_load(&slot->jobs));
    eg_put_int(w, "connections", atomic_load(&slot->connections));
    eg_put_int(w, "threads", atomic_load(&slot->threads));
    eg_put_int(w, "threads_busy", atomic_load(&slot->threads_busy));
    eg_put_int(w, "units_waiting", (int64_t)atomic_load(&slot->units_waiting));
    eg_put_int(w, "memory_in_flight_bytes", (int64_t)eg_budget_used(&slot->memory));
    eg_put_int(w, "memory_resident_bytes", (int64_t)atomic_load(&slot->resident_bytes));
    eg_write_end(w);
}

static void write_workers(eg_writer *w, const eg_scoreboard *board)
{
    eg_write_key(w, "workers");
    eg_write_array(w, eg_slots_used(board));
    for (size_t i = 0; i < eg_slots_used(board); i++) {
        if (eg_slot_lives(&board->slots[i])) {
            write_worker(w, &board->slots[i]);
        }
    }
    eg_write_end(w);
}

/* ---- requests ---- */

typedef struct seen {
    eg_flight_seen flight;
    int pid;
} seen;

typedef struct oldest {
    seen rows[FLIGHTS_SHOWN]; /* the oldest first */
    size_t count;
} oldest;

static void keep_if_old(void *context, const eg_slot *slot, const eg_flight_seen *flight)
{
    oldest *o = context;
    size_t at = o->count;
    while (at > 0 && o->rows[at - 1].flight.seconds < flight->seconds) {
        at--;
    }
    if (at == FLIGHTS_SHOWN) {
        return;
    }
    size_t behind = (o->count < FLIGHTS_SHOWN ? o->count : FLIGHTS_SHOWN - 1) - at;
    memmove(&o->rows[at + 1], &o->rows[at], behind * sizeof o->rows[0]);
    o->rows[at] = (seen){*flight, atomic_load(&slot->pid)};
    o->count += o->count < FLIGHTS_SHOWN ? 1 : 0;
}

static void write_requests(eg_writer *w, const eg_scoreboard *board)
{
    oldest o = {.count = 0};
    eg_flights_visit_all(board, keep_if_old, &o);
    eg_write_key(w, "oldest_requests");
    eg_write_array(w, o.count);
    for (size_t i = 0; i < o.count; i++) {
        const eg_flight_seen *flight = &o.rows[i].flight;
        eg_write_map(w);
        eg_put_cstr(w, "request_id", flight->id);
        eg_put_cstr(w, "endpoint", flight->endpoint);
        eg_put_int(w, "elapsed_seconds", (int64_t)flight->seconds);
        eg_put_int(w, "pid", o.rows[i].pid);
        eg_put_bool(w, "stuck", eg_flight_is_stuck(flight));
        eg_write_end(w);
    }
    eg_write_end(w);
}

void eg_status_write(eg_buf *out, const eg_scoreboard *board)
{
    eg_writer w;
    eg_writer_init(&w, out, EG_STYLE_JSON);
    eg_write_map(&w);
    eg_put_cstr(&w, "status", eg_totals_readiness(board));
    eg_put_cstr(&w, "version", EG_VERSION);
    eg_put_int(&w, "uptime_seconds", seconds_since(board->started_ns));
    eg_put_cstr(&w, "kernel", board->kernel);
    eg_put_cstr(&w, "processor", board->processor);
    eg_put_int(&w, "processors", board->processors);
    eg_put_int(&w, "max_body_bytes", (int64_t)board->max_body_bytes);
    write_workers(&w, board);
    write_requests(&w, board);
    eg_write_end(&w);
}
