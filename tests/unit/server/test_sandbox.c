/* What a worker can no longer do, each tried in a process of its own. */
#include "support/cmocka_all.h"

#include "server/process/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned closed(void)
{
    return eg_sandbox_close_calls(eg_sandbox_close_files());
}

/* How a process ends that closes itself in and then tries: its wait status. */
static int end_of(int (*tries)(void))
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        _exit(closed() == EG_SANDBOX_ALL ? tries() : 99);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static int refused(bool done)
{
    return done ? 1 : errno == EPERM || errno == EACCES ? 0 : 2;
}

static int opens_a_file(void)
{
    return refused(open("/etc/passwd", O_RDONLY) >= 0);
}

static int makes_a_file(void)
{
    return refused(open("/tmp/egserve-sandbox", O_WRONLY | O_CREAT, 0600) >= 0);
}

static int makes_a_socket(void)
{
    return refused(socket(AF_INET, SOCK_STREAM, 0) >= 0);
}

static int makes_a_process(void)
{
    return refused(fork() >= 0);
}

static int makes_code(void)
{
    return refused(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                        -1, 0) != MAP_FAILED);
}

static int kills_its_parent(void)
{
    return refused(kill(getppid(), SIGKILL) == 0);
}

static int runs_a_program(void)
{
    char *const argv[] = {"true", NULL};
    (void)execv("/bin/true", argv);
    return 3;
}

/* What serving takes. */
static int serves(void)
{
    uint8_t chance[16];
    char *memory = malloc(1 << 20);
    bool good = memory != NULL && getrandom(chance, sizeof chance, 0) == (ssize_t)sizeof chance &&
                write(STDOUT_FILENO, "", 0) == 0;
    free(memory);
    return good ? 0 : 4;
}

static void what_serving_takes_is_left(void **state)
{
    (void)state;
    assert_int_equal(end_of(serves), 0);
}

static void all_else_is_refused(void **state)
{
    (void)state;
    static int (*const attempts[])(void) = {opens_a_file,    makes_a_file, makes_a_socket,
                                            makes_a_process, makes_code,   kills_its_parent};
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        int status = end_of(attempts[i]);
        if (status != 0) {
            fail_msg("attempt %zu: wait status %d", i, status);
        }
    }
}

static void a_program_is_the_end(void **state)
{
    (void)state;
    int status = end_of(runs_a_program);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSYS);
}

/* Landlock alone holds too, on a kernel without seccomp. */
static void files_are_closed_by_landlock_alone(void **state)
{
    (void)state;
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        (void)eg_sandbox_close_files();
        _exit(opens_a_file());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void *idle(void *pipe_end)
{
    char c;
    (void)!read(*(int *)pipe_end, &c, 1);
    return open("/etc/passwd", O_RDONLY) >= 0 ? pipe_end : NULL;
}

static int threads_that_were_there_are_held_too(void)
{
    int ends[2];
    pthread_t thread;
    void *opened = ends;
    (void)!pipe(ends);
    (void)pthread_create(&thread, NULL, idle, &ends[0]);
    (void)closed();
    (void)!write(ends[1], "", 1);
    (void)pthread_join(thread, &opened);
    return opened == NULL ? 0 : 1;
}

static void threads_are_held_too(void **state)
{
    (void)state;
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        _exit(threads_that_were_there_are_held_too());
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void what_is_in_force_is_told(void **state)
{
    char text[64];
    (void)state;
    eg_sandbox_describe(text, sizeof text, EG_SANDBOX_ALL);
    assert_string_equal(text, "no_new_privs, Landlock, seccomp");
    eg_sandbox_describe(text, sizeof text, EG_SANDBOX_SECCOMP | EG_SANDBOX_NO_NEW_PRIVILEGES);
    assert_string_equal(text, "no_new_privs, seccomp");
    eg_sandbox_describe(text, sizeof text, 0);
    assert_string_equal(text, "none");
}

/* A sanitized build has none, and no kernel is asked under qemu. */
static bool has_sandbox(void)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        _exit(closed() == EG_SANDBOX_ALL ? 0 : 1);
    }
    return waitpid(pid, &status, 0) == pid && status == 0;
}

int main(void)
{
    const struct CMUnitTest told[] = {cmocka_unit_test(what_is_in_force_is_told)};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_serving_takes_is_left),
        cmocka_unit_test(all_else_is_refused),
        cmocka_unit_test(a_program_is_the_end),
        cmocka_unit_test(files_are_closed_by_landlock_alone),
        cmocka_unit_test(threads_are_held_too),
    };
    int failed = cmocka_run_group_tests(told, NULL, NULL);
    if (!has_sandbox()) {
        print_message("no sandbox here: a sanitized build, an emulator or an old kernel\n");
        return failed;
    }
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
