#include "server/http/http.h"

#include "api/routes.h"
#include "base/clock.h"
#include "server/board/log.h"
#include "server/http/connection.h"
#include "server/http/exchange.h"
#include "server/http/limits.h"
#include "server/http/linger.h"

#include <errno.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    EVENTS = 64,
    ACCEPTS = 16,         /* in one round of the loop */
    TICK_MS = 100,        /* between two looks at limits of time */
    DECLINE_MS = 2,       /* how long a less busy worker has to take a connection */
    DECLINE_BUSY_MS = 20, /* the same while this one has no free thread */
    FRESH_MS = 2000,      /* a worker whose heartbeat is older is not counted upon */
    MEMORY_LOOK_MS = 2000,
    TRIM_LOOK_MS = 500, /* between two looks at what is kept without need */
    QUIET_LOOKS = 2,    /* without a request, until it goes back */
    UNEVEN = 2          /* connections more than the least busy worker has */
};

static const uint64_t ms_ns = 1000000u;
static eg_watched is_listener = EG_WATCHED_OTHER, is_daemon = EG_WATCHED_OTHER,
                  is_wake = EG_WATCHED_OTHER,
                  is_foreign = EG_WATCHED_OTHER; /* what epoll says of them is found by asking */

static bool watch(eg_http *http, int fd, void *what)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = what};
    return epoll_ctl(http->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

bool eg_http_watch(eg_http *http, int fd)
{
    return watch(http, fd, &is_foreign);
}

/* What libmicrohttpd has to say is for its developers; it must not fill the log, nor block. */
static void no_log(void *context, const char *format, va_list args)
{
    (void)context;
    (void)format;
    (void)args;
}

static struct MHD_Daemon *start_daemon(eg_http *http)
{
    const eg_settings *settings = http->setup.settings;
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG, 0,
        NULL, NULL, eg_exchange_on_request, http, MHD_OPTION_EXTERNAL_LOGGER, no_log, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, eg_exchange_on_completed, http, MHD_OPTION_NOTIFY_CONNECTION,
        eg_connection_notify, http, MHD_OPTION_URI_LOG_CALLBACK, eg_exchange_on_line, http,
        MHD_OPTION_CONNECTION_LIMIT, 2 * settings->worker_connections + 1024,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, 2 * settings->max_header_bytes, MHD_OPTION_END);
}

eg_http *eg_http_new(const eg_http_setup *setup)
{
    eg_http *http = calloc(1, sizeof *http);
    if (http == NULL) {
        return NULL;
    }
    http->setup = *setup;
    http->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    http->daemon = start_daemon(http);
    const union MHD_DaemonInfo *info =
        http->daemon == NULL ? NULL : MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    http->memory_fd = eg_machine_open_own_memory();
    http->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    http->listening = watch(http, setup->listen_fd, &is_listener);
    if (http->epoll_fd < 0 || info == NULL || !watch(http, info->epoll_fd, &is_daemon) ||
        !watch(http, http->wake_fd, &is_wake) || !http->listening) {
        eg_http_free(http);
        return NULL;
    }
    atomic_store(&setup->slot->connections_max, setup->settings->worker_connections);
    atomic_store(&setup->slot->jobs_max, setup->settings->max_jobs);
    return http;
}

/* ---- connections ---- */

static void listen_on_or_off(eg_http *http, bool on)
{
    if (on == http->listening || http->closed) {
        return;
    }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &is_listener};
    (void)epoll_ctl(http->epoll_fd, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, http->setup.listen_fd,
                    &event);
    http->listening = on;
}

/* Another worker that can be trusted to take a connection, if it has room. */
static bool is_counted_upon(const eg_http *http, const eg_slot *slot)
{
    return slot != http->setup.slot && eg_slot_serves(slot) &&
           eg_clock_monotonic_ns() - atomic_load(&slot->heartbeat_ns) < FRESH_MS * ms_ns;
}

static bool another_has_room(const eg_http *http)
{
    const eg_scoreboard *board = http->setup.board;
    for (size_t i = 0; i < eg_slots_used(board); i++) {
        const eg_slot *slot = &board->slots[i];
        if (is_counted_upon(http, slot) &&
            atomic_load(&slot->connections) < atomic_load(&slot->connections_max)) {
            return true;
        }
    }
    return false;
}

/* At its limit a worker leaves new connections to the others. When all are at theirs, some more are
 * taken to be told 503: a client that waits for an accept would not know why. */
