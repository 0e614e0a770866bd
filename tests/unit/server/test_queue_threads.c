/* Compute threads: whom the queue calls, what idle ones give back, what units leave. */
#include "queue_jobs.h"

#include "support/own_stack.h"

#include <semaphore.h>
#include <unistd.h>

static void told_idle(void *context)
{
    sem_t *times = context;
    (void)sem_post(times);
}

static void *take_once(void *context)
{
    eg_unit unit;
    return eg_queue_take(&queue, &unit, told_idle, context) ? context : NULL;
}

static void a_pause_makes_a_thread_idle_once(void **context)
{
    (void)context;
    sem_t times;
    pthread_t thread;
    void *found = &times;
    int left;
    assert_int_equal(sem_init(&times, 0, 0), 0);
    assert_int_equal(pthread_create(&thread, NULL, take_once, &times), 0);
    assert_int_equal(sem_wait(&times), 0);
    eg_queue_close(&queue);
    assert_int_equal(pthread_join(thread, &found), 0);
    assert_null(found);
    assert_int_equal(sem_getvalue(&times, &left), 0);
    assert_int_equal(left, 0);
    (void)sem_destroy(&times);
}

static sem_t idle_times, taken, may_go_on;

/* Takes units, says so of each, and brings it back when one may. */
static void *take_and_hold(void *context)
{
    eg_unit unit;
    while (eg_queue_take(&queue, &unit, told_idle, &idle_times)) {
        (void)sem_post(&taken);
        (void)sem_wait(&may_go_on);
        run_taken(&unit);
    }
    return context;
}

/* What a returned unit makes runnable occupies every thread that waits, not only the one that
 * brought it back. They are idle, so that none looks by itself any more. */
static void waiting_threads_are_called_for_more(void **context)
{
    enum { THREADS = 3, UNITS = 2 + THREADS + 2, FOR_EVER_S = 60 };
    (void)context;
    pthread_t threads[THREADS];
    next_script.compute_units = THREADS;
    eg_job *job = new_job();
    (void)sem_init(&idle_times, 0, 0);
    (void)sem_init(&taken, 0, 0);
    (void)sem_init(&may_go_on, 0, 0);
    (void)alarm(FOR_EVER_S);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, take_and_hold, NULL), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        (void)sem_wait(&idle_times);
    }
    eg_queue_feed_end(&queue, job);
    for (size_t stage = 0; stage < 2; stage++) { /* feed, plan */
        (void)sem_wait(&taken);
        (void)sem_post(&may_go_on);
    }
    for (size_t i = 0; i < THREADS; i++) { /* each has one before any comes back */
        (void)sem_wait(&taken);
    }
    for (size_t i = 2; i < UNITS; i++) {
        (void)sem_post(&may_go_on);
    }
    for (size_t i = 2 + THREADS; i < UNITS; i++) { /* finish, tail */
        (void)sem_wait(&taken);
    }
    eg_queue_close(&queue);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    (void)alarm(0);
    assert_int_equal(job->state, EG_JOB_DONE);
    eg_queue_abandon(&queue, job);
}

static void threads_finish_what_is_asked(void **context)
{
    (void)context;
    enum { JOBS = 40, THREADS = 4 };
    static eg_compute threads;
    eg_job *jobs[JOBS];
    state *states[JOBS];
    next_script.items = 10;
    next_script.compute_units = 20;
    next_script.output_units = 5;
    for (size_t i = 0; i < JOBS; i++) {
        jobs[i] = new_job();
        eg_queue_feed(&queue, jobs[i], "a", 1);
        (void)step(); /* begin, here: last_state is not for threads */
        states[i] = last_state;
    }
    assert_true(eg_compute_start(&threads, &queue, THREADS));
    for (size_t i = 0; i < JOBS; i++) {
        eg_queue_feed_end(&queue, jobs[i]);
    }
    for (size_t i = 0; i < JOBS; i++) {
        bool done = false;
        while (!done) {
            done = eg_queue_await_answer(&queue, jobs[i]) == EG_ANSWER_WHOLE;
        }
        char answer[16] = "";
        assert_int_equal(take_output(jobs[i], answer, sizeof answer), 7);
        assert_string_equal(answer, "<01234>");
        assert_int_equal(states[i]->items_done, 10);
    }
    for (size_t i = 0; i < JOBS; i++) {
        eg_queue_abandon(&queue, jobs[i]);
    }
    eg_compute_stop(&threads);
    for (size_t i = 0; i < JOBS; i++) {
        assert_true(states[i]->ended);
        free(states[i]);
    }
    last_state = NULL;
}

static void run_dry_here(void *unused)
{
    (void)unused;
    run_dry();
}

static void a_unit_leaves_nothing_on_the_stack(void **context)
{
    (void)context;
    next_script.compute_units = 1;
    eg_job *job = new_job();
    eg_queue_feed_end(&queue, job);
    assert_true(own_stack_run(run_dry_here, NULL));
    assert_non_null(strchr(last_state->trace, 'c'));
    assert_false(own_stack_holds(on_stack, sizeof on_stack - 1));
    eg_queue_abandon(&queue, job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(a_pause_makes_a_thread_idle_once),
        QUEUE_TEST(waiting_threads_are_called_for_more),
        QUEUE_TEST(threads_finish_what_is_asked),
        QUEUE_TEST(a_unit_leaves_nothing_on_the_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
