/* The stages of a job, in their order: the table of states at work. */
#include "queue_jobs.h"

static void stages_come_in_their_order(void **context)
{
    (void)context;
    next_script.items = 2;
    next_script.compute_units = 3;
    next_script.output_units = 2;
    eg_job *job = new_job();
    assert_false(step()); /* nothing has come */
    eg_queue_feed(&queue, job, "abc", 3);
    run_dry();
    eg_queue_feed(&queue, job, "de", 2);
    eg_queue_feed_end(&queue, job);
    run_dry();
    assert_string_equal(last_state->trace, "bfFiipcccnhoot");
    assert_int_equal(last_state->fed_bytes, 5);
    assert_int_equal(job->state, EG_JOB_DONE);
    char answer[16] = "";
    eg_str parts[EG_JOB_PARTS_MAX];
    assert_int_equal(eg_job_parts(job, parts), 4);
    assert_true(eg_str_equal(parts[0], EG_STR("<")) && eg_str_equal(parts[3], EG_STR(">")));
    assert_int_equal(take_output(job, answer, 2), 2);
    assert_int_equal(take_output(job, answer + 2, 10), 2);
    assert_string_equal(answer, "<01>");
    assert_int_equal(job->sending, EG_SENT);
    assert_int_equal(atomic_load(&counters.cast_ballots), 1);
    assert_int_equal(atomic_load(&counters.units), 12);
    eg_queue_abandon(&queue, job);
    assert_true(last_state->ended);
}

/* Units in work, and those that threads could take. */
static void work_is_counted(void **context)
{
    (void)context;
    next_script.compute_units = 5;
    eg_unit units[2];
    eg_queue_load load = eg_queue_look(&queue);
    assert_int_equal(load.busy + load.waiting, 0);
    eg_job *job = new_job();
    assert_int_equal(eg_queue_look(&queue).waiting, 0); /* nothing has come */
    eg_queue_feed_end(&queue, job);
    assert_int_equal(eg_queue_look(&queue).waiting, 1); /* to read it */
    (void)step();
    (void)step();
    assert_true(take_now(&units[0]) && take_now(&units[1]));
    load = eg_queue_look(&queue);
    assert_int_equal(load.busy, 2);
    assert_int_equal(load.waiting, 3);
    run_taken(&units[0]);
    run_taken(&units[1]);
    run_dry();
    load = eg_queue_look(&queue);
    assert_int_equal(load.busy + load.waiting, 0);
    eg_queue_abandon(&queue, job);
}

/* Output is held back by the window, and so is not waiting beyond it. */
static void output_beyond_the_window_does_not_wait(void **context)
{
    (void)context;
    next_script.output_units = 3 * EG_OUTPUT_WINDOW;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    while (job->state != EG_JOB_WRITING) {
        assert_true(step());
    }
    assert_int_equal(eg_queue_look(&queue).waiting, EG_OUTPUT_WINDOW);
    run_dry();
    assert_int_equal(eg_queue_look(&queue).waiting, 0);
    eg_queue_abandon(&queue, job);
}

static void items_hold_the_feed_back(void **context)
{
    (void)context;
    next_script.items = 3 * EG_ITEM_WINDOW;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    run_dry();
    assert_int_equal(last_state->items_done, 3 * EG_ITEM_WINDOW);
    eg_queue_abandon(&queue, job);
}

static void rounds_follow_each_other(void **context)
{
    (void)context;
    used_endpoint = &rounds_endpoint;
    next_script.compute_units = 2;
    next_script.rounds[0] = 3;
    next_script.rounds[1] = 1;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    run_dry();
    assert_string_equal(last_state->trace, "bFpccxcccxcxnht");
    assert_int_equal(job->state, EG_JOB_DONE);
    eg_queue_abandon(&queue, job);
}

