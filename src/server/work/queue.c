#include "server/work/queue.h"

#include <malloc.h>
#include <stdlib.h>
#include <time.h>

enum {
    TRIM_ABOVE_BYTES = 8 * 1024 * 1024,
    TURN_NS = 2 * 1000 * 1000 /* a single ballot, less than a unit of a chunk */
};

void eg_queue_init(eg_queue *queue, eg_counters *counters)
{
    *queue = (eg_queue){.counters = counters, .turn_ns = TURN_NS};
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
    job->listed = true;
}

static void unlist(eg_queue *queue, eg_job *job)
{
    if (!job->listed) {
        return;
    }
    job->listed = false;
    queue->count--;
    job->previous->next = job->next;
    job->next->previous = job->previous;
    if (queue->jobs == job) {
        queue->jobs = job->next == job ? NULL : job->next;
    }
}

static void make_ready(eg_queue *queue, eg_job *job)
{
    eg_job *first = queue->ready;
    job->ready = true;
    job->ready_next = first == NULL ? job : first;
    job->ready_previous = first == NULL ? job : first->ready_previous;
    job->ready_next->ready_previous = job;
    job->ready_previous->ready_next = job;
    queue->ready = first == NULL ? job : first;
}

static void make_unready(eg_queue *queue, eg_job *job)
{
    if (!job->ready) {
        return;
    }
    job->ready = false;
    job->ready_previous->ready_next = job->ready_next;
    job->ready_next->ready_previous = job->ready_previous;
    if (queue->ready == job) {
        queue->ready = job->ready_next == job ? NULL : job->ready_next;
    }
}

/* ---- what may run ---- */

