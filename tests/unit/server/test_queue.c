/* Jobs and units: stages in their order, jobs in turn, failures, bounded windows, memory given
 * back. Everything runs on this thread, unit by unit; the last ones use threads. */
#include "support/cmocka_all.h"
#include "support/own_stack.h"

#include "base/clock.h"
#include "server/work/compute.h"
#include "server/work/job_memory.h"
#include "server/work/job_output.h"
#include "wire/writer.h"

#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

enum { HOUR_S = 3600 };

/* What the endpoint of these tests does is in its request's query: see `script`. */
typedef struct script {
    size_t items, compute_units, output_units;
    size_t write_every;               /* of so many units of output one writes; 0: all do */
    size_t fail_compute, fail_output; /* this unit fails; SIZE_MAX: none */
    bool fail_plan;
    size_t unit_bytes, tail_bytes; /* that output takes */
    size_t rounds[4]; /* compute units of those behind the first, to a 0; with rounds_endpoint */
    bool misuse_head; /* writes a value without its key */
} script;

typedef struct state {
    script plan;
    char trace[256]; /* one letter per stage */
    _Atomic size_t traced;
    size_t fed_bytes;
    _Atomic unsigned items_done;
    bool ended;
    size_t round;
} state;

static const char secret[] = "what a unit has on its stack";
static script next_script;
static state *last_state; /* of the job made last; outlives the job */
static eg_queue queue;
static eg_counters counters;
static eg_budget memory;
static unsigned resumed;
static const eg_api_settings api;

static void trace(eg_call *call, char letter)
{
    state *s = call->state;
    size_t at = atomic_fetch_add(&s->traced, 1);
    if (at < sizeof s->trace - 1) {
        s->trace[at] = letter;
    }
}

static eg_result begin(eg_call *call, eg_error *err)
{
    last_state = calloc(1, sizeof *last_state);
    EG_BUG_IF(err, last_state == NULL);
    last_state->plan = next_script;
    call->state = last_state;
    trace(call, 'b');
    return EG_SUCCESS;
}

static eg_result feed(eg_call *call, const void *bytes, size_t n, bool last, eg_error *err)
{
    state *s = call->state;
    (void)bytes;
    (void)err;
    s->fed_bytes += n;
    trace(call, last ? 'F' : 'f');
    for (size_t i = 0; last && i < s->plan.items; i++) {
        call->add_item(call, s);
    }
    return EG_SUCCESS;
}

static eg_result item(eg_call *call, void *what, eg_arena *scratch, eg_error *err)
{
    state *s = what;
    void *memory_of_it;
    EG_TRY(eg_arena_new(scratch, 100, 10, &memory_of_it, err));
    atomic_fetch_add(&s->items_done, 1);
    trace(call, 'i');
    return EG_SUCCESS;
}

static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    trace(call, 'p');
    if (s->plan.fail_plan) {
        return EG_FAIL(err, EG_E_QUORUM, NULL, "no plan");
    }
    call->compute_units = s->plan.compute_units;
    return EG_SUCCESS;
}

static eg_result compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err)
{
    state *s = call->state;
    char local[200][sizeof secret]; /* calls behind this one reach but a part of it */
    (void)scratch;
    trace(call, 'c');
    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++) {
        memcpy(local[i], secret, sizeof secret);
    }
    __asm__ volatile("" : : "r"(local) : "memory"); /* it is there, and stays */
    return unit >= s->plan.fail_compute ? EG_FAIL(err, EG_E_PROOF_INVALID, NULL, "unit %zu", unit)
                                        : EG_SUCCESS;
}

static eg_result next(eg_call *call, eg_error *err)
{
    state *s = call->state;
    (void)err;
    call->compute_units = s->plan.rounds[s->round++];
    trace(call, 'x');
    return EG_SUCCESS;
}

static eg_result finish(eg_call *call, eg_error *err)
{
    state *s = call->state;
    (void)err;
    call->output_units = s->plan.output_units;
    call->output_unit_bytes = s->plan.unit_bytes;
    call->tail_bytes = s->plan.tail_bytes;
    call->cast_ballots = 1;
    trace(call, 'n');
    return EG_SUCCESS;
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    const state *s = call->state;
    (void)err;
    eg_buf_append_str(out, EG_STR("<"));
    if (s->plan.misuse_head) {
        eg_writer w;
        eg_writer_init(&w, out, EG_STYLE_MSGPACK);
        eg_write_map(&w);
        eg_write_null(&w);
        eg_write_end(&w);
    }
    trace(call, 'h');
    return EG_SUCCESS;
}