/* What a round makes is whole before the next one begins. */
static void a_round_waits_for_all_units_of_the_one_before(void **context)
{
    eg_unit units[2];
    (void)context;
    used_endpoint = &rounds_endpoint;
    next_script.compute_units = 2;
    next_script.rounds[0] = 1;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    (void)step();
    (void)step();
    assert_true(take_now(&units[0]) && take_now(&units[1]));
    run_taken(&units[1]);
    assert_false(step());
    run_taken(&units[0]);
    assert_true(take_now(&units[0]));
    assert_int_equal(units[0].kind, EG_UNIT_NEXT);
    assert_false(step()); /* serial */
    run_taken(&units[0]);
    run_dry();
    assert_string_equal(last_state->trace, "bFpccxcxnht");
    eg_queue_abandon(&queue, job);
}

/* The states from here to the end, each once in a row. */
static void note_states(const eg_job *job, eg_job_state states[], size_t *count)
{
    *count = 0;
    states[(*count)++] = job->state;
    while (step()) {
        if (job->state != states[*count - 1]) {
            states[(*count)++] = job->state;
        }
        assert_true(*count < 16);
    }
}

static void a_job_goes_through_its_states(void **context)
{
    static const eg_job_state expected[] = {
        EG_JOB_READING,  EG_JOB_PLANNING,  EG_JOB_COMPUTING, EG_JOB_CHOOSING, EG_JOB_COMPUTING,
        EG_JOB_CHOOSING, EG_JOB_FINISHING, EG_JOB_WRITING,   EG_JOB_ENDING,   EG_JOB_DONE};
    eg_job_state states[16];
    size_t count;
    (void)context;
    used_endpoint = &rounds_endpoint;
    next_script.compute_units = 2;
    next_script.rounds[0] = 1;
    next_script.output_units = 2;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    note_states(job, states, &count);
    assert_int_equal(count, sizeof expected / sizeof expected[0]);
    assert_memory_equal(states, expected, sizeof expected);
    eg_queue_abandon(&queue, job);
}

/* Without rounds, units of computing and units of output. */
static void a_state_without_units_is_passed_over(void **context)
{
    static const eg_job_state expected[] = {EG_JOB_READING, EG_JOB_PLANNING, EG_JOB_FINISHING,
                                            EG_JOB_ENDING, EG_JOB_DONE};
    eg_job_state states[16];
    size_t count;
    (void)context;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    note_states(job, states, &count);
    assert_int_equal(count, sizeof expected / sizeof expected[0]);
    assert_memory_equal(states, expected, sizeof expected);
    eg_queue_abandon(&queue, job);
}

/* Feed runs beside items and not beside itself; nothing runs beside a serial stage. */
static void units_run_beside_each_other_as_the_table_says(void **context)
{
    eg_unit item, feed, other;
    (void)context;
    next_script.items = 1;
    eg_job *job = new_job();
    eg_queue_feed(&queue, job, "a", 1);
    assert_true(take_now(&feed));
    eg_queue_feed_end(&queue, job);
    assert_false(take_now(&other)); /* a second feed */
    run_taken(&feed);
    assert_true(take_now(&feed));
    assert_true(feed.last);
    assert_false(take_now(&other)); /* it is not known whether items come */
    run_taken(&feed);
    assert_true(take_now(&item));
    assert_int_equal(item.kind, EG_UNIT_ITEM);
    assert_false(take_now(&other)); /* plan waits for it */
    run_taken(&item);
    assert_true(take_now(&other));
    assert_int_equal(other.kind, EG_UNIT_PLAN);
    assert_false(take_now(&feed));
    run_taken(&other);
    run_dry();
    assert_int_equal(job->state, EG_JOB_DONE);
    eg_queue_abandon(&queue, job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(stages_come_in_their_order),
        QUEUE_TEST(work_is_counted),
        QUEUE_TEST(output_beyond_the_window_does_not_wait),
        QUEUE_TEST(items_hold_the_feed_back),
        QUEUE_TEST(rounds_follow_each_other),
        QUEUE_TEST(a_round_waits_for_all_units_of_the_one_before),
        QUEUE_TEST(a_job_goes_through_its_states),
        QUEUE_TEST(a_state_without_units_is_passed_over),
        QUEUE_TEST(units_run_beside_each_other_as_the_table_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