static bool may_accept(const eg_http *http)
{
    unsigned limit = http->setup.settings->worker_connections;
    unsigned have = http->open + http->arriving;
    if (have < limit) {
        return true;
    }
    return have < limit + limit / 8 + 64 && !another_has_room(http);
}

/* What a new connection would meet: a free thread; threads that are free, but for what connections
 * that have just come are about to ask; none. */
typedef enum prospect { FREE, EXPECTING, BUSY } prospect;

static prospect prospect_of(const eg_slot *slot)
{
    const unsigned threads = atomic_load(&slot->threads);
    const unsigned jobs = atomic_load(&slot->jobs);
    return jobs >= threads                                   ? BUSY
           : jobs + atomic_load(&slot->newcomers) >= threads ? EXPECTING
                                                             : FREE;
}

/* How long it is worth leaving a new connection to that worker: a while when a thread of it is
 * sooner free; a moment when both have one, and it has fewer connections, of which each may bring a
 * request at any time; the same otherwise, when it has clearly fewer. 0: not at all. */
static unsigned better_ms(const eg_http *http, const eg_slot *slot)
{
    const unsigned have = http->open + http->arriving;
    const unsigned theirs = atomic_load(&slot->connections);
    const prospect here = prospect_of(http->setup.slot);
    const prospect there = prospect_of(slot);
    if (theirs >= atomic_load(&slot->connections_max) || there > here) {
        return 0;
    }
    if (there < here) {
        return DECLINE_BUSY_MS;
    }
    return have > theirs + (here == FREE ? 0 : UNEVEN) ? DECLINE_MS : 0;
}

static unsigned another_is_better_ms(const eg_http *http)
{
    const eg_scoreboard *board = http->setup.board;
    unsigned longest = 0;
    for (size_t i = 0; i < eg_slots_used(board); i++) {
        const eg_slot *slot = &board->slots[i];
        unsigned ms = is_counted_upon(http, slot) ? better_ms(http, slot) : 0;
        longest = ms > longest ? ms : longest;
    }
    return longest;
}

/* Every worker is woken for a new connection; the one that is quickest takes it, unless another
 * would serve it sooner: that one gets its time first. */
static bool leaves_it(eg_http *http)
{
    const uint64_t now_ns = eg_clock_monotonic_ns();
    const unsigned ms = another_is_better_ms(http);
    http->declined_ns = http->declined_ns == 0 ? now_ns : http->declined_ns;
    if (ms > 0 && now_ns - http->declined_ns < ms * ms_ns) {
        return true;
    }
    http->declined_ns = 0;
    return false;
}

/* False when none waits, or none may be taken. */
static bool accept_some(eg_http *http)
{
    for (unsigned i = 0; i < ACCEPTS; i++) {
        if (i > 0 && !http->closed && another_is_better_ms(http) > 0) {
            return false; /* which waits comes up again, and is left to it then */
        }
        if (!may_accept(http)) {
            listen_on_or_off(http, false);
            return false;
        }
        struct sockaddr_storage address;
        socklen_t n = sizeof address;
        int fd = accept4(http->setup.listen_fd, (struct sockaddr *)&address, &n,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
                listen_on_or_off(http, false); /* until the next tick */
            }
            return false;
        }
        http->arriving++;
        eg_connection_count(http);
        (void)MHD_add_connection(http->daemon, fd, (struct sockaddr *)&address, n);
    }
    return true;
}

/* All that were arriving are known then, or turned away by it. */
static void run_daemon(eg_http *http)
{
    (void)MHD_run(http->daemon);
    http->arriving = 0;
    eg_connection_count(http);
}

/* ---- the loop ---- */

static void check_life(eg_http *http)
{
    eg_slot *slot = http->setup.slot;
    if (http->setup.life != 0 && !http->asked_to_end && !http->closed &&
        atomic_load(&slot->worked) >= http->setup.life) {
        http->asked_to_end = true;
        http->setup.on_full_life();
    }
}

/* What malloc keeps of what requests have freed goes back after a second or so without any: between
 * voters who come one after another it would be taken again at once. */
static void give_back(eg_http *http)
{
    uint64_t served = atomic_load(&http->setup.slot->served);
    bool quiet = http->requests == 0 && served == http->served_before;
    http->quiet_looks = quiet ? http->quiet_looks + 1 : 0;
    http->served_before = served;
    eg_api_idle();
    if (http->quiet_looks >= QUIET_LOOKS && served != http->trimmed_at) {
        (void)malloc_trim(0);
        http->trimmed_at = served;
    }
}

