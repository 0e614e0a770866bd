#include "cluster/stop_signal.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

static volatile sig_atomic_t asked;
static atomic_int wake = -1;

static void on_signal(int number)
{
    const uint64_t one = 1;
    const int saved = errno;
    const int file = atomic_load(&wake);
    (void)number;
    asked = 1;
    if (file >= 0 && write(file, &one, sizeof one) < 0) {
        errno = saved;
    }
    errno = saved;
}

void eg_stop_watch(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGPIPE, &ignore, NULL);
}

bool eg_stop_asked(void)
{
    return asked != 0;
}

void eg_stop_wake(int file)
{
    atomic_store(&wake, file);
}
