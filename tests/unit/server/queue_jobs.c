#include "queue_jobs.h"

#include "base/clock.h"
#include "wire/writer.h"

const char on_stack[29] = "what a unit has on its stack";
script next_script;
state *last_state;
eg_queue queue;
eg_counters counters;
eg_budget memory;
unsigned resumed;
const eg_api_settings api;

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
    char local[200][sizeof on_stack]; /* calls behind this one reach but a part of it */
    (void)scratch;
    trace(call, 'c');
    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++) {
        memcpy(local[i], on_stack, sizeof on_stack);
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

const eg_endpoint endpoint = {.method = "POST",
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
eg_endpoint rounds_endpoint;
const eg_endpoint *used_endpoint;
static const script plain = {.fail_compute = SIZE_MAX, .fail_output = SIZE_MAX};

int make(void **context)
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

int drop(void **context)
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

size_t take_output(eg_job *job, char *to, size_t room)
{
    size_t n = room;
    return eg_queue_take_output(&queue, job, to, &n) == EG_OUTPUT_TAKEN ? n : 0;
}

eg_job *new_job(void)
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

bool take_now(eg_unit *unit)
{
    return queue.ready != NULL && eg_queue_take(&queue, unit, NULL, NULL);
}

void run_taken(eg_unit *unit)
{
    eg_arena scratch;
    eg_error error = {0};
    eg_arena_init(&scratch, NULL);
    eg_result result = eg_unit_run(unit, &scratch, &error);
    eg_queue_done(&queue, unit, result, &error);
}

bool step(void)
{
    eg_unit unit;
    if (!take_now(&unit)) {
        return false;
    }
    run_taken(&unit);
    return true;
}

void run_dry(void)
{
    while (step()) {
    }
}
