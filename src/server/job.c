#include "server/job.h"

#include "base/clock.h"
#include "base/secret.h"

#include <stdatomic.h>
#include <stdlib.h>

static void add_item(eg_call *call, void *item);

static bool is_stopped(const eg_call *call)
{
    const eg_job *job = call->server;
    return atomic_load(&job->stopped) || eg_clock_monotonic_ns() > job->deadline_ns;
}

static bool copy_text(eg_job *job, eg_str *text)
{
    return !eg_failed(eg_arena_copy_str(&job->arena, *text, text, NULL));
}

eg_job *eg_job_new(const eg_endpoint *endpoint, const eg_request *request,
                   const eg_api_settings *settings, eg_budget *parent, uint64_t timeout_ns)
{
    eg_job *job = calloc(1, sizeof *job);
    if (job == NULL) {
        return NULL;
    }
    eg_budget_init(&job->budget, 0, parent);
    eg_arena_init(&job->arena, &job->budget);
    (void)pthread_mutex_init(&job->arena_lock, NULL);
    job->request = *request;
    job->started_ns = eg_clock_monotonic_ns();
    job->deadline_ns = job->started_ns + timeout_ns;
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
                          .add_item = add_item,
                          .is_stopped = is_stopped,
                          .server = job,
                          .content_type = "application/json"};
    if (!copy_text(job, &job->request.path) || !copy_text(job, &job->request.path_tail) ||
        !copy_text(job, &job->request.query) || !copy_text(job, &job->request.content_type) ||
        !copy_text(job, &job->request.accept) || !copy_text(job, &job->request.request_id)) {
        eg_job_free(job);
        return NULL;
    }
    return job;
}

/* Called in feed, which runs without the pool's lock: items are read by pickers, so the list has a
 * lock of its own in the pool (eg_pool_items_lock). */
extern pthread_mutex_t eg_items_lock;
pthread_mutex_t eg_items_lock = PTHREAD_MUTEX_INITIALIZER;

static void add_item(eg_call *call, void *item)
{
    eg_job *job = call->server;
    (void)pthread_mutex_lock(&eg_items_lock);
    if (job->item_count == job->item_capacity) {
        size_t capacity = job->item_capacity == 0 ? 64 : 2 * job->item_capacity;
        void **grown = realloc(job->items, capacity * sizeof *grown);
        if (grown == NULL) {
            abort(); /* an item that is lost would be a ballot that is not counted */
        }
        job->items = grown;
        job->item_capacity = capacity;
    }
    job->items[job->item_count++] = item;
    (void)pthread_mutex_unlock(&eg_items_lock);
}

void eg_job_free(eg_job *job)
{
    if (job->begun && job->call.endpoint->end != NULL) {
        job->call.endpoint->end(&job->call);
    }
    while (job->input_head != NULL) {
        eg_input *input = job->input_head;
        job->input_head = input->next;
        eg_wipe(input->bytes, input->len);
        free(input);
    }
    eg_buf_free(&job->head);
    eg_buf_free(&job->tail);
    for (size_t i = 0; i < EG_OUTPUT_WINDOW; i++) {
        eg_buf_free(&job->slot[i]);
    }
    free(job->items);
    eg_arena_free(&job->arena);
    (void)pthread_mutex_destroy(&job->arena_lock);
    free(job);
}