static eg_result output(eg_call *call, size_t unit, eg_arena *scratch, eg_buf *out, eg_error *err)
{
    state *s = call->state;
    (void)scratch;
    trace(call, 'o');
    if (unit >= s->plan.fail_output) {
        return EG_FAIL(err, EG_E_INTERNAL, NULL, "output %zu", unit);
    }
    if (s->plan.write_every == 0 || unit % s->plan.write_every == s->plan.write_every - 1) {
        eg_buf_append_char(out, (char)('0' + unit % 10));
    }
    return EG_SUCCESS;
}

static eg_result tail(eg_call *call, eg_buf *out, eg_error *err)
{
    (void)err;
    eg_buf_append_str(out, EG_STR(">"));
    trace(call, 't');
    return EG_SUCCESS;
}

static void ends(eg_call *call)
{
    ((state *)call->state)->ended = true;
}

static const eg_endpoint endpoint = {.method = "POST",
                                     .path = "/test",
                                     .fixed_memory_bytes = 1000,
                                     .begin = begin,
                                     .feed = feed,
                                     .item = item,
                                     .plan = plan,
                                     .compute = compute,
                                     .finish = finish,
                                     .head = head,
                                     .output = output,
                                     .tail = tail,
                                     .end = ends};
static eg_endpoint rounds_endpoint; /* the same with rounds */
static const eg_endpoint *used_endpoint;
static const script plain = {.fail_compute = SIZE_MAX, .fail_output = SIZE_MAX};

static int make(void **context)
{
    (void)context;
    eg_queue_init(&queue, &counters);
    memset(&counters, 0, sizeof counters);
    eg_budget_init(&memory, (size_t)64 << 20, NULL);
    next_script = plain;
    used_endpoint = &endpoint;
    rounds_endpoint = endpoint;
    rounds_endpoint.next = next;
    resumed = 0;
    return 0;
}

/* Every test ends with everything given back. */
static int drop(void **context)
{
    (void)context;
    free(last_state);
    last_state = NULL;
    return queue.count == 0 && queue.ready == NULL && eg_budget_used(&memory) == 0 ? 0 : -1;
}

static void on_resume(eg_job *job)
{
    (void)job;
    resumed++;
}

static void on_suspend(eg_job *job)
{
    (void)job;
}

/* What is ready now; waits for nothing. */
static size_t take_output(eg_job *job, char *to, size_t room)
{
    size_t n = room;
    return eg_queue_take_output(&queue, job, to, &n) == EG_OUTPUT_TAKEN ? n : 0;
}

static eg_job *new_job(void)
{
    const eg_request request = {.path = EG_STR("/test")};
    eg_job *job = eg_job_new(used_endpoint, &request, &api, &memory, eg_clock_monotonic_ns(),
                             HOUR_S * 1000000000ull);
    assert_non_null(job);
    job->connection = job; /* something to resume */
    job->suspend = on_suspend;
    job->resume = on_resume;
    eg_queue_add(&queue, job);
    return job;
}

/* False when nothing may run now, where eg_queue_take would wait. */
static bool take_now(eg_unit *unit)
{
    return queue.ready != NULL && eg_queue_take(&queue, unit, NULL, NULL);
}

static void run_taken(eg_unit *unit)
{
    eg_arena scratch;
    eg_error error = {0};
    eg_arena_init(&scratch, NULL);
    eg_result result = eg_unit_run(unit, &scratch, &error);
    eg_queue_done(&queue, unit, result, &error);
}

/* Runs one unit; false when there is none. */
static bool step(void)
{
    eg_unit unit;
    if (!take_now(&unit)) {
        return false;
    }
    run_taken(&unit);
    return true;
}

static void run_dry(void)
{
    while (step()) {
    }
}

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

static void jobs_take_turns(void **context)
{
    (void)context;
    queue.slice_ns = 0; /* one unit */
    /* feed, plan, compute, finish, output, tail: a unit of the other between each two */
    assert_in_range(steps_beside_a_large_job(), 2 * 6 - 1, 2 * 6 + 1);
}

/* The large job's unit has just been done: its turn ends at once, the small one's never. */
static void a_small_job_is_done_in_one_turn(void **context)
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

/* Others may wait for its memory: a turn that is not over goes on behind it. */
static void a_large_job_is_freed_before_a_turn_goes_on(void **context)
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
    assert_true(other->ready_next != NULL); /* its turn would go on */
    assert_true(step());
    assert_int_equal(queue.count, 1);
    assert_int_equal(other->state, EG_JOB_PLANNING);
    eg_queue_abandon(&queue, other);
}

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

/* Three eighths of the memory are for answers that have begun: who still reads is refused, who
 * answers goes on with a small window. */
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

