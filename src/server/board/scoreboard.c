#include "server/board/scoreboard.h"

#include "api/routes.h"
#include "base/clock.h"

#include <sys/mman.h>

const int eg_score_statuses[EG_STATUSES] = {200, 400, 401, 403, 404, 405, 408, 411,
                                            413, 414, 415, 431, 499, 500, 503, 0};
const unsigned eg_score_bounds_ms[EG_LATENCY_BUCKETS - 1] = {
    1, 2, 5, 10, 20, 50, 100, 250, 1000, 5000, 15000, 60000, 300000};
const char *const eg_cause_names[EG_CAUSES] = {"died", "frozen", "overrun", "max_requests",
                                               "reload"};

static const char *const own_paths[] = {"/health", "/ready", "/metrics", "/status", "other"};

eg_scoreboard *eg_scoreboard_new(size_t max_memory_bytes)
{
    eg_scoreboard *board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (board == MAP_FAILED) {
        return NULL;
    }
    board->started_ns = eg_clock_monotonic_ns();
    eg_budget_init(&board->memory, max_memory_bytes, NULL);
    return board;
}

void eg_scoreboard_free(eg_scoreboard *board)
{
    if (board != NULL) {
        (void)munmap(board, sizeof *board);
    }
}

/* ---- slots ---- */

static void clear_flights(eg_slot *slot)
{
    uint32_t high = atomic_load(&slot->flights_high);
    for (uint32_t i = 0; i < high && i < EG_FLIGHTS_MAX; i++) {
        atomic_store(&slot->flights[i].used, 0);
    }
    atomic_store(&slot->flights_high, 0);
}

eg_slot *eg_slot_take(eg_scoreboard *board)
{
    for (size_t i = 0; i < EG_SLOTS_MAX; i++) {
        eg_slot *slot = &board->slots[i];
        if (i < eg_slots_used(board) && atomic_load(&slot->state) != EG_SLOT_FREE) {
            continue;
        }
        uint64_t now = eg_clock_monotonic_ns();
        clear_flights(slot);
        atomic_store(&slot->pid, 0);
        atomic_store(&slot->started_ns, now);
        atomic_store(&slot->heartbeat_ns, now);
        atomic_store(&slot->served, 0);
        atomic_store(&slot->worked, 0);
        atomic_store(&slot->threads, 0);
        atomic_store(&slot->connections, 0);
        atomic_store(&slot->newcomers, 0);
        atomic_store(&slot->jobs, 0);
        atomic_store(&slot->threads_busy, 0);
        atomic_store(&slot->units_waiting, 0);
        atomic_store(&slot->resident_bytes, 0);
        eg_budget_init(&slot->memory, 0, &board->memory);
        atomic_store(&slot->state, EG_SLOT_STARTING);
        if (i >= eg_slots_used(board)) {
            atomic_store(&board->slots_high, (uint32_t)i + 1);
        }
        return slot;
    }
    return NULL;
}

/* Counters are nothing but 64-bit atomics, one after the other. */
_Static_assert(sizeof(eg_counters) % sizeof(_Atomic uint64_t) == 0, "counters have no gaps");

static void add_counters(eg_counters *to, eg_counters *from)
{
    _Atomic uint64_t *target = (_Atomic uint64_t *)to;
    _Atomic uint64_t *source = (_Atomic uint64_t *)from;
    for (size_t i = 0; i < sizeof *to / sizeof *target; i++) {
        uint64_t value = atomic_load_explicit(&source[i], memory_order_relaxed);
        if (value != 0) {
            (void)atomic_fetch_add_explicit(&target[i], value, memory_order_relaxed);
        }
    }
}

static void clear_counters(eg_counters *counters)
{
    _Atomic uint64_t *at = (_Atomic uint64_t *)counters;
    for (size_t i = 0; i < sizeof *counters / sizeof *at; i++) {
        if (atomic_load_explicit(&at[i], memory_order_relaxed) != 0) {
            atomic_store_explicit(&at[i], 0, memory_order_relaxed);
        }
    }
}

void eg_slot_release(eg_scoreboard *board, eg_slot *slot)
{
    (void)atomic_fetch_add(&board->fold_version, 1);
    add_counters(&board->gone, &slot->counters);
    clear_counters(&slot->counters);
    (void)atomic_fetch_add(&board->fold_version, 1);
    clear_flights(slot);
    /* what it held in flight is settled with the service's figure later */
    __atomic_store_n(&slot->memory.used_bytes, 0, __ATOMIC_SEQ_CST);
    atomic_store(&slot->state, EG_SLOT_FREE);
}

void eg_scoreboard_settle_memory(eg_scoreboard *board, eg_memory_looks *looks)
{
    enum { LOOKS = 5 };
    size_t sum = 0;
    for (size_t i = 0; i < eg_slots_used(board); i++) {
        sum += eg_slot_lives(&board->slots[i]) ? eg_budget_used(&board->slots[i].memory) : 0;
    }
    size_t difference = eg_budget_used(&board->memory) - sum; /* may wrap: then it is owed */
    if (difference == 0 || difference != looks->difference) {
        *looks = (eg_memory_looks){.difference = difference, .same = 1};
        return;
    }
    if (++looks->same >= LOOKS) {
        (void)__atomic_sub_fetch(&board->memory.used_bytes, difference, __ATOMIC_SEQ_CST);
        *looks = (eg_memory_looks){0};
    }
}

