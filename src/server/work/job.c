#include "server/work/job.h"

#include "base/clock.h"
#include "base/secret.h"
#include "server/work/queue.h"

#include <stdlib.h>

static bool is_stopped(const eg_call *call)
{
    const eg_job *job = call->server;
    return atomic_load(&job->stopped) || eg_clock_monotonic_ns() > job->deadline_ns;
}

static bool copy_text(eg_job *job, eg_str *text)
{
    return !eg_failed(eg_arena_copy_str(&job->arena, *text, text, NULL));
}

static bool copy_request(eg_job *job, const eg_request *request)
{
    job->request = *request;
    return copy_text(job, &job->request.path) && copy_text(job, &job->request.path_tail) &&
           copy_text(job, &job->request.query) && copy_text(job, &job->request.content_type) &&
           copy_text(job, &job->request.accept) && copy_text(job, &job->request.request_id);
}

static size_t fixed_bytes(const eg_endpoint *endpoint)
{
    return sizeof(eg_job) + EG_JOB_TRANSPORT_BYTES + endpoint->fixed_memory_bytes;
}

eg_job *eg_job_new(const eg_endpoint *endpoint, const eg_request *request,
                   const eg_api_settings *settings, eg_budget *parent, uint64_t started_ns,
                   uint64_t timeout_ns)
{
    if (!eg_budget_take(parent, fixed_bytes(endpoint))) {
        return NULL;
    }
    eg_job *job = calloc(1, sizeof *job);
    if (job == NULL) {
        eg_budget_give(parent, fixed_bytes(endpoint));
        return NULL;
    }
    eg_budget_init(&job->budget, 0, parent);
    eg_arena_init(&job->arena, &job->budget);
    (void)pthread_mutex_init(&job->arena_lock, NULL);
    job->started_ns = started_ns;
    job->deadline_ns = started_ns + timeout_ns;
    job->error_index = SIZE_MAX;
    eg_buf_init(&job->head, &job->budget);
    eg_buf_init(&job->tail, &job->budget);
    for (size_t i = 0; i < EG_OUTPUT_WINDOW; i++) {
        eg_buf_init(&job->slot[i], &job->budget);
    }
    job->call = (eg_call){.endpoint = endpoint,
                          .request = &job->request,
                          .settings = settings,
                          .rng = eg_rng_system(),
                          .now_unix_s = eg_clock_unix_s(),
                          .arena = &job->arena,
                          .budget = &job->budget,
                          .arena_lock = &job->arena_lock,
                          .add_item = eg_queue_add_item,
                          .is_stopped = is_stopped,
                          .server = job,
                          .content_type = "application/json"};
    if (!copy_request(job, request)) {
        eg_job_free(job);
        return NULL;
    }
    return job;
}

void eg_input_free(eg_job *job, eg_input *input)
{
    if (input != NULL) {
        eg_budget_give(&job->budget, sizeof *input + input->len);
        eg_wipe(input->bytes, input->len);
        free(input);
    }
}

void eg_job_free(eg_job *job)
{
    if (job->begun && job->call.endpoint->end != NULL) {
        job->call.endpoint->end(&job->call);
    }
    while (job->input_head != NULL) {
        eg_input *input = job->input_head;
        job->input_head = input->next;
        eg_input_free(job, input);
    }
    eg_buf_free(&job->head);
    eg_buf_free(&job->tail);
    for (size_t i = 0; i < EG_OUTPUT_WINDOW; i++) {
        eg_buf_free(&job->slot[i]);
    }
    eg_budget_give(&job->budget, job->item_capacity * sizeof *job->items);
    free(job->items);
    eg_arena_free(&job->arena);
    eg_budget_release(&job->budget);
    eg_budget_give(job->budget.parent, fixed_bytes(job->call.endpoint));
    eg_flight_end(job->flight);
    (void)pthread_mutex_destroy(&job->arena_lock);
    free(job);
}

/* ---- the answer ---- */

