#include "server/process/worker.h"

#include "base/clock.h"
#include "server/board/audit_log.h"
#include "server/board/log.h"
#include "server/http/http.h"
#include "server/process/sandbox.h"
#include "server/work/compute.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { LOOP_WAIT_MS = 200 };

/* Of this process, of which there is one worker each. */
static eg_queue queue;
static eg_compute compute;
static eg_slot *own_slot;

/* Asks the master to start another; until then this one goes on. */
static void on_full_life(void)
{
    atomic_store(&own_slot->state, EG_SLOT_FULL_LIFE);
    (void)kill(getppid(), SIGUSR1);
}

/* max_requests, give or take the jitter, so that workers do not all end together. */
static uint64_t choose_life(const eg_settings *settings)
{
    uint32_t random = 0;
    uint64_t life = settings->max_requests, jitter = settings->max_requests_jitter;
    if (life == 0 ||
        eg_failed(eg_rng_fill(eg_rng_system(), (uint8_t *)&random, sizeof random, NULL))) {
        return life;
    }
    jitter = jitter < life ? jitter : life - 1;
    return life - jitter + random % (2 * jitter + 1);
}

static int open_signals(bool alone)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGUSR1);
    if (alone) {
        (void)sigaddset(&set, SIGINT);
    }
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

typedef struct end {
    bool asked, hurry;
    uint64_t at_ns; /* hurry: no later than that */
} end;

static void read_signals(const eg_worker *worker, eg_http *http, int fd, end *e)
{
    struct signalfd_siginfo info;
    while (read(fd, &info, sizeof info) == (ssize_t)sizeof info) {
        bool hurry = info.ssi_signo != SIGUSR1;
        if (worker->alone && e->hurry && hurry) {
            _exit(1); /* told twice */
        }
        if (hurry && !e->hurry) {
            e->at_ns = eg_clock_monotonic_ns() +
                       (uint64_t)worker->settings->graceful_timeout_s * 1000000000u;
        }
        e->hurry = e->hurry || hurry;
        e->asked = true;
        if (worker->alone) {
            atomic_store(&worker->board->draining, true);
        }
        atomic_store(&worker->slot->state, e->hurry ? EG_SLOT_DRAINING : EG_SLOT_RETIRING);
        eg_http_retire(http, hurry);
    }
}

static void begin(const eg_worker *worker)
{
    unsigned sandbox = atomic_load(&worker->slot->sandbox);
    if (!worker->settings->no_sandbox) {
        atomic_store(&worker->slot->sandbox, eg_sandbox_close_calls(sandbox));
    }
    atomic_store(&worker->slot->state, EG_SLOT_READY);
}

static int run(const eg_worker *worker, eg_http *http, int signals)
{
    end e = {0};
    if (worker->on_ready != NULL) {
        worker->on_ready(worker);
    }
    begin(worker);
    if (worker->on_serving != NULL) {
        worker->on_serving(worker);
    }
    while (!e.asked || !eg_http_is_over(http)) {
        eg_http_run_once(http, LOOP_WAIT_MS);
        read_signals(worker, http, signals, &e);
        if (e.hurry && eg_clock_monotonic_ns() > e.at_ns) {
            eg_log_event(EG_LOG_WARNING,
                         "%u requests were cut off at the end of the graceful timeout",
                         eg_http_requests(http));
            eg_log_flush();
            _exit(0); /* units may still run */
        }
    }
    eg_compute_stop(&compute);
    eg_http_free(http);
    eg_log_flush();
    return 0;
}

int eg_worker_run(const eg_worker *worker)
{
    static eg_settings own; /* with this worker's share of memory */
    const eg_settings *settings = &own;
    own = *worker->settings;
    own.api.shared = &worker->slot->memory;
    own_slot = worker->slot;
    eg_queue_init(&queue, &worker->slot->counters);
    int signals = open_signals(worker->alone);
    eg_http_setup setup = {.listen_fd = worker->listen_fd,
                           .settings = settings,
                           .board = worker->board,
                           .slot = worker->slot,
                           .queue = &queue,
                           .life = worker->alone ? 0 : choose_life(settings),
                           .on_full_life = on_full_life};
    eg_http *http = signals < 0 ? NULL : eg_http_new(&setup);
    if (http == NULL || !eg_http_watch(http, signals)) {
        eg_log_event(EG_LOG_ERROR, "cannot serve on the socket");
        return 1;
    }
    if (!eg_audit_open(settings->audit_log)) {
        eg_log_event(EG_LOG_ERROR, "cannot serve without the audit log: %s", strerror(errno));
        return 1;
    }
    if (!settings->no_sandbox) {
        atomic_store(&worker->slot->sandbox, eg_sandbox_close_files());
    }
    if (!eg_compute_start(&compute, &queue, settings->threads)) {
        eg_log_event(EG_LOG_ERROR, "no threads to be had");
        return 1;
    }
    atomic_store(&worker->slot->threads, settings->threads);
    return run(worker, http, signals);
}
