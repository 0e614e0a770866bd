#include "server/pool.h"

#include "base/clock.h"
#include "base/secret.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

extern pthread_mutex_t eg_items_lock;

typedef enum unit_kind {
    UNIT_NONE,
    UNIT_FEED,
    UNIT_ITEM,
    UNIT_PLAN,
    UNIT_COMPUTE,
    UNIT_FINISH,
    UNIT_OUTPUT,
    UNIT_TAIL
} unit_kind;

typedef struct unit {
    unit_kind kind;
    eg_job *job;
    size_t index;
    void *item;
    eg_input *input; /* UNIT_FEED: owned */
    bool last;       /* UNIT_FEED: the body ends with it */
} unit;

enum { TRIM_ABOVE_BYTES = 32 * 1024 * 1024 };

/* ---- the ring ---- */

static void ring_add(eg_pool *pool, eg_job *job)
{
    if (pool->cursor == NULL) {
        job->next = job->previous = job;
        pool->cursor = job;
    } else {
        job->next = pool->cursor;
        job->previous = pool->cursor->previous;
        job->previous->next = job;
        pool->cursor->previous = job;
    }
    job->queued = true;
    pool->active++;
}

static void ring_remove(eg_pool *pool, eg_job *job)
{
    if (!job->queued) {
        return;
    }
    job->queued = false;
    pool->active--;
    if (job->next == job) {
        pool->cursor = NULL;
        return;
    }
    job->previous->next = job->next;
    job->next->previous = job->previous;
    if (pool->cursor == job) {
        pool->cursor = job->next;
    }
}

static void wake_connection(eg_job *job)
{
    if (job->suspended && job->connection != NULL) {
        job->suspended = false;
        job->resume(job);
    }
}

static void fail(eg_job *job, const eg_error *error, size_t index)
{
    if (job->phase != EG_PHASE_FAILED || index < job->error_index) {
        job->error = *error;
        job->error_index = index;
    }
    job->phase = EG_PHASE_FAILED;
}

/* ---- choosing a unit: under the lock ---- */

static bool item_left(const eg_job *job)
{
    (void)pthread_mutex_lock(&eg_items_lock);
    bool left = job->item_next < job->item_count;
    (void)pthread_mutex_unlock(&eg_items_lock);
    return left;
}

static bool pick_input(eg_job *job, unit *u)
{
    bool to_feed = job->input_head != NULL || (job->input_complete && !job->last_fed);
    if (to_feed && !job->feeding) {
        u->kind = UNIT_FEED;
        u->input = job->input_head;
        if (u->input != NULL) {
            job->input_head = u->input->next;
            job->input_bytes -= u->input->len;
        }
        u->last = job->input_head == NULL && job->input_complete;
        job->last_fed = u->last;
        job->feeding = true;
        return true;
    }
    if (item_left(job)) {
        (void)pthread_mutex_lock(&eg_items_lock);
        u->kind = UNIT_ITEM;
        u->index = job->item_next++;
        u->item = job->items[u->index];
        (void)pthread_mutex_unlock(&eg_items_lock);
        return true;
    }
    if (job->last_fed && !job->feeding && job->running == 0) {
        job->phase = EG_PHASE_PLAN;
    }
    return false;
}

static bool pick_serial(eg_job *job, unit *u, unit_kind kind)
{
    if (job->running > 0) {
        return false;
    }
    u->kind = kind;
    job->serial = true;
    return true;
}

static bool pick(eg_job *job, unit *u)
{
    *u = (unit){.job = job};
    if (job->serial) {
        return false;
    }
    if (job->phase == EG_PHASE_INPUT && pick_input(job, u)) {
        return true;
    }
    switch (job->phase) {
    case EG_PHASE_PLAN:
        return pick_serial(job, u, UNIT_PLAN);
    case EG_PHASE_COMPUTE:
        if (job->unit_next < job->unit_count) {
            u->kind = UNIT_COMPUTE;
            u->index = job->unit_next++;
            return true;
        }
        return pick_serial(job, u, UNIT_FINISH);
    case EG_PHASE_FINISH:
        return pick_serial(job, u, UNIT_FINISH);
    case EG_PHASE_OUTPUT:
        if (job->unit_next < job->unit_count &&
            job->unit_next < job->sent_units + EG_OUTPUT_WINDOW) {
            u->kind = UNIT_OUTPUT;
            u->index = job->unit_next++;
            return true;
        }
        return job->unit_next == job->unit_count && pick_serial(job, u, UNIT_TAIL);
    case EG_PHASE_INPUT:
    case EG_PHASE_TAIL:
    case EG_PHASE_DONE:
    case EG_PHASE_FAILED:
        return false;
    }
    return false;
}

static bool pick_any(eg_pool *pool, unit *u)
{
    eg_job *job = pool->cursor;
    for (unsigned i = 0; i < pool->active; i++, job = job->next) {
        if (!atomic_load(&job->stopped) && pick(job, u)) {
            job->running++;
            pool->cursor =
                job->next; /* the next search begins behind: one unit, then the neighbour's turn */
            return true;
        }
    }
    return false;
}

