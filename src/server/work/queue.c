#include "server/work/queue.h"

#include "server/work/job_memory.h"
#include "server/work/job_output.h"

#include <malloc.h>
#include <stdlib.h>
#include <time.h>

enum {
    TRIM_ABOVE_BYTES = 8 * 1024 * 1024,
    SLICE_NS = 2 * 1000 * 1000 /* a single ballot, less than a unit of a chunk */
};

void eg_queue_init(eg_queue *queue, eg_counters *counters)
{
    *queue = (eg_queue){.counters = counters, .slice_ns = SLICE_NS};
    (void)pthread_mutex_init(&queue->lock, NULL);
    /* a wait ends when it should, whatever the clock is set to */
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&queue->work, &attributes);
    (void)pthread_condattr_destroy(&attributes);
}

/* ---- rings; all under the lock ---- */

static void list(eg_queue *queue, eg_job *job)
{
    eg_job *first = queue->jobs;
    job->next = first == NULL ? job : first;
    job->previous = first == NULL ? job : first->previous;
    job->next->previous = job;
    job->previous->next = job;
    queue->jobs = first == NULL ? job : first;
    queue->count++;
}

static void unlist(eg_queue *queue, eg_job *job)
{
    queue->count--;
    job->previous->next = job->next;
    job->next->previous = job->previous;
    if (queue->jobs == job) {
        queue->jobs = job->next == job ? NULL : job->next;
    }
    job->next = job->previous = NULL;
}

static bool is_ready(const eg_job *job)
{
    return job->ready_next != NULL;
}

static void make_ready(eg_queue *queue, eg_job *job)
{
    eg_job *first = queue->ready;
    job->ready_next = first == NULL ? job : first;
    job->ready_previous = first == NULL ? job : first->ready_previous;
    job->ready_next->ready_previous = job;
    job->ready_previous->ready_next = job;
    queue->ready = first == NULL ? job : first;
}

static void make_unready(eg_queue *queue, eg_job *job)
{
    if (!is_ready(job)) {
        return;
    }
    job->ready_previous->ready_next = job->ready_next;
    job->ready_next->ready_previous = job->ready_previous;
    if (queue->ready == job) {
        queue->ready = job->ready_next == job ? NULL : job->ready_next;
    }
    job->ready_next = job->ready_previous = NULL;
}

/* ---- what may run ---- */

/* To be called after every change of a job; tells no thread. */
static void look_at(eg_queue *queue, eg_job *job)
{
    bool runnable = job->next != NULL && eg_job_next_unit(job) != EG_UNIT_NONE;
    if (!runnable) {
        make_unready(queue, job);
    } else if (!is_ready(job)) {
        make_ready(queue, job);
    }
}

static void call_a_thread(eg_queue *queue)
{
    if (queue->ready != NULL && queue->idle > 0) {
        (void)pthread_cond_signal(&queue->work);
    }
}

static void look_again(eg_queue *queue, eg_job *job)
{
    look_at(queue, job);
    call_a_thread(queue);
}

/* Of this thread: what others on the machine take does not count. */
static uint64_t processor_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static bool take_locked(eg_queue *queue, eg_unit *unit)
{
    eg_job *job = queue->ready;
    if (job == NULL) {
        return false;
    }
    eg_job_take_unit(job, unit);
    unit->taken_ns = processor_ns();
    queue->ready = job->ready_next; /* behind the others */
    look_again(queue, job);
    return true;
}

/* False when the wait ended by itself. Under the lock. */
static bool wait_for_work(eg_queue *queue, bool at_most_a_second)
{
    struct timespec until;
    int result = 0;
    queue->idle++;
    if (at_most_a_second) {
        (void)clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec++;
        result = pthread_cond_timedwait(&queue->work, &queue->lock, &until);
    } else {
        (void)pthread_cond_wait(&queue->work, &queue->lock);
    }
    queue->idle--;
    return result == 0;
}

