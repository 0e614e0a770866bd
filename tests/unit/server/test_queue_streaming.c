/* Bodies and answers that go piece by piece: bounded windows, and when a connection is resumed. */
#include "queue_jobs.h"

static void a_slow_reader_bounds_what_is_computed(void **context)
{
    (void)context;
    next_script.output_units = 100;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    run_dry();
    assert_int_equal(job->unit_next, EG_OUTPUT_WINDOW);
    char answer[200] = "";
    size_t got = 0;
    while (job->sending != EG_SENT) {
        got += take_output(job, answer + got, 3);
        assert_true(job->unit_next <= job->sent_units + EG_OUTPUT_WINDOW);
        run_dry();
    }
    assert_int_equal(got, 102);
    assert_string_equal(answer + 95, "456789>");
    eg_queue_abandon(&queue, job);
}

/* Not after each unit: the I/O thread would look in vain. */
static void a_connection_is_resumed_for_what_it_awaits(void **context)
{
    (void)context;
    next_script.compute_units = 3;
    next_script.output_units = 2;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    job->awaited = EG_AWAITS_ANSWER;
    while (job->state != EG_JOB_WRITING) {
        assert_int_equal(resumed, 0);
        assert_true(step());
    }
    assert_int_equal(resumed, 1); /* two units: it is streamed */
    assert_int_equal(job->awaited, EG_AWAITS_NOTHING);
    run_dry();
    assert_int_equal(resumed, 1);
    eg_queue_abandon(&queue, job);
}

enum { TOGETHER = EG_OUTPUT_WINDOW / 4 };

static void output_is_sent_several_units_at_a_time(void **context)
{
    (void)context;
    next_script.output_units = 2 * TOGETHER - 1;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    while (job->state != EG_JOB_WRITING) {
        assert_true(step());
    }
    char answer[2 * TOGETHER];
    assert_int_equal(take_output(job, answer, sizeof answer), 1); /* the head */
    job->awaited = EG_AWAITS_OUTPUT;
    eg_unit units[TOGETHER];
    for (size_t i = 0; i < TOGETHER; i++) {
        assert_true(take_now(&units[i]));
    }
    for (size_t i = TOGETHER; i-- > 0;) { /* the first comes back last: the others wait for it */
        assert_int_equal(resumed, 0);
        run_taken(&units[i]);
    }
    assert_int_equal(resumed, 1);
    assert_int_equal(take_output(job, answer, sizeof answer), TOGETHER);
    job->awaited = EG_AWAITS_OUTPUT;
    for (size_t i = 0; i < TOGETHER - 1; i++) { /* the last ones: with the tail */
        assert_true(step());
        assert_int_equal(resumed, 1);
    }
    assert_true(step());
    assert_int_equal(job->state, EG_JOB_DONE);
    assert_int_equal(resumed, 2);
    eg_queue_abandon(&queue, job);
}

/* With little memory the window is smaller than what goes together else. */
static void no_unit_waits_for_one_that_has_no_room(void **context)
{
    (void)context;
    next_script.output_units = 100;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    while (job->state != EG_JOB_WRITING) {
        assert_true(step());
    }
    size_t taken = eg_memory_for_input(memory.limit_bytes);
    assert_true(eg_budget_take(&memory, taken));
    char answer[8];
    assert_int_equal(take_output(job, answer, sizeof answer), 1); /* the head */
    for (unsigned i = 0; i < 5; i++) {
        job->awaited = EG_AWAITS_OUTPUT;
        assert_true(step());
        assert_int_equal(resumed, i + 1);
        assert_int_equal(take_output(job, answer, sizeof answer), 1);
    }
    eg_budget_give(&memory, taken);
    eg_queue_abandon(&queue, job);
}

/* The reader has room for a unit's bytes and no more: it will not come again for nothing. */
static void a_unit_taken_to_its_last_byte_makes_room(void **context)
{
    (void)context;
    next_script.output_units = 100;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    while (job->state != EG_JOB_WRITING) {
        assert_true(step());
    }
    size_t taken = eg_memory_for_input(memory.limit_bytes);
    assert_true(eg_budget_take(&memory, taken));
    char answer[1];
    assert_int_equal(take_output(job, answer, 1), 1); /* the head */
    for (unsigned i = 0; i < 20; i++) {
        run_dry();
        assert_int_equal(take_output(job, answer, 1), 1);
        assert_int_equal(answer[0], '0' + i % 10);
        assert_non_null(queue.ready);
    }
    eg_budget_give(&memory, taken);
    eg_queue_abandon(&queue, job);
}

/* A large ballot is many units, of which the last one writes; and there is memory for one unit at a
 * time. */
static void units_that_write_nothing_are_passed_over(void **context)
{
    (void)context;
    next_script.output_units = 100;
    next_script.write_every = 50;
    next_script.unit_bytes = (size_t)40 << 20;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    while (job->state != EG_JOB_WRITING) {
        assert_true(step());
    }
    assert_int_equal(job->reserved_window, 1);
    char answer[8];
    assert_int_equal(take_output(job, answer, sizeof answer), 1); /* the head */
    for (unsigned i = 0; i < 2; i++) {
        job->awaited = EG_AWAITS_OUTPUT;
        run_dry();
        assert_int_equal(resumed, i + 1);
        assert_true(take_output(job, answer, sizeof answer) > 0);
        assert_int_equal(answer[0], '9');
    }
    run_dry();
    assert_int_equal(job->state, EG_JOB_DONE);
    eg_queue_abandon(&queue, job);
}

static void a_full_input_is_resumed_when_half_is_left(void **context)
{
    enum { PIECE = EG_INPUT_WINDOW / 8 };
    (void)context;
    static const char bytes[PIECE];
    eg_job *job = new_job();
    for (size_t i = 0; i < 8; i++) {
        eg_queue_feed(&queue, job, bytes, PIECE);
    }
    job->awaited = EG_AWAITS_ROOM;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(resumed, 0);
        assert_true(step());
    }
    assert_int_equal(job->input_bytes, EG_INPUT_LOW);
    assert_int_equal(resumed, 1);
    run_dry();
    assert_int_equal(resumed, 1);
    eg_queue_abandon(&queue, job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(a_slow_reader_bounds_what_is_computed),
        QUEUE_TEST(a_connection_is_resumed_for_what_it_awaits),
        QUEUE_TEST(output_is_sent_several_units_at_a_time),
        QUEUE_TEST(no_unit_waits_for_one_that_has_no_room),
        QUEUE_TEST(a_unit_taken_to_its_last_byte_makes_room),
        QUEUE_TEST(units_that_write_nothing_are_passed_over),
        QUEUE_TEST(a_full_input_is_resumed_when_half_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
