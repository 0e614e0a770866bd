/* Jobs that fail, come too late or are left. */
#include "queue_jobs.h"

#include "base/clock.h"

#include <stdio.h>
#include <unistd.h>

static void the_lowest_failure_counts(void **context)
{
    (void)context;
    next_script.compute_units = 4;
    next_script.fail_compute = 1;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    (void)step();
    (void)step();
    eg_unit units[4];
    for (size_t i = 0; i < 4; i++) {
        assert_true(take_now(&units[i]));
    }
    for (size_t i = 4; i-- > 0;) { /* the last comes back first */
        run_taken(&units[i]);
    }
    assert_int_equal(job->state, EG_JOB_FAILED);
    assert_string_equal(job->error.text, "unit 1");
    assert_false(step());
    eg_queue_abandon(&queue, job);
}

static void no_round_follows_a_failure(void **context)
{
    (void)context;
    used_endpoint = &rounds_endpoint;
    next_script.compute_units = 1;
    next_script.fail_compute = 0;
    next_script.rounds[0] = 1;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    run_dry();
    assert_string_equal(last_state->trace, "bFpc");
    assert_int_equal(job->state, EG_JOB_FAILED);
    eg_queue_abandon(&queue, job);
}

static void a_failed_plan_computes_nothing(void **context)
{
    (void)context;
    next_script.fail_plan = true;
    next_script.compute_units = 4;
    eg_job *job = new_job();
    job->awaited = EG_AWAITS_ANSWER;
    eg_queue_feed_end(&queue, job);
    run_dry();
    assert_string_equal(last_state->trace, "bFp");
    assert_int_equal(job->error.code, EG_E_QUORUM);
    assert_int_equal(resumed, 1);
    eg_queue_abandon(&queue, job);
}

/* A forgotten key in a rare branch costs the request that it is in. */
static void an_answer_put_together_wrongly_is_our_fault_alone(void **context)
{
    (void)context;
    next_script.misuse_head = true;
    eg_job *wrong = new_job();
    eg_queue_feed_end(&queue, wrong);
    run_dry();
    state *of_wrong = last_state;
    next_script.misuse_head = false;
    eg_job *right = new_job();
    eg_queue_feed_end(&queue, right);
    run_dry();
    assert_int_equal(wrong->state, EG_JOB_FAILED);
    assert_int_equal(wrong->error.code, EG_E_INTERNAL);
    assert_non_null(wrong->error.where); /* for the log */
    assert_int_equal(right->state, EG_JOB_DONE);
    eg_queue_abandon(&queue, right);
    eg_queue_abandon(&queue, wrong);
    free(of_wrong);
}

static void bytes_behind_a_failure_are_dropped(void **context)
{
    (void)context;
    eg_job *job = new_job();
    eg_error error = {0};
    (void)EG_FAIL(&error, EG_E_TOO_LARGE, NULL, "too large");
    eg_queue_fail(&queue, job, &error);
    size_t before = eg_budget_used(&memory);
    eg_queue_feed(&queue, job, "abc", 3);
    assert_int_equal(eg_budget_used(&memory), before);
    assert_false(step());
    eg_queue_abandon(&queue, job);
}

static void what_is_late_ends(void **context)
{
    (void)context;
    eg_job *reading = new_job();
    eg_job *working = new_job();
    eg_queue_feed_end(&queue, working);
    reading->awaited = working->awaited = EG_AWAITS_ANSWER;
    assert_int_equal(eg_queue_fail_late(&queue, eg_clock_monotonic_ns()), 0);
    uint64_t later = eg_clock_monotonic_ns() + 2 * HOUR_S * 1000000000ull;
    assert_int_equal(eg_queue_fail_late(&queue, later), 2);
    assert_int_equal(eg_queue_fail_late(&queue, later), 0);
    assert_int_equal(reading->error.code, EG_E_SLOW_BODY);
    assert_int_equal(working->error.code, EG_E_DEADLINE);
    assert_int_equal(resumed, 2);
    assert_false(step());
    eg_queue_abandon(&queue, reading);
    eg_queue_abandon(&queue, working);
}

/* The connection goes while a unit runs: nothing else starts, and the unit's return frees the job.
 */
static void a_client_that_leaves_stops_the_work(void **context)
{
    (void)context;
    next_script.compute_units = 100;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    (void)step();
    (void)step();
    eg_unit unit;
    assert_true(take_now(&unit));
    eg_queue_abandon(&queue, job);
    assert_true(job->call.is_stopped(&job->call));
    assert_false(step());
    assert_false(last_state->ended);
    run_taken(&unit);
    assert_true(last_state->ended);
    assert_int_equal(queue.count, 0);
}