bool eg_queue_take(eg_queue *queue, eg_unit *unit, void (*on_idle)(void *context), void *context)
{
    bool found = false, told = false;
    (void)pthread_mutex_lock(&queue->lock);
    while (!(found = take_locked(queue, unit)) && !queue->closing) {
        if (!wait_for_work(queue, !told)) {
            told = true;
            (void)pthread_mutex_unlock(&queue->lock);
            on_idle(context);
            (void)pthread_mutex_lock(&queue->lock);
        }
    }
    (void)pthread_mutex_unlock(&queue->lock);
    return found;
}

void eg_queue_close(eg_queue *queue)
{
    (void)pthread_mutex_lock(&queue->lock);
    queue->closing = true;
    (void)pthread_cond_broadcast(&queue->work);
    (void)pthread_mutex_unlock(&queue->lock);
}

/* ---- changes ---- */

/* Only for what it waits for: each time costs this thread a signal and the other a look. */
static void wake_connection(eg_job *job)
{
    if (job->connection != NULL && eg_job_has(job, job->awaited) &&
        (job->awaited != EG_AWAITS_OUTPUT || eg_job_is_worth_sending(job))) {
        job->awaited = EG_AWAITS_NOTHING;
        job->resume(job);
    }
}

/* Under the lock, so that nobody resumes it before. */
static void suspend_for(eg_job *job, eg_awaited awaited)
{
    job->awaited = awaited;
    job->suspend(job);
}

static bool is_large(const eg_job *job)
{
    return eg_budget_peak(&job->budget) > TRIM_ABOVE_BYTES;
}

/* Nobody knows the job any more. */
static void forget(eg_queue *queue, eg_job *job)
{
    make_unready(queue, job);
    unlist(queue, job);
}

/* Frees a job that is forgotten; without the lock. */
static void release(eg_job *job)
{
    bool large = is_large(job);
    eg_job_free(job);
    if (large) {
        (void)malloc_trim(0);
    }
}

/* The next unit frees what a client left behind. */
static bool is_first_to_free(const eg_queue *queue)
{
    return queue->ready != NULL && queue->ready->state == EG_JOB_ABANDONED;
}

/* A slice is time, not one unit: a voter's ballot is six units, most of them next to nothing, and
 * would else wait for six units of the chunk beside it. */
static void keep_slice(eg_queue *queue, eg_job *job, const eg_unit *unit)
{
    job->slice_used_ns += processor_ns() - unit->taken_ns;
    if (job->slice_used_ns >= queue->slice_ns) {
        job->slice_used_ns = 0;
    } else if (is_ready(job) && !is_first_to_free(queue)) {
        queue->ready = job;
    }
}

void eg_queue_done(eg_queue *queue, eg_unit *unit, eg_result result, const eg_error *error)
{
    eg_job *job = unit->job;
    if (!unit->unfinished) {
        eg_input_free(job, unit->input);
    }
    (void)atomic_fetch_add_explicit(&queue->counters->units, 1, memory_order_relaxed);
    (void)pthread_mutex_lock(&queue->lock);
    eg_job_return_unit(job, unit, result, error);
    if (job->state == EG_JOB_DONE && unit->kind == EG_UNIT_TAIL) {
        (void)atomic_fetch_add(&queue->counters->cast_ballots, job->call.cast_ballots);
    }
    bool gone = job->state == EG_JOB_ABANDONED && job->running == 0;
    if (gone) {
        forget(queue, job);
    } else {
        /* the thread that brings the unit back takes the next one, and calls another if there are
         * more: for each stage of a single ballot a second one would come in vain */
        look_at(queue, job);
        keep_slice(queue, job, unit);
        if (!eg_state(job->state)->failed || job->running == 0) {
            wake_connection(job);
        }
    }
    (void)pthread_mutex_unlock(&queue->lock);
    if (gone) {
        release(job);
    }
}

/* Room for one more; false without memory. */
static bool grow_items(eg_job *job)
{
    if (job->item_count < job->item_capacity) {
        return true;
    }
    size_t capacity = job->item_capacity == 0 ? 64 : 2 * job->item_capacity;
    size_t more = (capacity - job->item_capacity) * sizeof *job->items;
    if (!eg_budget_take(&job->budget, more)) {
        return false;
    }
    void **grown = realloc(job->items, capacity * sizeof *grown);
    if (grown == NULL) {
        eg_budget_give(&job->budget, more);
        return false;
    }
    job->items = grown;
    job->item_capacity = capacity;
    return true;
}

