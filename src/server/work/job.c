#include "server/work/job.h"

#include "base/clock.h"
#include "base/secret.h"

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
    eg_buf_init(&job->answer_head, &job->budget);
    eg_buf_init(&job->answer_tail, &job->budget);
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
                          .noted = &job->noted,
                          .is_stopped = is_stopped,
                          .server = job,
                          .content_type = "application/json"};
    if (!copy_request(job, request)) {
        eg_job_free(job);
        return NULL;
    }
    return job;
}

bool eg_job_set_codings(eg_job *job, eg_coding body, size_t limit_bytes, bool codes_answer)
{
    job->decoded_limit_bytes = limit_bytes;
    job->codes_answer = codes_answer;
    job->decoder = body == EG_CODING_IDENTITY ? NULL : eg_decoder_new(body, &job->budget);
    return body == EG_CODING_IDENTITY || job->decoder != NULL;
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
    while (job->input_first != NULL) {
        eg_input *input = job->input_first;
        job->input_first = input->next;
        eg_input_free(job, input);
    }
    eg_decoder_free(job->decoder);
    eg_buf_free(&job->answer_head);
    eg_buf_free(&job->answer_tail);
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
