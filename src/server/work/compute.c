#include "server/work/compute.h"

#include "base/pages.h"
#include "base/secret.h"
#include "server/work/job_memory.h"

#include <sys/mman.h>

enum {
    PAGE = 4096,
    STACK_KEPT = 32 * 1024,             /* while idle */
    STACK_WIPED = STACK_KEPT + 2 * PAGE /* after each unit; idling keeps up to a page more */
};

/* ---- the body ---- */

static eg_result feed(eg_job *job, const char *bytes, size_t n, bool last, eg_error *err)
{
    const eg_endpoint *e = job->call.endpoint;
    return e->feed == NULL ? EG_SUCCESS : e->feed(&job->call, bytes, n, last, err);
}

static eg_result feed_decoded(eg_job *job, const char *bytes, size_t n, eg_error *err)
{
    job->decoded_bytes += n;
    if (job->decoded_bytes > job->decoded_limit_bytes) {
        return EG_FAIL(err, EG_E_TOO_LARGE, NULL,
                       "the body must not be larger than %zu bytes when it is decoded",
                       job->decoded_limit_bytes);
    }
    return feed(job, bytes, n, false, err);
}

/* Few bytes may stand for gigabytes: a unit decodes so many at most, and what is left of its input
 * comes again. */
static eg_result decode_and_feed(eg_unit *unit, eg_arena *scratch, eg_error *err)
{
    enum { STEP = 64 * 1024, STEPS = 4 };
    eg_job *job = unit->job;
    size_t all = unit->input == NULL ? 0 : unit->input->len;
    char *out = eg_arena_alloc(scratch, STEP);
    if (out == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "no memory to decode the body");
    }
    size_t made = STEP;
    for (size_t step = 0; step < STEPS && made == STEP; step++) {
        const char *in = all == 0 ? "" : unit->input->bytes + job->input_taken;
        size_t taken = all - job->input_taken;
        EG_TRY(eg_decoder_run(job->decoder, in, &taken, out, &made, err));
        job->input_taken += taken;
        EG_TRY(feed_decoded(job, out, made, err));
    }
    unit->unfinished = made == STEP;
    if (unit->unfinished) {
        return EG_SUCCESS;
    }
    job->input_taken = 0;
    if (unit->last && !eg_decoder_is_whole(job->decoder)) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, NULL, "the coded body ends early");
    }
    return unit->last ? feed(job, NULL, 0, true, err) : EG_SUCCESS;
}

static eg_result run_feed(eg_unit *unit, eg_arena *scratch, eg_error *err)
{
    eg_job *job = unit->job;
    if (!job->begun) {
        job->begun = true;
        if (job->call.endpoint->begin != NULL) {
            EG_TRY(job->call.endpoint->begin(&job->call, err));
        }
    }
    if (job->decoder != NULL) {
        return decode_and_feed(unit, scratch, err);
    }
    return feed(job, unit->input == NULL ? NULL : unit->input->bytes,
                unit->input == NULL ? 0 : unit->input->len, unit->last, err);
}

/* ---- the answer ---- */

/* A part of the answer is written. */
static eg_result end_part(const eg_job *job, eg_buf *part, eg_error *err)
{
    EG_TRY(eg_buf_check(part, err));
    return job->codes_answer ? eg_encode_frame(part, err) : EG_SUCCESS;
}

static eg_result run_finish(eg_job *job, eg_error *err)
{
    const eg_endpoint *e = job->call.endpoint;
    if (e->finish != NULL) {
        EG_TRY(e->finish(&job->call, err));
    }
    if (e->head != NULL) {
        EG_TRY(e->head(&job->call, &job->answer_head, err));
    }
    EG_TRY(end_part(job, &job->answer_head, err));
    return eg_job_reserve_output(job, err);
}

static eg_result run_output(eg_unit *unit, eg_arena *scratch, eg_error *err)
{
    eg_buf *slot = &unit->job->slot[unit->index % EG_OUTPUT_WINDOW];
    EG_TRY(unit->job->call.endpoint->output(&unit->job->call, unit->index, scratch, slot, err));
    return end_part(unit->job, slot, err);
}

static eg_result run_tail(eg_job *job, eg_error *err)
{
    if (job->call.endpoint->tail != NULL) {
        EG_TRY(job->call.endpoint->tail(&job->call, &job->answer_tail, err));
    }
    return end_part(job, &job->answer_tail, err);
}

