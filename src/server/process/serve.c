/* Start-up: the settings, the listening socket, what the process is protected from. */
#include "server/process/serve.h"

#include "api/routes.h"
#include "server/board/log.h"
#include "server/process/master.h"
#include "server/process/notify.h"
#include "server/process/summary.h"
#include "server/process/worker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 4096, LARGE_BYTES = 128 * 1024 };

static int listen_on(const char *host, uint16_t port)
{
    char service[8];
    struct addrinfo hints = {
        .ai_flags = AI_PASSIVE, .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    (void)snprintf(service, sizeof service, "%u", port);
    int fd = -1;
    if (getaddrinfo(host, service, &hints, &found) != 0) {
        errno = EADDRNOTAVAIL;
        return -1;
    }
    for (struct addrinfo *a = found; a != NULL && fd < 0; a = a->ai_next) {
        int one = 1;
        fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->ai_protocol);
        if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
                        bind(fd, a->ai_addr, a->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0)) {
            int why = errno;
            (void)close(fd);
            errno = why;
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

static unsigned port_of(int fd)
{
    struct sockaddr_storage address;
    socklen_t n = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &n) != 0) {
        return 0;
    }
    return address.ss_family == AF_INET6
               ? ntohs(((struct sockaddr_in6 *)(void *)&address)->sin6_port)
               : ntohs(((struct sockaddr_in *)(void *)&address)->sin_port);
}

/* Whether other machines can reach what listens there. What cannot be told counts as within reach.
 */
static bool is_beyond(int fd)
{
    struct sockaddr_storage address;
    socklen_t n = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &n) != 0) {
        return true;
    }
    if (address.ss_family == AF_INET6) {
        const struct in6_addr *six = &((struct sockaddr_in6 *)(void *)&address)->sin6_addr;
        bool mapped = IN6_IS_ADDR_V4MAPPED(six) && six->s6_addr[12] == IN_LOOPBACKNET;
        return !IN6_IS_ADDR_LOOPBACK(six) && !mapped;
    }
    uint32_t four = ntohl(((struct sockaddr_in *)(void *)&address)->sin_addr.s_addr);
    return four >> 24 != IN_LOOPBACKNET;
}

/* Votes and keys pass through this process: no core dump, no debugger of another user. Memory goes
 * back at once; few malloc arenas, since each keeps some for itself. */
static void protect_process(void)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0);
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
    eg_log_listening(summary->settings, summary->port);
    eg_notify("READY=1\nSTATUS=serving");
}

static void summarise(const eg_worker *worker)
{
    eg_summary summary = *(const eg_summary *)worker->context;
    summary.sandbox = atomic_load(&worker->slot->sandbox);
    eg_summary_log(&summary);
}

static int run_alone(int fd, const eg_settings *settings, eg_scoreboard *board)
{
    const eg_summary summary = {.settings = settings,
                                .port = port_of(fd),
                                .kernel = board->kernel,
                                .beyond = is_beyond(fd)};
    eg_slot *slot = eg_slot_take(board);
    eg_worker worker = {.listen_fd = fd,
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
    int fd = listen_on(settings->bind_host, settings->bind_port);
    eg_scoreboard *board = eg_scoreboard_new(settings->max_memory_bytes);
    if (fd < 0 || board == NULL) {
        eg_log_event(EG_LOG_ERROR, "cannot listen on %s:%u: %s", settings->bind_host,
                     settings->bind_port, strerror(errno));
        return 1;
    }
    (void)snprintf(board->kernel, sizeof board->kernel, "%s", eg_api_kernel());
    eg_machine_processor_name(board->processor, sizeof board->processor, "");
    board->processors = machine.processors;
    board->max_body_bytes = settings->max_body_bytes;
    if (settings->dev) {
        return run_alone(fd, settings, board);
    }
    eg_master_setup setup = {.listen_fd = fd,
                             .port = port_of(fd),
                             .beyond = is_beyond(fd),
                             .config = &config,
                             .argc = argc,
                             .argv = argv,
                             .machine = &machine,
                             .board = board};
    return eg_master_run(&setup);
}
