#include "server/process/master.h"

#include "base/clock.h"
#include "server/board/audit_log.h"
#include "server/board/log.h"
#include "server/process/notify.h"
#include "server/process/sandbox.h"
#include "server/process/summary.h"
#include "server/process/watch.h"
#include "server/process/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    TICK_MS = 100,
    STALL_MS = 1500,       /* a tick that is later than that: we were kept from running ourselves */
    QUICK_DEATH_MS = 3000, /* a worker that died younger did not die of its work */
    QUICK_DEATHS_FREE = 4, /* so many in a row are replaced at once */
    LONGEST_PAUSE_MS = 1500,
    START_DEATHS_MAX = 8, /* before any worker was ready: there is something wrong */
    QUIET_MS = 1000,      /* a heartbeat that old is worth a look at the worker */
    FORCE_AFTER_MS = 2000 /* past the graceful timeout */
};

static const uint64_t ms_ns = 1000000u;

/* What the master knows of the worker in a slot. */
typedef struct child {
    pid_t pid; /* 0: none */
    uint64_t started_ns;
    bool worn;      /* is to be replaced */
    bool told;      /* was told to retire */
    eg_cause cause; /* EG_CAUSES: none yet */
    eg_watch watch;
} child;

typedef struct master {
    eg_master_setup setup;
    const eg_settings *settings; /* of setup.config */
    child children[EG_SLOTS_MAX];
    unsigned wanted;
    bool announced, reloading;
    bool ending;
    uint64_t end_ns;
    unsigned quick_deaths;
    uint64_t start_after_ns; /* pause between workers that die at once */
    uint64_t last_tick_ns, next_watchdog_ns, watchdog_ns, next_memory_ns;
    eg_memory_looks looks;
    int memory_fd; /* see eg_machine_own_memory */
    int status;
} master;

static eg_slot *slot_of(const master *m, size_t i)
{
    return &m->setup.board->slots[i];
}

/* ---- starting ---- */

static void become_worker(const master *m, eg_slot *slot, pid_t parent)
{
    static const int ignored[] = {SIGINT, SIGHUP, SIGTTIN, SIGTTOU, SIGUSR2};
    /* kept by the kernel, also for a worker that is stopped: without a master nobody would replace
     * it, and the port stays taken for as long as it lives */
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(0); /* it died before we asked to be told */
    }
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) {
        (void)signal(ignored[i], SIG_IGN); /* a terminal sends them to all of its group */
    }
    eg_worker worker = {.listen_fd = m->setup.listener->fd,
                        .settings = m->settings,
                        .board = m->setup.board,
                        .slot = slot};
    exit(eg_worker_run(&worker));
}

static bool start_one(master *m)
{
    eg_slot *slot = eg_slot_take(m->setup.board);
    if (slot == NULL) {
        return false;
    }
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        become_worker(m, slot, parent);
    }
    if (pid < 0) {
        eg_slot_release(m->setup.board, slot);
        m->start_after_ns = eg_clock_monotonic_ns() + LONGEST_PAUSE_MS * ms_ns;
        eg_log_event(EG_LOG_ERROR, "cannot start a worker: no process to be had");
        return false;
    }
    atomic_store(&slot->pid, (int)pid);
    m->children[slot - m->setup.board->slots] =
        (child){.pid = pid, .started_ns = eg_clock_monotonic_ns(), .cause = EG_CAUSES};
    return true;
}

/* ---- how many there are ---- */

typedef struct census {
    unsigned coming; /* started, not worn */
    unsigned ready;  /* of these, those that serve: a life that is full meanwhile counts */
    unsigned worn;   /* serve, but are to be replaced */
} census;

/* Workers that are on their way out or are to be. */
static unsigned count_going(const master *m)
{
    unsigned n = 0;
    for (size_t i = 0; i < eg_slots_used(m->setup.board); i++) {
        const child *k = &m->children[i];
        n += k->pid != 0 && (k->worn || k->told) ? 1 : 0;
    }
    return n;
}