static void rested(void *context)
{
    sem_t *times = context;
    (void)sem_post(times);
}

static void *take_once(void *context)
{
    eg_unit unit;
    return eg_queue_take(&queue, &unit, rested, context) ? context : NULL;
}

static void a_pause_lets_a_thread_rest_once(void **context)
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

static sem_t rests, taken, may_go_on;

/* Takes units, says so of each, and brings it back when one may. */
static void *take_and_hold(void *context)
{
    eg_unit unit;
    while (eg_queue_take(&queue, &unit, rested, &rests)) {
        (void)sem_post(&taken);
        (void)sem_wait(&may_go_on);
        run_taken(&unit);
    }
    return context;
}

/* What a returned unit makes runnable occupies every thread that waits, not only the one that
 * brought it back. They have rested, so that none looks by itself any more. */
static void waiting_threads_are_called_for_more(void **context)
{
    enum { THREADS = 3, UNITS = 2 + THREADS + 2, FOR_EVER_S = 60 };
    (void)context;
    pthread_t threads[THREADS];
    next_script.compute_units = THREADS;
    eg_job *job = new_job();
    (void)sem_init(&rests, 0, 0);
    (void)sem_init(&taken, 0, 0);
    (void)sem_init(&may_go_on, 0, 0);
    (void)alarm(FOR_EVER_S);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, take_and_hold, NULL), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        (void)sem_wait(&rests);
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
    assert_false(own_stack_holds(secret, sizeof secret - 1));
    eg_queue_abandon(&queue, job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(stages_come_in_their_order, make, drop),
        cmocka_unit_test_setup_teardown(jobs_take_turns, make, drop),
        cmocka_unit_test_setup_teardown(a_small_job_is_done_in_one_turn, make, drop),
        cmocka_unit_test_setup_teardown(a_slow_reader_bounds_what_is_computed, make, drop),
        cmocka_unit_test_setup_teardown(items_hold_the_feed_back, make, drop),
        cmocka_unit_test_setup_teardown(the_lowest_failure_counts, make, drop),
        cmocka_unit_test_setup_teardown(a_failed_plan_computes_nothing, make, drop),
        cmocka_unit_test_setup_teardown(rounds_follow_each_other, make, drop),
        cmocka_unit_test_setup_teardown(a_round_waits_for_all_units_of_the_one_before, make, drop),
        cmocka_unit_test_setup_teardown(no_round_follows_a_failure, make, drop),
        cmocka_unit_test_setup_teardown(a_connection_is_resumed_for_what_it_awaits, make, drop),
        cmocka_unit_test_setup_teardown(output_is_sent_several_units_at_a_time, make, drop),
        cmocka_unit_test_setup_teardown(no_unit_waits_for_one_that_has_no_room, make, drop),
        cmocka_unit_test_setup_teardown(a_unit_taken_to_its_last_byte_makes_room, make, drop),
        cmocka_unit_test_setup_teardown(units_that_write_nothing_are_passed_over, make, drop),
        cmocka_unit_test_setup_teardown(a_full_input_is_resumed_when_half_is_left, make, drop),
        cmocka_unit_test_setup_teardown(an_answer_put_together_wrongly_is_our_fault_alone, make,
                                        drop),
        cmocka_unit_test_setup_teardown(bytes_behind_a_failure_are_dropped, make, drop),
        cmocka_unit_test_setup_teardown(what_is_late_ends, make, drop),
        cmocka_unit_test_setup_teardown(a_client_that_leaves_stops_the_work, make, drop),
        cmocka_unit_test_setup_teardown(a_large_job_is_freed_by_a_compute_thread, make, drop),
        cmocka_unit_test_setup_teardown(a_large_job_is_freed_before_a_turn_goes_on, make, drop),
        cmocka_unit_test_setup_teardown(without_memory_the_job_says_so, make, drop),
        cmocka_unit_test_setup_teardown(short_of_memory_is_not_too_large, make, drop),
        cmocka_unit_test_setup_teardown(an_answer_that_cannot_end_does_not_begin, make, drop),
        cmocka_unit_test_setup_teardown(an_answer_waits_for_memory_outside, make, drop),
        cmocka_unit_test_setup_teardown(answers_come_before_input, make, drop),
        cmocka_unit_test_setup_teardown(a_pause_lets_a_thread_rest_once, make, drop),
        cmocka_unit_test_setup_teardown(a_unit_leaves_nothing_on_the_stack, make, drop),
        cmocka_unit_test_setup_teardown(waiting_threads_are_called_for_more, make, drop),
        cmocka_unit_test_setup_teardown(threads_finish_what_is_asked, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