static void tick(eg_http *http)
{
    uint64_t now = eg_clock_monotonic_ns();
    unsigned late = eg_queue_fail_late(http->setup.queue, now);
    if (late > 0) {
        (void)atomic_fetch_add(&http->setup.slot->counters.deadlines, late);
    }
    eg_queue_load load = eg_queue_look(http->setup.queue);
    atomic_store(&http->setup.slot->threads_busy, load.busy);
    atomic_store(&http->setup.slot->units_waiting, load.waiting);
    eg_limits_sweep(http, now);
    listen_on_or_off(http, may_accept(http));
    if (now >= http->next_trim_ns) {
        give_back(http);
        http->next_trim_ns = now + TRIM_LOOK_MS * ms_ns;
    }
    if (now >= http->next_memory_ns) {
        atomic_store(&http->setup.slot->resident_bytes, eg_machine_own_memory(http->memory_fd));
        http->next_memory_ns = now + MEMORY_LOOK_MS * ms_ns;
    }
    http->next_tick_ns = now + TICK_MS * ms_ns;
}

static int wait_ms(const eg_http *http, int max_wait_ms)
{
    MHD_UNSIGNED_LONG_LONG daemon_ms;
    uint64_t now = eg_clock_monotonic_ns();
    int tick_ms = now >= http->next_tick_ns ? 0 : (int)((http->next_tick_ns - now) / ms_ns) + 1;
    int wait = tick_ms < max_wait_ms ? tick_ms : max_wait_ms;
    if (MHD_get_timeout(http->daemon, &daemon_ms) == MHD_YES &&
        daemon_ms < (MHD_UNSIGNED_LONG_LONG)wait) {
        wait = (int)daemon_ms;
    }
    return http->declined_ns != 0 && wait > DECLINE_MS ? DECLINE_MS : wait;
}

static bool handle_events(eg_http *http, const struct epoll_event *events, int count)
{
    bool accepts = false;
    for (int i = 0; i < count; i++) {
        eg_watched *what = events[i].data.ptr;
        eventfd_t count_of_wakes;
        if (what == &is_listener) {
            accepts = true;
        } else if (what == &is_wake) {
            (void)eventfd_read(http->wake_fd, &count_of_wakes);
        } else if (*what == EG_WATCHED_CONNECTION) {
            eg_limits_event(events[i].data.ptr, events[i].events);
        } else if (*what == EG_WATCHED_LINGER) {
            eg_linger_event(http, events[i].data.ptr);
        }
    }
    return accepts;
}

void eg_http_run_once(eg_http *http, int max_wait_ms)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(http->epoll_fd, events, EVENTS, wait_ms(http, max_wait_ms));
    bool declined = http->declined_ns != 0;
    bool accepts = handle_events(http, events, count) || declined;
    atomic_store(&http->setup.slot->heartbeat_ns, eg_clock_monotonic_ns());
    if (accepts && !http->closed) {
        if (leaves_it(http)) {
            listen_on_or_off(http, false); /* it would end every wait at once */
        } else {
            listen_on_or_off(http, true);
            (void)accept_some(http);
        }
    }
    run_daemon(http);
    if (eg_clock_monotonic_ns() >= http->next_tick_ns) {
        tick(http);
    }
    check_life(http);
    eg_log_flush();
}

void eg_http_retire(eg_http *http, bool hurry)
{
    if (!http->closed) {
        while (hurry && accept_some(http)) { /* who waits there has nobody else to go to */
        }
        run_daemon(http); /* opens them: what is not open does not hold the end up */
        listen_on_or_off(http, false);
        http->closed = true;
        (void)close(http->setup.listen_fd);
    }
    http->hurry = http->hurry || hurry;
    http->retired_ns = eg_clock_monotonic_ns();
}

bool eg_http_is_over(const eg_http *http)
{
    return http->closed && http->open == 0 && http->linger_count == 0;
}

unsigned eg_http_requests(const eg_http *http)
{
    return http->requests;
}

void eg_http_free(eg_http *http)
{
    if (http->daemon != NULL) {
        MHD_stop_daemon(http->daemon);
    }
    (void)close(http->memory_fd);
    (void)close(http->wake_fd);
    (void)close(http->epoll_fd);
    free(http);
}