/* A worker whose life is full goes on for as long as many others are on their way out: each of
 * these stays until its last idle connection is over, and they would be without number. */
static census take_census(master *m)
{
    census c = {0};
    unsigned going = count_going(m);
    for (size_t i = 0; i < eg_slots_used(m->setup.board); i++) {
        child *k = &m->children[i];
        int state = atomic_load(&slot_of(m, i)->state);
        if (k->pid == 0) {
            continue;
        }
        if (state == EG_SLOT_FULL_LIFE && !k->worn && going < m->wanted) {
            k->worn = true;
            k->cause = EG_CAUSE_MAX_REQUESTS;
            going++;
        }
        bool leaving = k->told || state == EG_SLOT_RETIRING || state == EG_SLOT_DRAINING;
        c.coming += !k->worn && !leaving ? 1 : 0;
        c.ready += !k->worn && !leaving && eg_slot_serves(slot_of(m, i)) ? 1 : 0;
        c.worn += k->worn && !leaving ? 1 : 0;
    }
    return c;
}

static void retire(master *m, size_t i)
{
    m->children[i].told = true;
    (void)kill(m->children[i].pid, SIGUSR1);
}

/* Lets go as many as are too many: the worn first. */
static void retire_surplus(master *m, const census *c)
{
    unsigned serving = c->ready + c->worn;
    unsigned surplus = serving > m->wanted ? serving - m->wanted : 0;
    for (int worn = 1; worn >= 0; worn--) {
        for (size_t i = eg_slots_used(m->setup.board); i-- > 0 && surplus > 0;) {
            child *k = &m->children[i];
            if (k->pid != 0 && !k->told && k->worn == (worn == 1) &&
                eg_slot_serves(slot_of(m, i))) {
                retire(m, i);
                surplus--;
            }
        }
    }
}

/* What all workers have in common. */
static unsigned common_sandbox(const master *m)
{
    unsigned parts = EG_SANDBOX_ALL;
    for (size_t i = 0; i < eg_slots_used(m->setup.board); i++) {
        parts &=
            eg_slot_serves(slot_of(m, i)) ? atomic_load(&slot_of(m, i)->sandbox) : EG_SANDBOX_ALL;
    }
    return parts;
}

static void summarise(const master *m)
{
    const eg_summary summary = {.settings = m->settings,
                                .address = m->setup.listener->address,
                                .kernel = m->setup.board->kernel,
                                .sandbox = common_sandbox(m),
                                .beyond = m->setup.listener->beyond};
    eg_summary_log(&summary);
}

static void announce(master *m)
{
    eg_log_listening(m->settings, m->setup.listener->address);
    eg_notify("READY=1\nSTATUS=serving");
    m->announced = true;
    summarise(m);
}

static void keep_number(master *m)
{
    census c = take_census(m);
    uint64_t now = eg_clock_monotonic_ns();
    while (c.coming < m->wanted && now >= m->start_after_ns && start_one(m)) {
        c.coming++;
    }
    retire_surplus(m, &c);
    if (c.ready >= m->wanted && !m->announced) {
        announce(m);
    }
    if (m->reloading && c.ready >= m->wanted && c.worn == 0) {
        m->reloading = false;
        eg_notify("READY=1\nSTATUS=serving");
        eg_log_event(EG_LOG_INFO, "the settings are in force");
        summarise(m);
    }
}

/* ---- ends ---- */

static void log_death(const child *k, int status)
{
    if (WIFSIGNALED(status)) {
        eg_log_event(EG_LOG_WARNING, "worker %d was ended by signal %d%s", (int)k->pid,
                     WTERMSIG(status),
                     k->cause == EG_CAUSE_FROZEN    ? " from here: it was frozen"
                     : k->cause == EG_CAUSE_OVERRUN ? " from here: a request overran its deadline"
                                                    : "");
    } else {
        eg_log_event(EG_LOG_WARNING, "worker %d ended with status %d", (int)k->pid,
                     WEXITSTATUS(status));
    }
}