/* The unit in it was sent. A later one of the window's size gets the memory; the last ones' goes
 * back, and all where memory is for fewer than the slots. */
static void release_slot(eg_job *job, size_t at)
{
    bool is_reused = job->sent_units + EG_OUTPUT_WINDOW < job->unit_count;
    bool has_room = job->reserved_window == 0 || job->reserved_window == EG_OUTPUT_WINDOW;
    if (is_reused && has_room) {
        eg_buf_clear(&job->slot[at]);
    } else {
        eg_buf_free(&job->slot[at]);
    }
}

/* The buffer whose turn it is, or NULL when it is not ready or all was sent. */
static eg_buf *ready_buffer(eg_job *job)
{
    for (;;) {
        size_t at = job->sent_units % EG_OUTPUT_WINDOW;
        switch (job->sending) {
        case EG_SENDING_HEAD:
            if (!job->head_ready) {
                return NULL;
            }
            if (job->sent_bytes < job->head.len) {
                return &job->head;
            }
            eg_buf_free(&job->head);
            job->sending = EG_SENDING_UNITS;
            job->sent_bytes = 0;
            break;
        case EG_SENDING_UNITS:
            if (job->sent_units == job->unit_count) {
                job->sending = EG_SENDING_TAIL;
                job->sent_bytes = 0;
                break;
            }
            if (!job->slot_ready[at]) {
                return NULL;
            }
            if (job->sent_bytes < job->slot[at].len) {
                return &job->slot[at];
            }
            release_slot(job, at);
            job->slot_ready[at] = false;
            job->sent_units++;
            job->sent_bytes = 0;
            break;
        case EG_SENDING_TAIL:
            if (!job->tail_ready) {
                return NULL;
            }
            if (job->sent_bytes < job->tail.len) {
                return &job->tail;
            }
            eg_buf_free(&job->tail);
            job->sending = EG_SENT;
            break;
        case EG_SENT:
            return NULL;
        }
    }
}

void eg_job_pass_empty(eg_job *job)
{
    (void)ready_buffer(job);
}

size_t eg_job_take_output(eg_job *job, char *to, size_t room)
{
    size_t taken = 0;
    eg_buf *from;
    while (taken < room && (from = ready_buffer(job)) != NULL) {
        size_t left = from->len - job->sent_bytes;
        size_t n = left < room - taken ? left : room - taken;
        memcpy(to + taken, from->data + job->sent_bytes, n);
        job->sent_bytes += n;
        taken += n;
    }
    eg_job_pass_empty(job); /* what was taken to its last byte makes room now */
    return taken;
}

bool eg_job_has(eg_job *job, eg_awaited awaited)
{
    switch (awaited) {
    case EG_AWAITS_NOTHING:
        return false;
    case EG_AWAITS_ROOM:
        return job->phase != EG_PHASE_INPUT || job->input_bytes <= EG_INPUT_LOW;
    case EG_AWAITS_ANSWER:
        if (job->phase == EG_PHASE_FAILED) {
            return job->running == 0 || atomic_load(&job->stopped);
        }
        return job->phase == EG_PHASE_DONE ||
               (job->phase == EG_PHASE_OUTPUT && job->unit_count > 1);
    case EG_AWAITS_OUTPUT:
        return job->phase == EG_PHASE_FAILED || ready_buffer(job) != NULL ||
               job->sending == EG_SENT;
    }
    return true;
}

static size_t add_part(eg_str parts[], size_t count, const eg_buf *from)
{
    if (from->len > 0) {
        parts[count++] = eg_buf_str(from);
    }
    return count;
}

size_t eg_job_parts(const eg_job *job, eg_str parts[EG_JOB_PARTS_MAX])
{
    size_t count = add_part(parts, 0, &job->head);
    for (size_t i = 0; i < job->unit_count; i++) {
        count = add_part(parts, count, &job->slot[i]);
    }
    return add_part(parts, count, &job->tail);
}