/* ---- running a unit: without the lock ---- */

static eg_result run_feed(unit *u, eg_error *err)
{
    eg_call *call = &u->job->call;
    const eg_endpoint *e = call->endpoint;
    if (!u->job->begun) {
        u->job->begun = true;
        if (e->begin != NULL) {
            EG_TRY(e->begin(call, err));
        }
    }
    return e->feed == NULL ? EG_SUCCESS
                           : e->feed(call, u->input == NULL ? NULL : u->input->bytes,
                                     u->input == NULL ? 0 : u->input->len, u->last, err);
}

static eg_result run_finish(eg_job *job, eg_error *err)
{
    const eg_endpoint *e = job->call.endpoint;
    if (e->finish != NULL) {
        EG_TRY(e->finish(&job->call, err));
    }
    if (e->head != NULL) {
        EG_TRY(e->head(&job->call, &job->head, err));
    }
    EG_BUG_IF(err, job->head.failed);
    return EG_SUCCESS;
}

static eg_result run_output(unit *u, eg_arena *scratch, eg_error *err)
{
    eg_buf *slot = &u->job->slot[u->index % EG_OUTPUT_WINDOW];
    EG_TRY(u->job->call.endpoint->output(&u->job->call, u->index, scratch, slot, err));
    if (slot->failed) {
        return EG_FAIL(err, EG_E_TOO_LARGE, NULL, "the answer needs more memory than it may use");
    }
    return EG_SUCCESS;
}

static eg_result run_unit(unit *u, eg_arena *scratch, eg_error *err)
{
    eg_call *call = &u->job->call;
    const eg_endpoint *e = call->endpoint;
    switch (u->kind) {
    case UNIT_FEED:
        return run_feed(u, err);
    case UNIT_ITEM:
        return e->item(call, u->item, scratch, err);
    case UNIT_PLAN:
        return e->plan == NULL ? EG_SUCCESS : e->plan(call, err);
    case UNIT_COMPUTE:
        return e->compute(call, u->index, scratch, err);
    case UNIT_FINISH:
        return run_finish(u->job, err);
    case UNIT_OUTPUT:
        return run_output(u, scratch, err);
    case UNIT_TAIL:
        return e->tail == NULL ? EG_SUCCESS : e->tail(call, &u->job->tail, err);
    case UNIT_NONE:
        break;
    }
    return EG_SUCCESS;
}

/* ---- after a unit: under the lock ---- */

static void advance(eg_job *job, const unit *u)
{
    switch (u->kind) {
    case UNIT_PLAN:
        job->phase = EG_PHASE_COMPUTE;
        job->unit_next = 0;
        job->unit_count = job->call.compute_units;
        break;
    case UNIT_FINISH:
        job->phase = EG_PHASE_OUTPUT;
        job->head_ready = true;
        job->unit_next = 0;
        job->unit_count = job->call.output_units;
        break;
    case UNIT_OUTPUT:
        job->slot_ready[u->index % EG_OUTPUT_WINDOW] = true;
        break;
    case UNIT_TAIL:
        job->phase = EG_PHASE_DONE;
        job->tail_ready = true;
        break;
    case UNIT_NONE:
    case UNIT_FEED:
    case UNIT_ITEM:
    case UNIT_COMPUTE:
        break;
    }
}

static void after(eg_pool *pool, unit *u, eg_result result, const eg_error *error)
{
    eg_job *job = u->job;
    job->running--;
    pool->units_done++;
    if (u->kind == UNIT_FEED) {
        job->feeding = false;
    } else if (u->kind != UNIT_ITEM && u->kind != UNIT_COMPUTE && u->kind != UNIT_OUTPUT) {
        job->serial = false;
    }
    if (eg_failed(result)) {
        fail(job, error, u->index);
    } else if (job->phase != EG_PHASE_FAILED) {
        advance(job, u);
    }
    bool over = job->phase == EG_PHASE_DONE || job->phase == EG_PHASE_FAILED;
    if (over && job->running == 0 && job->queued) {
        ring_remove(pool, job);
        pool->jobs_done++;
        pool->cast_ballots += job->phase == EG_PHASE_DONE ? job->call.cast_ballots : 0;
    }
    if (job->abandoned && job->running == 0) {
        bool large = atomic_load(&job->budget.peak_bytes) > TRIM_ABOVE_BYTES;
        ring_remove(pool, job);
        eg_job_free(job);
        if (large) {
            (void)malloc_trim(0);
        }
        return;
    }
    if (job->phase != EG_PHASE_FAILED || job->running == 0) {
        wake_connection(job);
    }
}

static void release_input(eg_input *input)
{
    if (input != NULL) {
        eg_wipe(input->bytes, input->len);
        free(input);
    }
}

