/* Start-up: the settings, the listening socket, what the process is protected from. */
#include "server/process/serve.h"

#include "api/routes.h"
#include "base/core_dumps.h"
#include "server/board/audit_log.h"
#include "server/board/log.h"
#include "server/process/listener.h"
#include "server/process/master.h"
#include "server/process/notify.h"
#include "server/process/summary.h"
#include "server/process/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { LARGE_BYTES = 128 * 1024 };

/* Votes and keys pass through this process: no core dump, no debugger of another user. Memory goes
 * back at once; few malloc arenas, since each keeps some for itself. */
static void protect_process(void)
{
    eg_forbid_core_dumps();
    (void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, 2 * LARGE_BYTES);
    (void)mallopt(M_ARENA_MAX, 2);
    (void)signal(SIGPIPE, SIG_IGN);
}

/* Where stdin, stdout or stderr are closed, a socket would take their number, and the log go there.
 */
static bool fill_standard_descriptors(void)
{
    int fd;
    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    return fd >= 0 && close(fd) == 0;
}

/* A connection is a descriptor; one more may linger behind it. */
static void raise_descriptors(const eg_settings *settings)
{
    struct rlimit limit;
    rlim_t need = 2 * (rlim_t)settings->worker_connections + 512;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return;
    }
    if (limit.rlim_cur < need) {
        limit.rlim_cur = need < limit.rlim_max ? need : limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur < need) {
        eg_log_event(EG_LOG_WARNING,
                     "only %llu open files are allowed, %llu are wanted for worker_connections",
                     (unsigned long long)limit.rlim_cur, (unsigned long long)need);
    }
}

static void print_address(const eg_worker *worker)
{
    const eg_summary *summary = worker->context;
    eg_log_listening(summary->settings, summary->address);
    eg_notify("READY=1\nSTATUS=serving");
}

static void summarise(const eg_worker *worker)
{
    eg_summary summary = *(const eg_summary *)worker->context;
    summary.sandbox = atomic_load(&worker->slot->sandbox);
    eg_summary_log(&summary);
}

static int run_alone(const eg_listener *listener, const eg_settings *settings, eg_scoreboard *board)
{
    const eg_summary summary = {.settings = settings,
                                .address = listener->address,
                                .kernel = board->kernel,
                                .beyond = listener->beyond};
    eg_slot *slot = eg_slot_take(board);
    eg_worker worker = {.listen_fd = listener->fd,
                        .settings = settings,
                        .board = board,
                        .slot = slot,
                        .alone = true,
                        .on_ready = print_address,
                        .on_serving = summarise,
                        .context = &summary};
    atomic_store(&board->workers, 1);
    atomic_store(&slot->pid, (int)getpid());
    return eg_worker_run(&worker);
}

/* --help and their like: true when that was all. */
static bool only_shows(const eg_config *config)
{
    if (config->help) {
        eg_config_help(stdout);
    } else if (config->example) {
        eg_config_example(stdout);
    } else if (config->print) {
        eg_config_print(config, stdout);
    }
    return config->help || config->example || config->print;
}

int eg_serve(int argc, char **argv)
{
    static eg_config config;
    const eg_settings *settings = &config.settings;
    eg_machine machine;
    eg_machine_read(&machine, "");
    if (!eg_config_read(&config, argc, argv, &machine, stderr)) {
        return 2;
    }
    if (only_shows(&config)) {
        return 0;
    }
    if (!fill_standard_descriptors()) {
        return 1;
    }
    protect_process();
    raise_descriptors(settings);
    if (!eg_api_init(settings->kernel)) {
        eg_log_event(EG_LOG_ERROR, "the kernel asked for is unknown or cannot run on this machine");
        return 2;
    }
    eg_scoreboard *board = eg_scoreboard_new(settings->max_memory_bytes);
    if (board == NULL) {
        eg_log_event(EG_LOG_ERROR, "no shared memory for the workers: %s", strerror(errno));
        return 1;
    }
    if (!eg_audit_open(settings->audit_log)) { /* workers open it again, whenever they begin */
        eg_log_event(EG_LOG_ERROR, "the audit log cannot be written: %s", strerror(errno));
        return 2;
    }
    static eg_listener listener;
    if (!eg_listener_open(&listener, settings)) {
        return 1;
    }
    (void)snprintf(board->kernel, sizeof board->kernel, "%s", eg_api_kernel());
    eg_machine_processor_name(board->processor, sizeof board->processor, "");
    board->processors = machine.processors;
    board->max_body_bytes = settings->max_body_bytes;
    if (settings->dev) {
        return run_alone(&listener, settings, board);
    }
    eg_master_setup setup = {.listener = &listener,
                             .config = &config,
                             .argc = argc,
                             .argv = argv,
                             .machine = &machine,
                             .board = board};
    int status = eg_master_run(&setup);
    eg_listener_remove_path(&listener); /* of one that gave up */
    return status;
}
