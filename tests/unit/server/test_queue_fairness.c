/* Jobs beside each other: time slices, and who is freed first. */
#include "queue_jobs.h"

/* Steps until a small job that came while a large one was in work is done. */
static unsigned steps_beside_a_large_job(void)
{
    next_script.compute_units = 100;
    eg_job *large = new_job();
    eg_queue_feed_end(&queue, large);
    (void)step();
    state *large_state = last_state;
    next_script.compute_units = 1;
    next_script.output_units = 1;
    eg_job *small_job = new_job();
    eg_queue_feed_end(&queue, small_job);
    unsigned steps = 0;
    while (small_job->state != EG_JOB_DONE) {
        assert_true(step());
        steps++;
    }
    assert_true(atomic_load(&large_state->traced) < 12);
    eg_queue_abandon(&queue, small_job);
    free(last_state);
    last_state = large_state;
    eg_queue_abandon(&queue, large);
    assert_false(step());
    return steps;
}

static void jobs_get_time_slices_one_after_another(void **context)
{
    (void)context;
    queue.slice_ns = 0; /* one unit */
    /* feed, plan, compute, finish, output, tail: a unit of the other between each two */
    assert_in_range(steps_beside_a_large_job(), 2 * 6 - 1, 2 * 6 + 1);
}

/* The large job's unit has just been done: its slice ends at once, the small one's never. */
static void a_small_job_is_done_in_one_slice(void **context)
{
    (void)context;
    queue.slice_ns = UINT64_MAX;
    next_script.compute_units = 100;
    eg_job *large = new_job();
    eg_queue_feed_end(&queue, large);
    (void)step();
    state *large_state = last_state;
    next_script.compute_units = 1;
    next_script.output_units = 1;
    eg_job *small_job = new_job();
    eg_queue_feed_end(&queue, small_job);
    queue.ready = small_job;
    for (unsigned i = 0; i < 6; i++) {
        assert_true(step());
    }
    assert_int_equal(small_job->state, EG_JOB_DONE);
    assert_int_equal(atomic_load(&large_state->traced), 2); /* begin, feed */
    eg_queue_abandon(&queue, small_job);
    free(last_state);
    last_state = large_state;
    eg_queue_abandon(&queue, large);
}

/* So that the I/O thread does not stand still for it; also when the queue closes meanwhile. */
static void a_large_job_is_freed_by_a_compute_thread(void **context)
{
    (void)context;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    run_dry();
    job->budget.peak_bytes = (size_t)100 << 20;
    eg_queue_abandon(&queue, job);
    assert_false(last_state->ended);
    assert_int_equal(queue.count, 1);
    eg_queue_close(&queue);
    eg_unit unit;
    assert_true(eg_queue_take(&queue, &unit, NULL, NULL));
    assert_int_equal(unit.kind, EG_UNIT_RELEASE);
    assert_false(last_state->ended);
    run_taken(&unit);
    assert_true(last_state->ended);
    assert_int_equal(queue.count, 0);
    assert_false(eg_queue_take(&queue, &unit, NULL, NULL));
}

/* Others may wait for its memory: a slice that is not over goes on behind it. */
static void a_large_job_is_freed_before_a_slice_goes_on(void **context)
{
    (void)context;
    queue.slice_ns = UINT64_MAX;
    eg_job *left = new_job();
    left->budget.peak_bytes = (size_t)100 << 20;
    eg_job *other = new_job();
    eg_queue_feed_end(&queue, other);
    eg_unit unit;
    assert_true(take_now(&unit));
    eg_queue_abandon(&queue, left);
    run_taken(&unit);
    assert_true(other->ready_next != NULL); /* its slice would go on */
    assert_true(step());
    assert_int_equal(queue.count, 1);
    assert_int_equal(other->state, EG_JOB_PLANNING);
    eg_queue_abandon(&queue, other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(jobs_get_time_slices_one_after_another),
        QUEUE_TEST(a_small_job_is_done_in_one_slice),
        QUEUE_TEST(a_large_job_is_freed_by_a_compute_thread),
        QUEUE_TEST(a_large_job_is_freed_before_a_slice_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