static void note_quick_death(master *m, const child *k, uint64_t now)
{
    if (now - k->started_ns > QUICK_DEATH_MS * ms_ns) {
        m->quick_deaths = 0;
        return;
    }
    m->quick_deaths++;
    if (m->quick_deaths > QUICK_DEATHS_FREE) {
        unsigned doublings = m->quick_deaths - QUICK_DEATHS_FREE;
        uint64_t pause_ms = doublings > 5 ? LONGEST_PAUSE_MS : 50u << doublings;
        m->start_after_ns =
            now + (pause_ms < LONGEST_PAUSE_MS ? pause_ms : LONGEST_PAUSE_MS) * ms_ns;
    }
    if (!m->announced && m->quick_deaths >= START_DEATHS_MAX) {
        eg_log_event(EG_LOG_ERROR, "workers do not start; giving up");
        m->ending = true;
        m->end_ns = now;
        m->status = 1;
    }
}

typedef struct losses {
    int pid;
    unsigned count;
} losses;

static void log_loss(void *context, const eg_slot *slot, const eg_flight_seen *flight)
{
    enum { LOGGED_MAX = 100 };
    losses *l = context;
    (void)slot;
    if (++l->count <= LOGGED_MAX) {
        eg_log_event(EG_LOG_WARNING, "request %s to %s was lost with worker %d after %.1f s",
                     flight->id, flight->endpoint, l->pid, flight->seconds);
    } else if (l->count == LOGGED_MAX + 1) {
        eg_log_event(EG_LOG_WARNING, "and further requests with worker %d", l->pid);
    }
}

/* Their clients see a broken connection, and no other line of the log has them. */
static void note_losses(master *m, size_t i)
{
    losses l = {.pid = (int)m->children[i].pid};
    eg_flights_visit(slot_of(m, i), log_loss, &l);
    (void)atomic_fetch_add(&m->setup.board->lost, l.count);
}

/* Why it has gone, or EG_CAUSES where it was to go and went. Who dies on the way out has died,
 * whatever it was sent away for. */
static eg_cause cause_of(const child *k, bool clean)
{
    bool from_here = k->cause == EG_CAUSE_FROZEN || k->cause == EG_CAUSE_OVERRUN;
    if (from_here || (clean && (k->told || k->cause != EG_CAUSES))) {
        return k->cause;
    }
    return EG_CAUSE_DIED;
}

static void bury(master *m, size_t i, int status)
{
    child *k = &m->children[i];
    bool clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    bool expected = k->told && clean;
    eg_cause cause = cause_of(k, clean);
    if (!expected && !(m->ending && clean)) {
        log_death(k, status);
    }
    if (!m->ending && cause != EG_CAUSES) {
        (void)atomic_fetch_add(&m->setup.board->restarts[cause], 1);
    }
    if (!expected && !m->ending) {
        note_quick_death(m, k, eg_clock_monotonic_ns());
    }
    note_losses(m, i);
    eg_slot_release(m->setup.board, slot_of(m, i));
    *k = (child){0};
}

static void bury_dead(master *m)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (size_t i = 0; i < eg_slots_used(m->setup.board); i++) {
            if (m->children[i].pid == pid) {
                bury(m, i, status);
                break;
            }
        }
    }
}

static unsigned children_left(const master *m)
{
    unsigned n = 0;
    for (size_t i = 0; i < eg_slots_used(m->setup.board); i++) {
        n += m->children[i].pid != 0 ? 1 : 0;
    }
    return n;
}

static void signal_all(const master *m, int signal_number)
{
    for (size_t i = 0; i < eg_slots_used(m->setup.board); i++) {
        if (m->children[i].pid != 0) {
            (void)kill(m->children[i].pid, signal_number);
        }
    }
}