/* eg_call.add_item. A lost item would be a ballot that is not counted: the job fails. */
static void add_item(eg_call *call, void *item)
{
    eg_job *job = call->server;
    eg_queue *queue = job->queue;
    (void)pthread_mutex_lock(&queue->lock);
    if (grow_items(job)) {
        job->items[job->item_count++] = item;
    } else {
        eg_error lost = {0};
        eg_job_no_memory(job, &lost);
        eg_job_fail(job, &lost, 0);
    }
    look_again(queue, job);
    (void)pthread_mutex_unlock(&queue->lock);
}

void eg_queue_add(eg_queue *queue, eg_job *job)
{
    (void)pthread_mutex_lock(&queue->lock);
    job->queue = queue;
    job->call.add_item = add_item;
    list(queue, job);
    look_again(queue, job);
    (void)pthread_mutex_unlock(&queue->lock);
}

void eg_queue_feed(eg_queue *queue, eg_job *job, const char *bytes, size_t n)
{
    bool charged = eg_job_may_grow(job) && eg_budget_take(&job->budget, sizeof(eg_input) + n);
    eg_input *input = charged ? malloc(sizeof *input + n) : NULL;
    if (input == NULL) {
        eg_error error = {0};
        eg_budget_give(&job->budget, charged ? sizeof *input + n : 0);
        eg_job_no_memory(job, &error);
        eg_queue_fail(queue, job, &error);
        return;
    }
    input->next = NULL;
    input->len = n;
    memcpy(input->bytes, bytes, n);
    (void)pthread_mutex_lock(&queue->lock);
    bool wanted = job->state == EG_JOB_READING;
    if (wanted) {
        *(job->input_first == NULL ? &job->input_first : &job->input_last->next) = input;
        job->input_last = input;
        job->input_bytes += n;
        look_again(queue, job);
    }
    (void)pthread_mutex_unlock(&queue->lock);
    if (!wanted) {
        eg_input_free(job, input);
    }
}

void eg_queue_feed_end(eg_queue *queue, eg_job *job)
{
    (void)pthread_mutex_lock(&queue->lock);
    job->body = job->body == EG_BODY_COMING ? EG_BODY_IN : job->body;
    look_again(queue, job);
    (void)pthread_mutex_unlock(&queue->lock);
}

static void fail_from_outside(eg_queue *queue, eg_job *job, const eg_error *error)
{
    eg_job_stop(job, error);
    look_again(queue, job);
    if (job->running == 0) {
        wake_connection(job);
    }
}

void eg_queue_fail(eg_queue *queue, eg_job *job, const eg_error *error)
{
    (void)pthread_mutex_lock(&queue->lock);
    fail_from_outside(queue, job, error);
    (void)pthread_mutex_unlock(&queue->lock);
}

unsigned eg_queue_fail_late(eg_queue *queue, uint64_t now_ns)
{
    unsigned late = 0;
    (void)pthread_mutex_lock(&queue->lock);
    eg_job *job = queue->jobs;
    for (unsigned i = 0; i < queue->count; i++, job = job->next) {
        if (now_ns <= job->deadline_ns || eg_state(job->state)->stops) {
            continue;
        }
        bool reading = job->state == EG_JOB_READING && job->body == EG_BODY_COMING;
        eg_error error = {0};
        (void)EG_FAIL(&error, reading ? EG_E_SLOW_BODY : EG_E_DEADLINE, NULL,
                      reading ? "the body did not arrive in time"
                              : "the request took longer than it may");
        fail_from_outside(queue, job, &error);
        late++;
    }
    (void)pthread_mutex_unlock(&queue->lock);
    return late;
}