static void *compute_thread(void *argument)
{
    eg_pool *pool = argument;
    eg_arena scratch;
    eg_arena_init(&scratch, NULL);
    (void)pthread_mutex_lock(&pool->lock);
    while (!pool->closing) {
        unit u;
        if (!pick_any(pool, &u)) {
            (void)pthread_cond_wait(&pool->work, &pool->lock);
            continue;
        }
        (void)pthread_mutex_unlock(&pool->lock);
        eg_error error = {0};
        scratch.budget = &u.job->budget;
        eg_result result = run_unit(&u, &scratch, &error);
        eg_arena_free(&scratch);
        scratch.budget = NULL;
        release_input(u.input);
        (void)pthread_mutex_lock(&pool->lock);
        after(pool, &u, result, &error);
        (void)pthread_cond_broadcast(&pool->work);
    }
    (void)pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* Ends jobs that are past their deadline, whatever they wait for. */
static void end_late_jobs(eg_pool *pool)
{
    uint64_t now = eg_clock_monotonic_ns();
    eg_job *job = pool->cursor;
    for (unsigned i = 0; i < pool->active; i++) {
        eg_job *next = job->next;
        if (now > job->deadline_ns && !atomic_load(&job->stopped)) {
            bool reading = job->phase == EG_PHASE_INPUT && !job->input_complete;
            eg_error error = {0};
            (void)EG_FAIL(&error, reading ? EG_E_SLOW_BODY : EG_E_DEADLINE, NULL,
                          reading ? "the body did not arrive in time"
                                  : "the request took longer than it may");
            fail(job, &error, 0);
            atomic_store(&job->stopped, true);
            if (job->running == 0) {
                ring_remove(pool, job);
                wake_connection(job);
            }
        }
        job = next;
    }
}

static void *watch_thread(void *argument)
{
    eg_pool *pool = argument;
    const struct timespec pause = {0, 200 * 1000 * 1000};
    (void)pthread_mutex_lock(&pool->lock);
    while (!pool->closing) {
        end_late_jobs(pool);
        (void)pthread_mutex_unlock(&pool->lock);
        (void)nanosleep(&pause, NULL);
        (void)pthread_mutex_lock(&pool->lock);
    }
    (void)pthread_mutex_unlock(&pool->lock);
    return NULL;
}

bool eg_pool_start(eg_pool *pool, unsigned threads)
{
    memset(pool, 0, sizeof *pool);
    (void)pthread_mutex_init(&pool->lock, NULL);
    (void)pthread_cond_init(&pool->work, NULL);
    for (unsigned i = 0; i < threads && i < sizeof pool->threads / sizeof *pool->threads; i++) {
        if (pthread_create(&pool->threads[i], NULL, compute_thread, pool) != 0) {
            return false;
        }
        pool->thread_count++;
    }
    return pthread_create(&pool->watch, NULL, watch_thread, pool) == 0;
}

void eg_pool_stop(eg_pool *pool)
{
    (void)pthread_mutex_lock(&pool->lock);
    pool->closing = true;
    (void)pthread_cond_broadcast(&pool->work);
    (void)pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->thread_count; i++) {
        (void)pthread_join(pool->threads[i], NULL);
    }
    (void)pthread_join(pool->watch, NULL);
}

void eg_pool_add(eg_pool *pool, eg_job *job)
{
    (void)pthread_mutex_lock(&pool->lock);
    ring_add(pool, job);
    (void)pthread_mutex_unlock(&pool->lock);
}

bool eg_pool_feed(eg_pool *pool, eg_job *job, const char *bytes, size_t n)
{
    eg_input *input = malloc(sizeof *input + n);
    if (input == NULL) {
        return false;
    }
    input->next = NULL;
    input->len = n;
    memcpy(input->bytes, bytes, n);
    (void)pthread_mutex_lock(&pool->lock);
    if (job->phase == EG_PHASE_FAILED) {
        release_input(input); /* the answer is known: the rest of the body is only read */
    } else {
        if (job->input_head == NULL) {
            job->input_head = input;
        } else {
            job->input_tail->next = input;
        }
        job->input_tail = input;
        job->input_bytes += n;
        (void)pthread_cond_signal(&pool->work);
    }
    (void)pthread_mutex_unlock(&pool->lock);
    return true;
}

void eg_pool_feed_end(eg_pool *pool, eg_job *job)
{
    (void)pthread_mutex_lock(&pool->lock);
    job->input_complete = true;
    (void)pthread_cond_signal(&pool->work);
    (void)pthread_mutex_unlock(&pool->lock);
}

void eg_pool_abandon(eg_pool *pool, eg_job *job)
{
    (void)pthread_mutex_lock(&pool->lock);
    atomic_store(&job->stopped, true);
    job->connection = NULL;
    job->abandoned = true;
    bool idle = job->running == 0;
    bool large = atomic_load(&job->budget.peak_bytes) > TRIM_ABOVE_BYTES;
    if (idle) {
        ring_remove(pool, job);
    }
    (void)pthread_mutex_unlock(&pool->lock);
    if (idle) {
        eg_job_free(job);
        if (large) {
            (void)malloc_trim(0);
        }
    }
}
