#include "client/interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

static atomic_int noted; /* by whichever thread the signal came to */

static void note(int signal)
{
    noted = signal;
}

void eg_interrupt_watch(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = note, .sa_flags = (int)SA_RESETHAND};
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction before;
        /* nohup and background jobs of scripts ignore some: they stay ignored */
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            (void)sigaction(signals[i], &action, NULL);
        }
    }
}

bool eg_interrupted(void)
{
    return noted != 0;
}

void eg_interrupt_rethrow(void)
{
    if (noted != 0) {
        const int which = noted;
        (void)signal(which, SIG_DFL);
        (void)raise(which);
    }
}

bool eg_interrupt_wait_ms(uint64_t ms)
{
    enum { SLICE_MS = 100 }; /* a signal between the question and the wait must not be slept over */
    while (ms > 0 && !eg_interrupted()) {
        uint64_t now = ms < SLICE_MS ? ms : SLICE_MS;
        const struct timespec pause = {.tv_nsec = (long)now * 1000000};
        (void)nanosleep(&pause, NULL);
        ms -= now;
    }
    return !eg_interrupted();
}