/* ---- watching ---- */

static void watch_workers(master *m, uint64_t now, bool stalled)
{
    for (size_t i = 0; i < eg_slots_used(m->setup.board); i++) {
        child *k = &m->children[i];
        eg_worker_sample sample = {0};
        if (k->pid == 0 || k->cause == EG_CAUSE_FROZEN || k->cause == EG_CAUSE_OVERRUN) {
            continue;
        }
        if (now - atomic_load(&slot_of(m, i)->heartbeat_ns) > QUIET_MS * ms_ns) {
            (void)eg_watch_sample(&sample, (int)k->pid);
        }
        eg_verdict verdict = eg_watch_judge(&k->watch, slot_of(m, i), &sample, now, stalled);
        if (verdict != EG_VERDICT_WELL) {
            k->cause = verdict == EG_VERDICT_FROZEN ? EG_CAUSE_FROZEN : EG_CAUSE_OVERRUN;
            (void)kill(k->pid, SIGKILL);
        }
    }
}

static void note_memory(master *m, uint64_t now)
{
    enum { EVERY_MS = 2000 };
    eg_scoreboard_settle_memory(m->setup.board, &m->looks);
    if (now >= m->next_memory_ns) {
        m->next_memory_ns = now + EVERY_MS * ms_ns;
        atomic_store(&m->setup.board->resident_bytes, eg_machine_own_memory(m->memory_fd));
    }
}

static void tick(master *m)
{
    uint64_t now = eg_clock_monotonic_ns();
    if (now - m->last_tick_ns < TICK_MS * ms_ns / 2) {
        return; /* woken by a signal */
    }
    bool stalled = m->last_tick_ns != 0 && now - m->last_tick_ns > STALL_MS * ms_ns;
    m->last_tick_ns = now;
    watch_workers(m, now, stalled);
    note_memory(m, now);
    if (m->watchdog_ns != 0 && now >= m->next_watchdog_ns) {
        eg_notify("WATCHDOG=1");
        m->next_watchdog_ns = now + m->watchdog_ns;
    }
}

/* ---- signals ---- */

/* What is wrong with them goes the way of every event: a stderr that nobody reads would block. */
static bool read_settings(const master *m, eg_config *fresh)
{
    char said[2048] = "";
    FILE *complaints = fmemopen(said, sizeof said - 1, "w");
    if (complaints == NULL) {
        *fresh = (eg_config){0};
        return false;
    }
    bool good = eg_config_read(fresh, m->setup.argc, m->setup.argv, m->setup.machine, complaints);
    (void)fclose(complaints);
    fresh->complaints = stderr;
    for (size_t i = 0; said[i] != '\0'; i++) {
        said[i] = said[i] != '\n' ? said[i] : said[i + 1] != '\0' ? ' ' : '\0';
    }
    if (!good) {
        eg_log_event(EG_LOG_ERROR, "%s", said);
    }
    return good;
}

/* The workers that follow open it themselves. */
static bool can_audit(const eg_config *fresh)
{
    const bool good = eg_audit_open(fresh->settings.audit_log);
    if (!good) {
        eg_log_event(EG_LOG_ERROR, "the audit log cannot be written: %s", strerror(errno));
    }
    return good;
}