/* To be called after every change of a job; tells no thread. */
static void look_at(eg_queue *queue, eg_job *job)
{
    bool runnable = job->listed && eg_job_next_unit(job) != EG_UNIT_NONE;
    if (!runnable) {
        make_unready(queue, job);
    } else if (!job->ready) {
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

static void take_input(eg_job *job, eg_unit *unit)
{
    unit->input = job->input_head;
    if (unit->input != NULL) {
        job->input_head = unit->input->next;
        job->input_bytes -= unit->input->len;
    }
    unit->last = job->input_head == NULL && job->input_complete;
    job->last_fed = unit->last;
    job->feeding = true;
}

/* Of this thread: what others on the machine take does not count. */
static uint64_t processor_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void take_unit(eg_job *job, eg_unit *unit)
{
    *unit = (eg_unit){.job = job, .kind = eg_job_next_unit(job), .taken_ns = processor_ns()};
    job->running++;
    switch (unit->kind) {
    case EG_UNIT_FEED:
        take_input(job, unit);
        break;
    case EG_UNIT_ITEM:
        unit->index = job->item_next++;
        unit->item = job->items[unit->index];
        break;
    case EG_UNIT_COMPUTE:
    case EG_UNIT_OUTPUT:
        unit->index = job->unit_next++;
        break;
    case EG_UNIT_PLAN:
    case EG_UNIT_NEXT:
    case EG_UNIT_FINISH:
    case EG_UNIT_TAIL:
        job->serial = true;
        break;
    case EG_UNIT_RELEASE:
    case EG_UNIT_NONE:
        break;
    }
}

static bool take_locked(eg_queue *queue, eg_unit *unit)
{
    eg_job *job = queue->ready;
    if (job == NULL) {
        return false;
    }
    take_unit(job, unit);
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

bool eg_queue_take(eg_queue *queue, eg_unit *unit, void (*rest)(void *context), void *context)
{
    bool found = false, rested = false;
    (void)pthread_mutex_lock(&queue->lock);
    while (!(found = take_locked(queue, unit)) && !queue->closing) {
        if (!wait_for_work(queue, !rested)) {
            rested = true;
            (void)pthread_mutex_unlock(&queue->lock);
            rest(context);
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

/* Units of a streamed answer go several at a time: each look of the I/O thread, and of a client
 * that reads, interrupts the threads that compute the next ones. */
static bool is_worth_sending(const eg_job *job)
{
    size_t wanted = eg_job_output_window(job) / 4;
    size_t units = 0;
    while (units < wanted && job->slot_ready[(job->sent_units + units) % EG_OUTPUT_WINDOW]) {
        units++;
    }
    return units == wanted || job->phase != EG_PHASE_OUTPUT || (job->running == 0 && !job->ready);
}

/* Only for what it waits for: each time costs this thread a signal and the other a look. */
static void wake_connection(eg_job *job)
{
    if (job->connection != NULL && eg_job_has(job, job->awaited) &&
        (job->awaited != EG_AWAITS_OUTPUT || is_worth_sending(job))) {
        job->awaited = EG_AWAITS_NOTHING;
        job->resume(job);
    }
}

static void fail(eg_job *job, const eg_error *error, size_t index)
{
    if (job->phase != EG_PHASE_FAILED || index < job->error_index) {
        job->error = *error;
        job->error_index = index;
        eg_job_judge_memory(job, &job->error);
    }
    job->phase = EG_PHASE_FAILED;
}

static void advance(eg_job *job, const eg_unit *unit)
{
    switch (unit->kind) {
    case EG_UNIT_PLAN:
        job->phase = EG_PHASE_COMPUTE;
        job->unit_next = 0;
        job->unit_count = job->call.compute_units;
        break;
    case EG_UNIT_NEXT:
        job->rounds_done = job->call.compute_units == 0;
        job->unit_next = 0;
        job->unit_count = job->call.compute_units;
        break;
    case EG_UNIT_FINISH:
        job->phase = EG_PHASE_OUTPUT;
        job->head_ready = true;
        job->unit_next = 0;
        job->unit_count = job->call.output_units;
        break;
    case EG_UNIT_OUTPUT:
        job->slot_ready[unit->index % EG_OUTPUT_WINDOW] = true;
        eg_job_pass_empty(job); /* so that there is room for more, however small the window */
        break;
    case EG_UNIT_TAIL:
        job->phase = EG_PHASE_DONE;
        job->tail_ready = true;
        break;
    case EG_UNIT_NONE:
    case EG_UNIT_FEED:
    case EG_UNIT_ITEM:
    case EG_UNIT_COMPUTE:
    case EG_UNIT_RELEASE:
        break;
    }
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
    return queue->ready != NULL && queue->ready->abandoned;
}

/* A turn is time, not one unit: a voter's ballot is six units, most of them next to nothing, and
 * would else wait for six units of the chunk beside it. */
static void keep_turn(eg_queue *queue, eg_job *job, const eg_unit *unit)
{
    job->turn_ns += processor_ns() - unit->taken_ns;
    if (job->turn_ns >= queue->turn_ns) {
        job->turn_ns = 0;
    } else if (job->ready && !is_first_to_free(queue)) {
        queue->ready = job;
    }
}

static bool is_serial(eg_unit_kind kind)
{
    return kind == EG_UNIT_PLAN || kind == EG_UNIT_NEXT || kind == EG_UNIT_FINISH ||
           kind == EG_UNIT_TAIL;
}

void eg_queue_done(eg_queue *queue, eg_unit *unit, eg_result result, const eg_error *error)
{
    eg_job *job = unit->job;
    eg_input_free(job, unit->input);
    (void)atomic_fetch_add_explicit(&queue->counters->units, 1, memory_order_relaxed);
    (void)pthread_mutex_lock(&queue->lock);
    job->running--;
    job->feeding = unit->kind == EG_UNIT_FEED ? false : job->feeding;
    job->serial = is_serial(unit->kind) ? false : job->serial;
    if (eg_failed(result)) {
        fail(job, error, unit->index);
    } else if (job->item_lost) {
        eg_error lost = {0};
        eg_job_no_memory(job, &lost);
        fail(job, &lost, 0);
    } else if (job->phase != EG_PHASE_FAILED) {
        advance(job, unit);
    }
    if (job->phase == EG_PHASE_DONE && unit->kind == EG_UNIT_TAIL) {
        (void)atomic_fetch_add(&queue->counters->cast_ballots, job->call.cast_ballots);
    }
    bool gone = job->abandoned && job->running == 0;
    if (gone) {
        forget(queue, job);
    } else {
        /* the thread that brings the unit back takes the next one, and calls another if there are
         * more: for each stage of a single ballot a second one would come in vain */
        look_at(queue, job);
        keep_turn(queue, job, unit);
        if (job->phase != EG_PHASE_FAILED || job->running == 0) {
            wake_connection(job);
        }
    }
    (void)pthread_mutex_unlock(&queue->lock);
    if (gone) {
        release(job);
    }
}

void eg_queue_add(eg_queue *queue, eg_job *job)
{
    (void)pthread_mutex_lock(&queue->lock);
    job->queue = queue;
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
    bool wanted = job->phase == EG_PHASE_INPUT;
    if (wanted) {
        *(job->input_head == NULL ? &job->input_head : &job->input_tail->next) = input;
        job->input_tail = input;
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
    job->input_complete = true;
    look_again(queue, job);
    (void)pthread_mutex_unlock(&queue->lock);
}

static void fail_from_outside(eg_queue *queue, eg_job *job, const eg_error *error)
{
    fail(job, error, 0);
    atomic_store(&job->stopped, true);
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
        if (now_ns <= job->deadline_ns || atomic_load(&job->stopped)) {
            continue;
        }
        bool reading = job->phase == EG_PHASE_INPUT && !job->input_complete;
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
    atomic_store(&job->stopped, true);
    job->connection = NULL;
    job->abandoned = true;
    bool here = job->running == 0 && !is_large(job);
    if (here) {
        forget(queue, job);
    } else {
        look_again(queue, job);
        queue->ready = job->ready ? job : queue->ready; /* first: others may wait for its memory */
    }
    (void)pthread_mutex_unlock(&queue->lock);
    if (here) {
        release(job);
    }
}

void eg_queue_sent(eg_queue *queue, eg_job *job)
{
    look_again(queue, job);
}

void eg_queue_add_item(eg_call *call, void *item)
{
    eg_job *job = call->server;
    eg_queue *queue = job->queue;
    (void)pthread_mutex_lock(&queue->lock);
    if (job->item_count == job->item_capacity) {
        size_t capacity = job->item_capacity == 0 ? 64 : 2 * job->item_capacity;
        size_t more = (capacity - job->item_capacity) * sizeof *job->items;
        void **grown = NULL;
        if (eg_budget_take(&job->budget, more)) {
            grown = realloc(job->items, capacity * sizeof *grown);
            if (grown == NULL) {
                eg_budget_give(&job->budget, more);
            }
        }
        job->item_lost = job->item_lost || grown == NULL;
        job->items = grown == NULL ? job->items : grown;
        job->item_capacity = grown == NULL ? job->item_capacity : capacity;
    }
    if (!job->item_lost) { /* a lost item would be a ballot that is not counted: the job fails */
        job->items[job->item_count++] = item;
        look_again(queue, job);
    }
    (void)pthread_mutex_unlock(&queue->lock);
}