/* ---- requests ---- */

eg_flight *eg_flight_begin(eg_slot *slot, const char *id, size_t endpoint, uint64_t started_ns,
                           uint64_t deadline_ns)
{
    for (uint32_t i = 0; i < EG_FLIGHTS_MAX; i++) {
        eg_flight *flight = &slot->flights[i];
        if (atomic_load(&flight->used) != 0) {
            continue;
        }
        size_t n = strnlen(id, EG_FLIGHT_ID_BYTES - 1);
        memcpy(flight->id, id, n);
        flight->id[n] = '\0';
        atomic_store(&flight->endpoint, (uint32_t)endpoint);
        atomic_store(&flight->started_ns, started_ns);
        atomic_store(&flight->deadline_ns, deadline_ns);
        atomic_store(&flight->used, 1);
        if (i >= atomic_load(&slot->flights_high)) {
            atomic_store(&slot->flights_high, i + 1);
        }
        return flight;
    }
    return NULL;
}

void eg_flight_end(eg_flight *flight)
{
    if (flight != NULL) {
        atomic_store(&flight->used, 0);
    }
}

void eg_flights_visit(const eg_slot *slot, eg_flight_visitor *visit, void *context)
{
    uint64_t now = eg_clock_monotonic_ns();
    uint32_t high = atomic_load(&slot->flights_high);
    for (uint32_t i = 0; i < high && i < EG_FLIGHTS_MAX; i++) {
        const eg_flight *flight = &slot->flights[i];
        uint64_t started = atomic_load(&flight->started_ns);
        if (atomic_load(&flight->used) == 0 || started >= now) {
            continue;
        }
        eg_flight_seen seen = {.seconds = (double)(now - started) / 1e9};
        const char *endpoint = eg_score_endpoint_name(atomic_load(&flight->endpoint));
        seen.endpoint = endpoint == NULL ? "" : endpoint;
        memcpy(seen.id, flight->id, sizeof seen.id); /* the request may end while we look */
        seen.id[sizeof seen.id - 1] = '\0';
        visit(context, slot, &seen);
    }
}

void eg_flights_visit_all(const eg_scoreboard *board, eg_flight_visitor *visit, void *context)
{
    for (size_t i = 0; i < eg_slots_used(board); i++) {
        if (eg_slot_lives(&board->slots[i])) {
            eg_flights_visit(&board->slots[i], visit, context);
        }
    }
}

bool eg_flight_is_stuck(const eg_flight_seen *flight)
{
    enum { STUCK_AFTER_S = 60 };
    return flight->seconds >= STUCK_AFTER_S + 1;
}

static size_t status_column(int status)
{
    size_t i = 0;
    while (eg_score_statuses[i] != 0 && eg_score_statuses[i] != status) {
        i++;
    }
    return i;
}

void eg_score_request(eg_slot *slot, size_t endpoint, int status, uint64_t duration_ns)
{
    eg_latency *latency = &slot->counters.latency[endpoint];
    size_t bucket = 0;
    while (bucket < EG_LATENCY_BUCKETS - 1 &&
           duration_ns > (uint64_t)eg_score_bounds_ms[bucket] * 1000000u) {
        bucket++;
    }
    (void)atomic_fetch_add(&slot->counters.requests[endpoint][status_column(status)], 1);
    (void)atomic_fetch_add(&latency->bucket[bucket], 1);
    (void)atomic_fetch_add(&latency->sum_us, duration_ns / 1000);
    (void)atomic_fetch_add(&slot->served, 1);
}

/* ---- rows ---- */

static size_t route_count(void)
{
    size_t n = 0;
    while (eg_routes[n] != NULL) {
        n++;
    }
    return n;
}

const char *eg_score_endpoint_name(size_t row)
{
    enum { OWN = sizeof own_paths / sizeof *own_paths };
    size_t routes = route_count();
    if (row < routes) {
        return eg_routes[row]->path;
    }
    return row - routes < OWN ? own_paths[row - routes] : NULL;
}

size_t eg_score_endpoint(const char *path)
{
    size_t row = 0;
    const char *name;
    while ((name = eg_score_endpoint_name(row)) != NULL && strcmp(name, path) != 0) {
        row++;
    }
    return name == NULL ? row - 1 : row; /* the last row is "other" */
}

void eg_scoreboard_sum(eg_scoreboard *board, eg_counters *out)
{
    enum { TRIES = 1000 };
    uint32_t version;
    unsigned tries = 0;
    do {
        version = atomic_load(&board->fold_version);
        clear_counters(out);
        add_counters(out, &board->gone);
        for (size_t i = 0; i < eg_slots_used(board); i++) {
            if (eg_slot_lives(&board->slots[i])) {
                add_counters(out, &board->slots[i].counters);
            }
        }
    } while ((version % 2 != 0 || version != atomic_load(&board->fold_version)) && ++tries < TRIES);
}