/* Stderr while a call runs, in a file. */
static size_t logged_by(void (*call)(eg_job *job), eg_job *job, char *text, size_t size)
{
    FILE *file = tmpfile();
    int kept = dup(STDERR_FILENO);
    assert_non_null(file);
    assert_true(kept >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
    call(job);
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    (void)close(kept);
    rewind(file);
    size_t n = fread(text, 1, size - 1, file);
    text[n] = '\0';
    (void)fclose(file);
    return n;
}

static void enter_each_state_from_each(eg_job *job)
{
    for (unsigned from = 0; from < EG_JOB_STATES; from++) {
        for (unsigned to = 0; to < EG_JOB_STATES; to++) {
            job->state = from;
            atomic_store(&job->stopped, false);
            bool may = eg_state_may_follow(from, to);
            assert_int_equal(eg_job_enter(job, to), may);
            assert_int_equal(job->state, may ? to : from);
            assert_int_equal(atomic_load(&job->stopped), may && eg_state(to)->stops);
        }
    }
    job->state = EG_JOB_READING;
    atomic_store(&job->stopped, false);
}

static void a_state_that_cannot_follow_is_refused_and_logged(void **context)
{
    char text[32 * 1024];
    (void)context;
    eg_job *job = new_job();
    assert_true(logged_by(enter_each_state_from_each, job, text, sizeof text) > 0);
    assert_non_null(strstr(text, "what is reading cannot become done"));
    assert_non_null(strstr(text, "what is abandoned cannot become failed"));
    assert_null(strstr(text, "what is reading cannot become planning"));
    eg_queue_abandon(&queue, job);
}

/* As if a bug had brought it back. */
static void bring_back_a_tail(eg_job *job)
{
    eg_unit unit;
    assert_true(take_now(&unit));
    assert_ptr_equal(unit.job, job);
    unit.kind = EG_UNIT_TAIL;
    eg_queue_done(&queue, &unit, EG_SUCCESS, NULL);
}

static void a_stage_out_of_its_order_is_a_fault_of_its_job_alone(void **context)
{
    char text[1024];
    (void)context;
    next_script.compute_units = 1;
    eg_job *wrong = new_job();
    eg_queue_feed_end(&queue, wrong);
    (void)step(); /* feed */
    state *of_wrong = last_state;
    (void)eg_queue_await_answer(&queue, wrong);
    assert_true(logged_by(bring_back_a_tail, wrong, text, sizeof text) > 0);
    assert_non_null(strstr(text, "does not run while it is planning"));
    assert_int_equal(wrong->state, EG_JOB_FAILED);
    assert_int_equal(wrong->error.code, EG_E_INTERNAL);
    assert_int_equal(resumed, 1);
    eg_job *right = new_job();
    eg_queue_feed_end(&queue, right);
    run_dry();
    assert_int_equal(right->state, EG_JOB_DONE);
    eg_queue_abandon(&queue, right);
    eg_queue_abandon(&queue, wrong);
    free(of_wrong);
}

/* Until the last one has come back it is not settled which failure is reported. */
static void a_failure_waits_for_the_units_that_run(void **context)
{
    eg_unit units[2];
    (void)context;
    next_script.compute_units = 2;
    next_script.fail_compute = 0;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    (void)step();
    (void)step();
    assert_true(take_now(&units[0]) && take_now(&units[1]));
    run_taken(&units[1]);
    assert_int_equal(job->state, EG_JOB_FAILING);
    assert_int_equal(eg_queue_await_answer(&queue, job), EG_ANSWER_NONE);
    assert_int_equal(eg_queue_await_room(&queue, job), EG_INPUT_UNKNOWN);
    assert_int_equal(resumed, 0);
    run_taken(&units[0]);
    assert_int_equal(job->state, EG_JOB_FAILED);
    assert_int_equal(resumed, 1);
    assert_int_equal(eg_queue_await_answer(&queue, job), EG_ANSWER_ERROR);
    assert_int_equal(eg_queue_await_room(&queue, job), EG_INPUT_REFUSED);
    assert_true(eg_queue_has_failed(&queue, job));
    assert_string_equal(job->error.text, "unit 0");
    eg_queue_abandon(&queue, job);
}

/* The error of one that is stopped from outside stays, whatever its units bring. */
static void what_is_stopped_keeps_its_error(void **context)
{
    eg_unit unit;
    eg_error error = {0};
    (void)context;
    next_script.compute_units = 2;
    next_script.fail_compute = 0;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    (void)step();
    (void)step();
    assert_true(take_now(&unit));
    assert_int_equal(eg_queue_await_answer(&queue, job), EG_ANSWER_NONE);
    assert_true(eg_queue_is_suspended(&queue, job));
    (void)EG_FAIL(&error, EG_E_DEADLINE, NULL, "too late");
    eg_queue_fail(&queue, job, &error);
    assert_int_equal(job->state, EG_JOB_STOPPED);
    assert_true(job->call.is_stopped(&job->call));
    run_taken(&unit);
    assert_int_equal(job->state, EG_JOB_STOPPED);
    assert_false(eg_queue_is_suspended(&queue, job));
    eg_queue_error(&queue, job, &error);
    assert_int_equal(error.code, EG_E_DEADLINE);
    eg_queue_abandon(&queue, job);
}

/* Its answer is in the client's socket, or on its way there. */
static void a_client_that_leaves_a_complete_answer_stops_nothing(void **context)
{
    (void)context;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    run_dry();
    eg_queue_client_left(&queue, job);
    assert_int_equal(job->state, EG_JOB_DONE);
    eg_queue_abandon(&queue, job);
    free(last_state);
    job = new_job();
    eg_queue_feed_end(&queue, job);
    (void)step();
    eg_queue_client_left(&queue, job);
    assert_int_equal(job->state, EG_JOB_STOPPED);
    assert_int_equal(job->error.code, EG_E_CANCELLED);
    eg_queue_abandon(&queue, job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(the_lowest_failure_counts),
        QUEUE_TEST(no_round_follows_a_failure),
        QUEUE_TEST(a_failed_plan_computes_nothing),
        QUEUE_TEST(an_answer_put_together_wrongly_is_our_fault_alone),
        QUEUE_TEST(bytes_behind_a_failure_are_dropped),
        QUEUE_TEST(what_is_late_ends),
        QUEUE_TEST(a_client_that_leaves_stops_the_work),
        QUEUE_TEST(a_state_that_cannot_follow_is_refused_and_logged),
        QUEUE_TEST(a_stage_out_of_its_order_is_a_fault_of_its_job_alone),
        QUEUE_TEST(a_failure_waits_for_the_units_that_run),
        QUEUE_TEST(what_is_stopped_keeps_its_error),
        QUEUE_TEST(a_client_that_leaves_a_complete_answer_stops_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
