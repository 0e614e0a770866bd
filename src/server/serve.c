/* Start-up and shutdown: the listening socket, worker processes, signals. */
#include "server/serve.h"

#include "api/routes.h"
#include "server/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <malloc.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BACKLOG = 1024, GRACE_S = 30, WORKERS_MAX = 256, LARGE_BYTES = 128 * 1024 };

static int listen_on(const char *host, uint16_t port)
{
    char service[8];
    struct addrinfo hints = {
        .ai_flags = AI_PASSIVE, .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    (void)snprintf(service, sizeof service, "%u", port);
    int fd = -1;
    if (getaddrinfo(host, service, &hints, &found) != 0) {
        return -1;
    }
    for (struct addrinfo *a = found; a != NULL && fd < 0; a = a->ai_next) {
        int one = 1;
        fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->ai_protocol);
        if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
                        bind(fd, a->ai_addr, a->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0)) {
            (void)close(fd);
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

/* Votes and keys pass through this process: no core dump, no debugger of another user. Memory goes
 * back at once. */
static void protect_process(void)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
    (void)mallopt(M_ARENA_MAX, 2);
}

static void block_signals(sigset_t *set)
{
    (void)sigemptyset(set);
    (void)sigaddset(set, SIGTERM);
    (void)sigaddset(set, SIGINT);
    (void)sigaddset(set, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, set, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

static int run_worker(int listen_fd, const eg_settings *settings, const sigset_t *signals,
                      unsigned port, bool announce)
{
    static eg_pool pool;
    static eg_budget memory;
    eg_budget_init(&memory, settings->max_memory_bytes, NULL);
    if (!eg_pool_start(&pool, settings->threads)) {
        fprintf(stderr, "egserve: no threads to be had\n");
        return 1;
    }
    eg_http *http = eg_http_start(listen_fd, settings, &pool, &memory);
    if (http == NULL) {
        fprintf(stderr, "egserve: cannot serve on the socket\n");
        return 1;
    }
    if (announce) {
        printf("listening on http://%s:%u\n", settings->bind_host, port);
        (void)fflush(stdout);
    }
    int received = SIGCHLD;
    while (received == SIGCHLD) {
        if (sigwait(signals, &received) != 0) {
            break;
        }
    }
    eg_http_stop(http, GRACE_S);
    eg_pool_stop(&pool);
    return 0;
}

typedef struct master {
    pid_t worker[WORKERS_MAX];
    unsigned count;
} master;

static pid_t start_worker(int listen_fd, const eg_settings *settings, const sigset_t *signals,
                          unsigned port)
{
    pid_t pid = fork();
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
        exit(run_worker(listen_fd, settings, signals, port, false));
    }
    return pid;
}

static void replace_dead(master *m, int listen_fd, const eg_settings *settings,
                         const sigset_t *signals, unsigned port)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (unsigned i = 0; i < m->count; i++) {
            if (m->worker[i] == pid) {
                fprintf(stderr, "egserve: worker %d ended (status %d), starting another\n",
                        (int)pid, status);
                m->worker[i] = start_worker(listen_fd, settings, signals, port);
            }
        }
    }
}

static int run_master(int listen_fd, const eg_settings *settings, const sigset_t *signals,
                      unsigned port)
{
    master m = {.count = settings->workers < WORKERS_MAX ? settings->workers : WORKERS_MAX};
    for (unsigned i = 0; i < m.count; i++) {
        m.worker[i] = start_worker(listen_fd, settings, signals, port);
    }
    printf("listening on http://%s:%u\n", settings->bind_host, port);
    (void)fflush(stdout);
    int received = SIGCHLD;
    while (received == SIGCHLD && sigwait(signals, &received) == 0) {
        replace_dead(&m, listen_fd, settings, signals, port);
    }
    int result = 0;
    for (unsigned i = 0; i < m.count; i++) {
        (void)kill(m.worker[i], SIGTERM);
    }
    for (unsigned i = 0; i < m.count; i++) {
        int status = 0;
        (void)waitpid(m.worker[i], &status, 0);
        result |= status;
    }
    return result == 0 ? 0 : 1;
}

int eg_serve(int argc, char **argv)
{
    static eg_config config;
    const eg_settings *settings = &config.settings;
    eg_machine machine;
    sigset_t signals;
    eg_machine_read(&machine, "");
    if (!eg_config_read(&config, argc, argv, &machine, stderr)) {
        return 2;
    }
    if (config.help) {
        eg_config_help(stdout);
        return 0;
    }
    if (config.example) {
        eg_config_example(stdout);
        return 0;
    }
    if (config.print) {
        eg_config_print(&config, stdout);
        return 0;
    }
    protect_process();
    if (!eg_api_init(settings->kernel)) {
        fprintf(stderr, "egserve: the kernel asked for is unknown or cannot run on this machine\n");
        return 2;
    }
    int fd = listen_on(settings->bind_host, settings->bind_port);
    if (fd < 0) {
        fprintf(stderr, "egserve: cannot listen on %s:%u: %s\n", settings->bind_host,
                settings->bind_port, strerror(errno));
        return 1;
    }
    block_signals(&signals);
    return settings->dev ? run_worker(fd, settings, &signals, port_of(fd), true)
                         : run_master(fd, settings, &signals, port_of(fd));
}
