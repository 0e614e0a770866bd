#include "cli/child_service.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Settings of other services in our environment, an access key among them, are none of this one's.
 */
static void drop_settings(void)
{
    static const char *const prefixes[] = {"EGSERVE_", "GUNICORN_", "ELECTIONGUARD_",
                                           "MASTER_KEY_PQ="};
    size_t kept = 0;
    for (size_t i = 0; environ[i] != NULL; i++) {
        bool is_setting = false;
        for (size_t j = 0; j < sizeof prefixes / sizeof *prefixes; j++) {
            is_setting = is_setting || strncmp(environ[i], prefixes[j], strlen(prefixes[j])) == 0;
        }
        if (!is_setting) {
            environ[kept++] = environ[i];
        }
    }
    environ[kept] = NULL;
}

/* In the child; does not return. */
static void become_service(int output, bool with_log, pid_t parent)
{
    char program[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n < 0) {
        _exit(127);
    }
    program[n] = '\0';
    /* with its parent gone it has nobody to serve; the parent may have gone already */
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent) {
        _exit(127);
    }
    if (dup2(output, STDOUT_FILENO) < 0) {
        _exit(127);
    }
    if (!with_log) {
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        if (null < 0 || dup2(null, STDERR_FILENO) < 0) {
            _exit(127);
        }
    }
    drop_settings();
    char *const argv[] = {program,     "serve",  "--config",
                          "/dev/null", "--bind", "127.0.0.1:0",
                          "--workers", "1",      "--max-setup-guardians",
                          "100",       NULL};
    execv(program, argv);
    _exit(127);
}

/* Reads the child's output up to the line that tells where it listens. */
static bool read_url(eg_child_service *service)
{
    static const char prefix[] = "listening on ";
    char line[256];
    size_t len = 0;
    char c;
    while (read(service->output, &c, 1) == 1) {
        if (c != '\n') {
            len += len < sizeof line - 1;
            line[len - 1] = c;
            continue;
        }
        line[len] = '\0';
        len = 0;
        const char *found = strstr(line, prefix);
        if (found != NULL) {
            int n = snprintf(service->url, sizeof service->url, "%s", found + strlen(prefix));
            return n > 0 && (size_t)n < sizeof service->url;
        }
    }
    return false;
}

eg_result eg_child_service_start(eg_child_service *out, bool with_log, eg_error *err)
{
    int ends[2];
    *out = (eg_child_service){.output = -1};
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "no pipe to the service");
    }
    /* nobody reads on once the service listens: what it may print later is dropped, not waited for
     */
    (void)fcntl(ends[1], F_SETFL, O_NONBLOCK);
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        become_service(ends[1], with_log, parent);
    }
    (void)close(ends[1]);
    out->output = ends[0];
    out->pid = pid < 0 ? 0 : pid;
    if (pid < 0 || !read_url(out)) {
        (void)eg_child_service_stop(out);
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL,
                       "the service did not start; with --log it says why");
    }
    return EG_SUCCESS;
}

bool eg_child_service_stop(eg_child_service *service)
{
    int status = 0;
    bool ended = true;
    if (service->pid > 0) {
        (void)kill(service->pid, SIGTERM);
        ended = waitpid(service->pid, &status, 0) == service->pid && WIFEXITED(status) &&
                WEXITSTATUS(status) == 0;
    }
    if (service->output >= 0) {
        (void)close(service->output);
    }
    *service = (eg_child_service){.output = -1};
    return ended;
}