void eg_queue_abandon(eg_queue *queue, eg_job *job)
{
    (void)pthread_mutex_lock(&queue->lock);
    job->connection = NULL;
    (void)eg_job_enter(job, EG_JOB_ABANDONED);
    bool here = job->running == 0 && !is_large(job);
    if (here) {
        forget(queue, job);
    } else {
        look_again(queue, job);
        queue->ready =
            is_ready(job) ? job : queue->ready; /* first: others may wait for its memory */
    }
    (void)pthread_mutex_unlock(&queue->lock);
    if (here) {
        release(job);
    }
}

void eg_queue_client_left(eg_queue *queue, eg_job *job)
{
    (void)pthread_mutex_lock(&queue->lock);
    if (job->state != EG_JOB_DONE) {
        eg_error error = {0};
        (void)EG_FAIL(&error, EG_E_CANCELLED, NULL, "the client has left");
        fail_from_outside(queue, job, &error);
    }
    (void)pthread_mutex_unlock(&queue->lock);
}

/* ---- how much there is to do ---- */

eg_queue_load eg_queue_look(eg_queue *queue)
{
    eg_queue_load load = {0};
    (void)pthread_mutex_lock(&queue->lock);
    eg_job *job = queue->jobs;
    for (unsigned i = 0; i < queue->count; i++, job = job->next) {
        load.busy += job->running;
        load.waiting += eg_job_waiting_units(job);
    }
    (void)pthread_mutex_unlock(&queue->lock);
    return load;
}

/* ---- what the I/O thread waits for ---- */

eg_input_state eg_queue_await_room(eg_queue *queue, eg_job *job)
{
    eg_input_state state = EG_INPUT_TAKEN;
    (void)pthread_mutex_lock(&queue->lock);
    if (eg_state(job->state)->failed) {
        bool is_final = eg_state(job->state)->answer == EG_ANSWER_ERROR;
        state = is_final ? EG_INPUT_REFUSED : EG_INPUT_UNKNOWN;
    } else if (job->state == EG_JOB_READING && job->input_bytes >= EG_INPUT_WINDOW) {
        state = EG_INPUT_FULL;
        suspend_for(job, EG_AWAITS_ROOM);
    }
    (void)pthread_mutex_unlock(&queue->lock);
    return state;
}

eg_answer eg_queue_await_answer(eg_queue *queue, eg_job *job)
{
    eg_answer answer = EG_ANSWER_NONE;
    (void)pthread_mutex_lock(&queue->lock);
    if (eg_job_has(job, EG_AWAITS_ANSWER)) {
        answer = eg_state(job->state)->answer;
    } else {
        suspend_for(job, EG_AWAITS_ANSWER);
    }
    (void)pthread_mutex_unlock(&queue->lock);
    return answer;
}

eg_output_state eg_queue_take_output(eg_queue *queue, eg_job *job, char *to, size_t *n)
{
    eg_output_state state = EG_OUTPUT_NONE;
    (void)pthread_mutex_lock(&queue->lock);
    bool failed = eg_state(job->state)->failed;
    *n = failed ? 0 : eg_job_take_output(job, to, *n);
    if (*n > 0) {
        state = EG_OUTPUT_TAKEN;
        look_again(queue, job);
    } else if (job->sending == EG_SENT) {
        state = EG_OUTPUT_ENDED;
    } else if (failed) {
        state = EG_OUTPUT_BROKEN;
    } else {
        suspend_for(job, EG_AWAITS_OUTPUT);
    }
    (void)pthread_mutex_unlock(&queue->lock);
    return state;
}

bool eg_queue_has_failed(eg_queue *queue, eg_job *job)
{
    (void)pthread_mutex_lock(&queue->lock);
    bool failed = eg_state(job->state)->answer == EG_ANSWER_ERROR;
    (void)pthread_mutex_unlock(&queue->lock);
    return failed;
}

void eg_queue_error(eg_queue *queue, const eg_job *job, eg_error *out)
{
    (void)pthread_mutex_lock(&queue->lock);
    *out = job->error;
    (void)pthread_mutex_unlock(&queue->lock);
}

bool eg_queue_is_suspended(eg_queue *queue, const eg_job *job)
{
    (void)pthread_mutex_lock(&queue->lock);
    bool suspended = job->awaited != EG_AWAITS_NOTHING;
    (void)pthread_mutex_unlock(&queue->lock);
    return suspended;
}