/* ---- units ---- */

static eg_result run_kind(eg_unit *unit, eg_arena *scratch, eg_error *err)
{
    eg_call *call = &unit->job->call;
    const eg_endpoint *e = call->endpoint;
    switch (unit->kind) {
    case EG_UNIT_FEED:
        return run_feed(unit, scratch, err);
    case EG_UNIT_ITEM:
        return e->item(call, unit->item, scratch, err);
    case EG_UNIT_PLAN:
        return e->plan == NULL ? EG_SUCCESS : e->plan(call, err);
    case EG_UNIT_COMPUTE:
        return e->compute(call, unit->index, scratch, err);
    case EG_UNIT_NEXT:
        return e->next(call, err);
    case EG_UNIT_FINISH:
        return run_finish(unit->job, err);
    case EG_UNIT_OUTPUT:
        return run_output(unit, scratch, err);
    case EG_UNIT_TAIL:
        return run_tail(unit->job, err);
    case EG_UNIT_RELEASE:
    case EG_UNIT_NONE:
        break;
    }
    return EG_SUCCESS;
}

/* Functions wipe the secrets they hold, but not the registers that a compiler spilled, nor what
 * those have on the stack that do not know their number for secret. What lies deeper, below the
 * frames of powers, stays until the next deep call or a pause. */
static __attribute__((noinline)) void wipe_stack(void)
{
    unsigned char frames[STACK_WIPED];
    eg_wipe(frames, sizeof frames);
}

eg_result eg_unit_run(eg_unit *unit, eg_arena *scratch, eg_error *err)
{
    eg_arena_set_budget(scratch, &unit->job->budget);
    eg_result result = run_kind(unit, scratch, err);
    wipe_stack();
    eg_arena_reset(scratch);
    eg_arena_set_budget(scratch, NULL); /* the job may end before the next unit */
    return result;
}

/* Of this thread: its lowest byte, NULL when it is not told, and its size. */
static void *own_stack(size_t *size)
{
    pthread_attr_t attributes;
    void *low = NULL;
    *size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        (void)pthread_attr_getstack(&attributes, &low, size);
        (void)pthread_attr_destroy(&attributes);
    }
    return low;
}

/* Gives back what deep calls have touched of this thread's stack; what they left there goes with
 * it. */
static void free_stack(void)
{
    size_t size;
    void *low = own_stack(&size);
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    uintptr_t end = (here - STACK_KEPT) / PAGE * PAGE;
    if (low != NULL && end > (uintptr_t)low && end < (uintptr_t)low + size) {
        (void)madvise(low, end - (uintptr_t)low, MADV_DONTNEED);
    }
}

/* Memory is kept from unit to unit, since fresh pages cost more than their use, and through short
 * pauses: between the ballots of single voters. */
static void on_idle(void *scratch)
{
    eg_arena_free(scratch);
    free_stack();
}

static void *compute_thread(void *argument)
{
    eg_queue *queue = argument;
    eg_arena scratch;
    eg_unit unit;
    size_t stack_bytes;
    void *stack = own_stack(&stack_bytes);
    if (stack != NULL) {
        eg_pages_keep_from_dumps(stack, stack_bytes);
    }
    eg_arena_init(&scratch, NULL);
    while (eg_queue_take(queue, &unit, on_idle, &scratch)) {
        eg_error error = {0};
        eg_result result = eg_unit_run(&unit, &scratch, &error);
        eg_queue_done(queue, &unit, result, &error);
    }
    eg_arena_free(&scratch);
    return NULL;
}

bool eg_compute_start(eg_compute *compute, eg_queue *queue, unsigned threads)
{
    compute->queue = queue;
    compute->count = 0;
    for (unsigned i = 0; i < threads && i < EG_THREADS_MAX; i++) {
        if (pthread_create(&compute->threads[i], NULL, compute_thread, queue) != 0) {
            eg_compute_stop(compute);
            return false;
        }
        compute->count++;
    }
    return true;
}

void eg_compute_stop(eg_compute *compute)
{
    eg_queue_close(compute->queue);
    for (unsigned i = 0; i < compute->count; i++) {
        (void)pthread_join(compute->threads[i], NULL);
    }
}
