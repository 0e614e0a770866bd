/* Which worker is frozen, and which only waits for a processor. */
#include "support/cmocka_all.h"

#include "server/watch.h"

#include <signal.h>
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

/* The first second at which the verdict is not "well"; 0: never within a minute. Its thread runs
 * and waits so much each second. */
static unsigned judged_after(char thread_state, uint64_t runs_ms, uint64_t waits_ms, bool beats,
                             eg_verdict *verdict)
{
    eg_watch watch = {0};
    eg_thread_sample sample = {.state = thread_state};
    for (unsigned tick = 0; tick < 600; tick++) {
        uint64_t now = 100 * s_ns + tick * s_ns / 10;
        sample.ran_ns += runs_ms * 100000;
        sample.waited_ns += waits_ms * 100000;
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
    assert_int_equal(judged_after('S', 0, 0, true, &verdict), 0);
    assert_int_equal(judged_after('R', 1000, 0, true, &verdict), 0);
}

static void one_that_is_stopped_or_blocked_is_frozen(void **state)
{
    (void)state;
    static const char states[] = {'T', 't', 'S', 'Z'};
    for (size_t i = 0; i < sizeof states; i++) {
        eg_verdict verdict;
        atomic_store(&slot->heartbeat_ns, 100 * s_ns);
        unsigned after = judged_after(states[i], 0, 0, false, &verdict);
        assert_true(after >= 5 && after <= 9);
        assert_int_equal(verdict, EG_VERDICT_FROZEN);
    }
}

static void one_that_turns_in_circles_is_frozen(void **state)
{
    eg_verdict verdict;
    (void)state;
    unsigned after = judged_after('R', 900, 100, false, &verdict);
    assert_true(after >= 4 && after <= 9);
    /* also on a machine that others use */
    atomic_store(&slot->heartbeat_ns, 100 * s_ns);
    assert_true(judged_after('R', 200, 800, false, &verdict) > 0);
}

static void one_that_waits_for_a_processor_is_well(void **state)
{
    eg_verdict verdict;
    (void)state;
    assert_int_equal(judged_after('R', 1, 990, false, &verdict), 0);
    assert_int_equal(judged_after('D', 0, 0, false, &verdict), 0); /* for memory, or a disk */
}

static void a_stalled_judge_judges_nobody(void **state)
{
    (void)state;
    eg_watch watch = {0};
    const eg_thread_sample sample = {.state = 'S'};
    for (unsigned i = 0; i < 100; i++) {
        uint64_t now = (110 + 2 * i) * s_ns;
        assert_int_equal(eg_watch_judge(&watch, slot, &sample, now, true), EG_VERDICT_WELL);
    }
}

static void a_request_past_deadline_and_grace_is_an_overrun(void **state)
{
    (void)state;
    eg_watch watch = {0};
    const eg_thread_sample sample = {.state = 'S'};
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

static void samples_come_from_the_kernel(void **state)
{
    (void)state;
    skip_if_emulated();
    eg_thread_sample sample;
    assert_true(eg_watch_sample(&sample, (int)getpid()));
    assert_int_equal(sample.state, 'R');
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
        cmocka_unit_test_setup_teardown(one_that_turns_in_circles_is_frozen, make, drop),
        cmocka_unit_test_setup_teardown(one_that_waits_for_a_processor_is_well, make, drop),
        cmocka_unit_test_setup_teardown(a_stalled_judge_judges_nobody, make, drop),
        cmocka_unit_test_setup_teardown(a_request_past_deadline_and_grace_is_an_overrun, make,
                                        drop),
        cmocka_unit_test(samples_come_from_the_kernel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
