#include "server/work/job_memory.h"

static const eg_budget *service_of(const eg_job *job)
{
    const eg_budget *service = &job->budget;
    while (service->parent != NULL) {
        service = service->parent;
    }
    return service;
}

/* The rest is for those that have begun to answer: a request that is refused gets a 503, an
 * answer that is cut off gets the client nothing. */
static bool is_tight(const eg_job *job)
{
    const eg_budget *service = service_of(job);
    return service->limit_bytes != 0 &&
           eg_budget_used(service) > eg_memory_for_input(service->limit_bytes);
}

size_t eg_job_output_window(const eg_job *job)
{
    const eg_budget *service = service_of(job);
    size_t quarter = service->limit_bytes / 4;
    size_t used = eg_budget_used(service);
    if (job->reserved_window != 0) {
        return job->reserved_window; /* it is paid for */
    }
    if (service->limit_bytes == 0 || used < quarter) {
        return EG_OUTPUT_WINDOW;
    }
    return used < 2 * quarter ? EG_OUTPUT_WINDOW / 4 : EG_OUTPUT_WINDOW_TIGHT;
}

/* For one unit at least; for as many as might be computed ahead where there is so much. */
eg_result eg_job_reserve_output(eg_job *job, eg_error *err)
{
    const eg_call *call = &job->call;
    if (call->output_units < 2 || call->output_unit_bytes == 0) {
        return EG_SUCCESS; /* nothing is sent before all is there, or it is not known */
    }
    size_t window = eg_job_output_window(job);
    window = window < call->output_units ? window : call->output_units;
    /* a part that is coded is there twice for a moment */
    size_t unit_bytes = job->codes_answer ? 2 * call->output_unit_bytes : call->output_unit_bytes;
    for (; window > 0; window /= 2) {
        size_t bytes;
        if (!__builtin_mul_overflow(window, unit_bytes, &bytes) &&
            !__builtin_add_overflow(bytes, call->tail_bytes, &bytes) &&
            eg_budget_reserve(&job->budget, bytes)) {
            job->reserved_window = window;
            return EG_SUCCESS;
        }
    }
    return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "the answer needs more memory than there is");
}

bool eg_job_may_grow(const eg_job *job)
{
    size_t all = eg_budget_used(service_of(job));
    return !is_tight(job) || eg_budget_used(&job->budget) > all - all / 4;
}

/* What needs more than half of it all would wait for ever, or for everybody else. */
static bool may_ever_fit(const eg_job *job)
{
    size_t limit = service_of(job)->limit_bytes;
    return limit == 0 || eg_budget_wanted(&job->budget) <= limit / 2;
}

void eg_job_no_memory(const eg_job *job, eg_error *error)
{
    if (may_ever_fit(job)) {
        (void)EG_FAIL(error, EG_E_NO_MEMORY, NULL,
                      "the service is short of memory; try again in a moment");
    } else {
        (void)EG_FAIL(error, EG_E_TOO_LARGE, NULL, "the request needs more memory than it may use");
    }
}

void eg_job_judge_memory(const eg_job *job, eg_error *error)
{
    if (error->code == EG_E_NO_MEMORY) {
        eg_job_no_memory(job, error);
    }
}
