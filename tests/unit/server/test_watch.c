/* Which worker is frozen, and which only waits for a processor. */
#include "support/cmocka_all.h"

#include "server/process/watch.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint64_t s_ns = 1000000000u;
static eg_scoreboard *board;
static eg_slot *slot;

static int make(void **state)
{
    (void)state;
    board = eg_scoreboard_new(0);
    slot = eg_slot_take(board);
    atomic_store(&slot->heartbeat_ns, 100 * s_ns);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    eg_scoreboard_free(board);
    return 0;
}

/* What a worker's threads do each second: its I/O thread's state, its processor time, that of all
 * its threads, and whether another one wants a processor. */
typedef struct habit {
    char state;
    uint64_t runs_ms, all_run_ms;
    bool others_want;
} habit;

/* The first second at which the verdict is not "well"; 0: never within a minute. */
static unsigned judged_after(habit h, bool beats, eg_verdict *verdict)
{
    eg_watch watch = {0};
    eg_worker_sample sample = {.state = h.state, .others_want = h.others_want};
    if (!beats) {
        atomic_store(&slot->heartbeat_ns, 100 * s_ns);
    }
    for (unsigned tick = 0; tick < 600; tick++) {
        uint64_t now = 100 * s_ns + tick * s_ns / 10;
        sample.ran_ns += h.runs_ms * 100000;
        sample.all_ran_ns += h.all_run_ms * 100000;
        if (beats) {
            atomic_store(&slot->heartbeat_ns, now - s_ns / 2);
        }
        *verdict = eg_watch_judge(&watch, slot, &sample, now, false);
        if (*verdict != EG_VERDICT_WELL) {
            return tick / 10 + 1;
        }
    }
    return 0;
}

static void one_that_beats_is_well(void **state)
{
    eg_verdict verdict;
    (void)state;
    assert_int_equal(judged_after((habit){.state = 'S'}, true, &verdict), 0);
    assert_int_equal(judged_after((habit){'R', 1000, 1000, true}, true, &verdict), 0);
}

static void one_that_is_stopped_or_blocked_is_frozen(void **state)
{
    (void)state;
    static const char states[] = {'T', 't', 'S', 'Z'};
    for (size_t i = 0; i < sizeof states; i++) {
        eg_verdict verdict;
        unsigned after = judged_after((habit){.state = states[i]}, false, &verdict);
        assert_true(after >= 5 && after <= 9);
        assert_int_equal(verdict, EG_VERDICT_FROZEN);
    }
}

static void one_that_sleeps_while_its_other_threads_run_is_frozen(void **state)
{
    eg_verdict verdict;
    (void)state;
    assert_true(judged_after((habit){'S', 0, 1800, true}, false, &verdict) > 0);
    assert_int_equal(verdict, EG_VERDICT_FROZEN);
}

static void one_that_is_stopped_is_frozen_whatever_its_other_threads_want(void **state)
{
    eg_verdict verdict;
    (void)state;
    assert_true(judged_after((habit){'T', 0, 0, true}, false, &verdict) > 0);
}

static void one_that_turns_in_circles_is_frozen(void **state)
{
    eg_verdict verdict;
    (void)state;
    unsigned after = judged_after((habit){'R', 900, 900, false}, false, &verdict);
    assert_true(after >= 4 && after <= 9);
    /* also on a machine that others use */
    assert_true(judged_after((habit){'R', 200, 200, false}, false, &verdict) > 0);
}

static void one_that_gets_no_processor_is_well(void **state)
{
    eg_verdict verdict;
    (void)state;
    assert_int_equal(judged_after((habit){'R', 0, 0, false}, false, &verdict), 0);
    assert_int_equal(judged_after((habit){'R', 1, 1, true}, false, &verdict), 0);
    /* for memory, or a disk */
    assert_int_equal(judged_after((habit){.state = 'D'}, false, &verdict), 0);
    /* for a lock of a thread that gets none */
    assert_int_equal(judged_after((habit){'S', 0, 20, true}, false, &verdict), 0);
}

static void one_that_cannot_be_looked_at_is_not_judged(void **state)
{
    eg_verdict verdict;
    (void)state;
    assert_int_equal(judged_after((habit){.state = 0}, false, &verdict), 0);
}

static void a_stalled_judge_judges_nobody(void **state)
{
    (void)state;
    eg_watch watch = {0};
    const eg_worker_sample sample = {.state = 'S'};
    for (unsigned i = 0; i < 100; i++) {
        uint64_t now = (110 + 2 * i) * s_ns;
        assert_int_equal(eg_watch_judge(&watch, slot, &sample, now, true), EG_VERDICT_WELL);
    }
}

static void a_request_past_deadline_and_grace_is_an_overrun(void **state)
{
    (void)state;
    eg_watch watch = {0};
    const eg_worker_sample sample = {.state = 'S'};
    eg_flight *flight = eg_flight_begin(slot, "late", 0, 100 * s_ns, 110 * s_ns);
    uint64_t overran = 0;
    for (uint64_t now = 100 * s_ns; now < 130 * s_ns && overran == 0; now += s_ns / 10) {
        atomic_store(&slot->heartbeat_ns, now);
        if (eg_watch_judge(&watch, slot, &sample, now, false) == EG_VERDICT_OVERRUN) {
            overran = now;
        }
    }
    assert_true(overran > 112 * s_ns && overran <= 120 * s_ns);
    eg_flight_end(flight);
    atomic_store(&slot->heartbeat_ns, overran);
    assert_int_equal(eg_watch_judge(&watch, slot, &sample, overran, false), EG_VERDICT_WELL);
}

static void *burn(void *stop)
{
    while (!atomic_load((atomic_bool *)stop)) {
    }
    return NULL;
}

static void samples_come_from_the_kernel(void **state)
{
    (void)state;
    skip_if_emulated();
    eg_worker_sample sample, later;
    assert_true(eg_watch_sample(&sample, (int)getpid()));
    assert_int_equal(sample.state, 'R');
    assert_false(sample.others_want);
    atomic_bool stop = false;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, burn, &stop), 0);
    do {
        assert_true(eg_watch_sample(&later, (int)getpid()));
    } while (later.all_ran_ns - later.ran_ns < sample.all_ran_ns - sample.ran_ns + s_ns / 50);
    assert_true(later.others_want);
    atomic_store(&stop, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    pid_t pid = fork();
    if (pid == 0) {
        (void)raise(SIGSTOP);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
    assert_true(eg_watch_sample(&sample, (int)pid));
    assert_int_equal(sample.state, 'T');
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, &status, 0);
    assert_false(eg_watch_sample(&sample, (int)pid));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_that_beats_is_well, make, drop),
        cmocka_unit_test_setup_teardown(one_that_is_stopped_or_blocked_is_frozen, make, drop),
        cmocka_unit_test_setup_teardown(one_that_sleeps_while_its_other_threads_run_is_frozen, make,
                                        drop),
        cmocka_unit_test_setup_teardown(
            one_that_is_stopped_is_frozen_whatever_its_other_threads_want, make, drop),
        cmocka_unit_test_setup_teardown(one_that_turns_in_circles_is_frozen, make, drop),
        cmocka_unit_test_setup_teardown(one_that_gets_no_processor_is_well, make, drop),
        cmocka_unit_test_setup_teardown(one_that_cannot_be_looked_at_is_not_judged, make, drop),
        cmocka_unit_test_setup_teardown(a_stalled_judge_judges_nobody, make, drop),
        cmocka_unit_test_setup_teardown(a_request_past_deadline_and_grace_is_an_overrun, make,
                                        drop),
        cmocka_unit_test(samples_come_from_the_kernel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