static void reload(master *m)
{
    eg_config *fresh = malloc(sizeof *fresh);
    char told[128];
    (void)snprintf(told, sizeof told, "RELOADING=1\nMONOTONIC_USEC=%llu",
                   (unsigned long long)(eg_clock_monotonic_ns() / 1000));
    eg_notify(told);
    if (fresh == NULL || !read_settings(m, fresh) || !can_audit(fresh)) {
        eg_log_event(EG_LOG_ERROR, "the settings were not taken; the old ones stay in force");
        if (fresh != NULL) {
            eg_config_free(fresh);
            free(fresh);
        }
        eg_notify("READY=1\nSTATUS=serving; the last reload was refused");
        return;
    }
    if (strcmp(fresh->settings.bind, m->settings->bind) != 0) {
        eg_log_event(EG_LOG_WARNING, "bind is only read at start");
    }
    eg_config_free(m->setup.config);
    *m->setup.config = *fresh;
    free(fresh);
    m->wanted = m->settings->workers;
    m->setup.board->memory.limit_bytes = m->settings->max_memory_bytes;
    atomic_store(&m->setup.board->workers, m->wanted);
    for (size_t i = 0; i < eg_slots_used(m->setup.board); i++) {
        child *k = &m->children[i];
        if (k->pid != 0 && !k->told) {
            k->worn = true;
            k->cause = EG_CAUSE_RELOAD;
        }
    }
    m->reloading = true;
    eg_log_event(EG_LOG_INFO, "the settings were read again; replacing the workers");
}

static void end(master *m)
{
    if (m->ending) {
        signal_all(m, SIGKILL);
        _exit(1); /* told twice */
    }
    m->ending = true;
    m->end_ns = eg_clock_monotonic_ns() + (uint64_t)m->settings->graceful_timeout_s * 1000 * ms_ns +
                FORCE_AFTER_MS * ms_ns;
    atomic_store(&m->setup.board->draining, true);
    eg_notify("STOPPING=1");
    eg_log_event(EG_LOG_INFO, "shutting down: requests in flight have %u s",
                 m->settings->graceful_timeout_s);
    eg_listener_remove_path(m->setup.listener);
    (void)close(m->setup.listener->fd);
    signal_all(m, SIGTERM);
}

static void on_signal(master *m, int number)
{
    enum { WORKERS_MOST = 256 };
    switch (number) {
    case SIGTERM:
    case SIGINT:
        end(m);
        break;
    case SIGHUP:
        if (!m->ending) {
            reload(m);
        }
        break;
    case SIGTTIN:
        m->wanted += m->wanted < WORKERS_MOST ? 1 : 0;
        atomic_store(&m->setup.board->workers, m->wanted);
        break;
    case SIGTTOU:
        m->wanted -= m->wanted > 1 ? 1 : 0;
        atomic_store(&m->setup.board->workers, m->wanted);
        break;
    default: /* SIGCHLD, SIGUSR1: something to look at */
        break;
    }
}

static void block_signals(sigset_t *set)
{
    static const int ours[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD, SIGUSR1, SIGTTIN, SIGTTOU};
    (void)signal(SIGCHLD, SIG_DFL); /* where it was ignored, no child's end would be heard of */
    (void)sigemptyset(set);
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        (void)sigaddset(set, ours[i]);
    }
    (void)sigprocmask(SIG_BLOCK, set, NULL);
}

static bool is_over(master *m)
{
    if (!m->ending || children_left(m) == 0) {
        return m->ending;
    }
    if (eg_clock_monotonic_ns() > m->end_ns) {
        signal_all(m, SIGKILL);
        m->status = 1;
        m->end_ns = UINT64_MAX;
    }
    return false;
}

int eg_master_run(const eg_master_setup *setup)
{
    static master m;
    sigset_t signals;
    const struct timespec pause = {0, TICK_MS * 1000 * 1000};
    m.setup = *setup;
    m.settings = &setup->config->settings;
    m.wanted = m.settings->workers;
    m.memory_fd = eg_machine_open_own_memory();
    m.watchdog_ns = eg_notify_watchdog_ns();
    atomic_store(&setup->board->workers, m.wanted);
    block_signals(&signals);
    while (!is_over(&m)) {
        if (!m.ending) {
            keep_number(&m);
        }
        int number = sigtimedwait(&signals, NULL, &pause);
        if (number > 0) {
            on_signal(&m, number);
        }
        bury_dead(&m);
        tick(&m);
    }
    return m.status;
}
