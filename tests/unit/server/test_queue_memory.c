/* Memory: what is short, what is too large, and what answers set aside. */
#include "queue_jobs.h"

static void without_memory_the_job_says_so(void **context)
{
    (void)context;
    eg_job *job = new_job();
    char bytes[1000] = {0};
    assert_true(eg_budget_take(&memory, memory.limit_bytes - eg_budget_used(&memory)));
    eg_queue_feed(&queue, job, bytes, sizeof bytes);
    assert_int_equal(job->error.code, EG_E_NO_MEMORY);
    const eg_request request = {.path = EG_STR("/test")};
    assert_null(eg_job_new(&endpoint, &request, &api, &memory, 0, 1));
    eg_queue_abandon(&queue, job);
    eg_budget_give(&memory, eg_budget_used(&memory));
}

/* Memory that others hold is "busy"; a request that alone is too large for the service is "too
 * large". */
static void short_of_memory_is_not_too_large(void **context)
{
    (void)context;
    next_script.items = 1;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    (void)step();
    size_t taken = memory.limit_bytes - eg_budget_used(&memory);
    assert_true(eg_budget_take(&memory, taken));
    run_dry();
    assert_int_equal(job->state, EG_JOB_FAILED);
    assert_int_equal(job->error.code, EG_E_NO_MEMORY);
    eg_queue_abandon(&queue, job);
    eg_budget_give(&memory, taken);
}

/* An answer begins when there is memory to end it, and no more units are computed ahead than there
 * is memory for. */
static void an_answer_that_cannot_end_does_not_begin(void **context)
{
    enum { MB = 1 << 20 };
    (void)context;
    next_script.output_units = 20;
    next_script.unit_bytes = 10 * MB;
    next_script.tail_bytes = MB;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    run_dry();
    assert_int_equal(job->state, EG_JOB_WRITING);
    assert_int_equal(job->reserved_window, 4); /* of 64 MB */
    assert_int_equal(job->unit_next, 4);
    assert_in_range(eg_budget_used(&memory), 41 * MB, 42 * MB);
    eg_queue_abandon(&queue, job);
    next_script.unit_bytes = 70 * MB;
    free(last_state);
    job = new_job();
    eg_queue_feed_end(&queue, job);
    run_dry();
    assert_int_equal(job->state, EG_JOB_FAILED);
    assert_int_equal(job->error.code, EG_E_TOO_LARGE);
    assert_int_equal(eg_state(job->state)->answer, EG_ANSWER_ERROR);
    eg_queue_abandon(&queue, job);
}

/* Others hold what it takes: it is a matter of time. */
static void an_answer_waits_for_memory_outside(void **context)
{
    enum { MB = 1 << 20 };
    (void)context;
    next_script.output_units = 20;
    next_script.unit_bytes = 10 * MB;
    eg_job *job = new_job();
    assert_true(eg_budget_take(&memory, 60 * MB));
    eg_queue_feed_end(&queue, job);
    run_dry();
    assert_int_equal(job->error.code, EG_E_NO_MEMORY);
    eg_queue_abandon(&queue, job);
    eg_budget_give(&memory, 60 * MB);
}

/* Three eighths of the memory are for answers that have begun: who still reads is refused, who
 * answers goes on with a small window. */
static void answers_come_before_input(void **context)
{
    (void)context;
    next_script.output_units = 100;
    eg_job *answering = new_job();
    eg_queue_feed_end(&queue, answering);
    size_t taken = eg_memory_for_input(memory.limit_bytes);
    for (int i = 0; i < 3; i++) { /* feed, plan, finish */
        assert_true(step());
    }
    state *first = last_state;
    assert_true(eg_budget_take(&memory, taken));
    run_dry();
    assert_int_equal(answering->unit_next, EG_OUTPUT_WINDOW_TIGHT);
    eg_job *reading = new_job();
    eg_queue_feed(&queue, reading, "abc", 3);
    assert_int_equal(reading->error.code, EG_E_NO_MEMORY);
    char answer[200];
    while (answering->sending != EG_SENT) {
        (void)take_output(answering, answer, sizeof answer);
        run_dry();
    }
    eg_queue_abandon(&queue, reading);
    eg_queue_abandon(&queue, answering);
    assert_ptr_equal(first, last_state); /* nothing of the other has begun */
    eg_budget_give(&memory, taken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(without_memory_the_job_says_so),
        QUEUE_TEST(short_of_memory_is_not_too_large),
        QUEUE_TEST(an_answer_that_cannot_end_does_not_begin),
        QUEUE_TEST(an_answer_waits_for_memory_outside),
        QUEUE_TEST(answers_come_before_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
