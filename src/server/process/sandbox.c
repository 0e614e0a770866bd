#include "server/process/sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A sanitizer reads /proc, starts threads and traces its own process. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* What a call gets that is not on the list: an error that callers know to deal with. A build with
 * EG_SANDBOX_STRICT ends there instead, to find what is missing. */
#ifdef EG_SANDBOX_STRICT
#define REFUSED SCMP_ACT_KILL_PROCESS
#else
#define REFUSED SCMP_ACT_ERRNO(EPERM)
#endif

/* ---- Landlock ---- */

/* struct landlock_ruleset_attr of the newest version; headers may be older than the kernel. */
typedef struct ruleset {
    uint64_t files, net, scoped;
} ruleset;

enum {
    ASK_VERSION = 1,           /* LANDLOCK_CREATE_RULESET_VERSION */
    SCOPE_ABSTRACT_SOCKETS = 1 /* signals stay allowed: a worker asks its master for a successor */
};

/* All that a version knows to forbid; the first had 13 rights on files. */
static ruleset everything(long version)
{
    ruleset all = {.files = (1u << 13) - 1};
    all.files |= version >= 2 ? 1u << 13 : 0; /* moving between folders */
    all.files |= version >= 3 ? 1u << 14 : 0; /* truncating */
    all.files |= version >= 5 ? 1u << 15 : 0; /* ioctl of devices */
    all.net = version >= 4 ? 3 : 0;           /* TCP: bind, connect */
    all.scoped = version >= 6 ? SCOPE_ABSTRACT_SOCKETS : 0;
    return all;
}

static size_t size_for(long version)
{
    return version >= 6 ? sizeof(ruleset) : version >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
}

/* A ruleset without rules: whatever it handles is forbidden. */
static bool forbid_files(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_VERSION);
    if (version < 1) {
        return false;
    }
    ruleset all = everything(version);
    int fd = (int)syscall(SYS_landlock_create_ruleset, &all, size_for(version), 0);
    if (fd < 0) {
        return false;
    }
    bool good = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
    (void)close(fd);
    return good;
}

unsigned eg_sandbox_close_files(void)
{
    if (SANITIZED) {
        return 0;
    }
    bool kept = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    return (kept ? EG_SANDBOX_NO_NEW_PRIVILEGES : 0) |
           (kept && forbid_files() ? EG_SANDBOX_LANDLOCK : 0);
}

/* ---- seccomp ---- */

/* What the I/O loop, compute threads, malloc and the end of a process take. */
static const int allowed[] = {
    /* sockets that are there */
    SCMP_SYS(accept4), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(sendto), SCMP_SYS(sendmsg),
    SCMP_SYS(shutdown), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    /* descriptors that are there */
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev),
    SCMP_SYS(close), SCMP_SYS(fcntl), SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(newfstatat),
    SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2),
    /* memory */
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
    /* threads */
    SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(set_robust_list),
    SCMP_SYS(get_robust_list), SCMP_SYS(rseq), SCMP_SYS(membarrier), SCMP_SYS(restart_syscall),
    /* time and chance */
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep), SCMP_SYS(getrandom),
    /* who we are, signals, the end */
    SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(gettid), SCMP_SYS(tgkill), SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(exit),
    SCMP_SYS(exit_group)};

/* Nothing here ever wants these: whoever calls them is an intruder. */
static const int deadly[] = {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace),
                             SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev)};

/* Memory, but none that can be executed. */
static bool allow_data_pages(scmp_filter_ctx filter, int call)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
}

static bool add_rules(scmp_filter_ctx filter)
{
    bool good = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed && good; i++) {
        good = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
    }
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly && good; i++) {
        good = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, deadly[i], 0) == 0;
    }
    /* the master is asked for a successor by this signal, and by no other */
    return good && allow_data_pages(filter, SCMP_SYS(mmap)) &&
           allow_data_pages(filter, SCMP_SYS(mprotect)) &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(kill), 1,
                            SCMP_A1(SCMP_CMP_EQ, SIGUSR1)) == 0;
}

unsigned eg_sandbox_close_calls(unsigned parts)
{
    if (SANITIZED || (parts & EG_SANDBOX_NO_NEW_PRIVILEGES) == 0) {
        return parts;
    }
    scmp_filter_ctx filter = seccomp_init(REFUSED);
    bool good = filter != NULL && add_rules(filter) && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return parts | (good ? EG_SANDBOX_SECCOMP : 0);
}

void eg_sandbox_describe(char *out, size_t size, unsigned parts)
{
    static const char *const names[] = {"no_new_privs", "Landlock", "seccomp"};
    size_t used = 0;
    (void)snprintf(out, size, "none");
    for (size_t i = 0; i < sizeof names / sizeof *names && used < size; i++) {
        if ((parts & (1u << i)) != 0) {
            used +=
                (size_t)snprintf(out + used, size - used, "%s%s", used == 0 ? "" : ", ", names[i]);
        }
    }
}
