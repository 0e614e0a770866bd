#include "client/http_engine_parts.h"

#include "base/clock.h"
#include "client/interrupt.h"

#include <stdlib.h>

enum { LOOK_MS = 200 }; /* how often the taker looks at the clock and for signals */
static const uint64_t s_ns = 1000000000u;

/* ---- rates ---- */

void eg_http_engine_rate(eg_http_engine *e, size_t which, eg_service_rate *out)
{
    const eg_engine_site *s = &e->services[which];
    const uint64_t until_ns = e->measured_ns == 0 ? eg_clock_monotonic_ns() : e->measured_ns;
    const double seconds = e->began_ns == 0 ? 0 : (double)(until_ns - e->began_ns) / 1e9;
    (void)pthread_mutex_lock(&e->lock);
    *out = (eg_service_rate){.url = eg_http_client_shown(s->http),
                             .ballots = (double)s->half_ballots / 2,
                             .failures = s->failures};
    (void)pthread_mutex_unlock(&e->lock);
    out->per_second = seconds > 0 ? out->ballots / seconds : 0;
}

static void put_rates(eg_buf *out, void *context)
{
    enum { SHOWN = 8 };
    eg_http_engine *e = context;
    eg_service_rate rate;
    for (size_t i = 0; i < e->service_count && i < SHOWN; i++) {
        eg_http_engine_rate(e, i, &rate);
        eg_buf_printf(out, "%s%.*f", i == 0 ? "" : " + ", rate.per_second < 10 ? 1 : 0,
                      rate.per_second);
    }
    eg_buf_append_str(out, e->service_count > SHOWN ? EG_STR(" + ...") : EG_STR(""));
}

/* ---- the run's side ---- */

static eg_result begin(void *context, const eg_run_plan *plan, eg_error *err)
{
    eg_http_engine *e = context;
    e->plan = plan;
    e->began_ns = eg_clock_monotonic_ns();
    if (e->service_count > 1) {
        eg_progress_split(e->progress, put_rates, e);
    }
    for (size_t i = 0; i < e->line_count; i++) {
        eg_engine_line *l = &e->lines[i];
        l->runs = pthread_create(&l->thread, NULL, eg_engine_run_line, l) == 0;
        if (!l->runs) {
            return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "there are no threads for so many requests");
        }
    }
    return EG_SUCCESS;
}

static eg_result submit(void *context, const eg_task *task, eg_error *err)
{
    eg_http_engine *e = context;
    const eg_engine_item it = {.task = *task};
    if (task->stage == EG_TASK_SUM && e->measured_ns == 0) {
        e->measured_ns = eg_clock_monotonic_ns();
        eg_progress_split(e->progress, NULL, NULL);
    }
    (void)pthread_mutex_lock(&e->lock);
    const bool fits = e->waiting.count < e->engine.window;
    if (fits) {
        eg_engine_put_last(&e->waiting, &it);
        (void)pthread_cond_broadcast(&e->work);
    }
    (void)pthread_mutex_unlock(&e->lock);
    EG_BUG_IF(err, !fits);
    return EG_SUCCESS;
}

/* Shows what there is to show; without the lock, which the rates take. */
static void tell(eg_http_engine *e)
{
    char notes[EG_ENGINE_NOTES_MAX][sizeof *e->notes];
    (void)pthread_mutex_lock(&e->lock);
    const size_t count = e->note_count;
    memcpy(notes, e->notes, count * sizeof *notes);
    e->note_count = 0;
    (void)pthread_mutex_unlock(&e->lock);
    for (size_t i = 0; i < count; i++) {
        eg_progress_note(e->progress, "%s", notes[i]);
    }
    eg_progress_tick(e->progress);
}

/* False: there is none within a moment. */
static bool take_finished(eg_http_engine *e, eg_engine_item *it)
{
    (void)pthread_mutex_lock(&e->lock);
    if (e->finished.count == 0) {
        eg_engine_wait_until(&e->change, &e->lock, eg_clock_monotonic_ns() + LOOK_MS * s_ns / 1000);
    }
    const bool is_one = e->finished.count > 0;
    if (is_one) {
        *it = eg_engine_take_at(&e->finished, 0);
    }
    (void)pthread_mutex_unlock(&e->lock);
    return is_one;
}

static eg_result take(void *context, eg_task *done, eg_error *err)
{
    eg_http_engine *e = context;
    eg_engine_item it = {.result = EG_SUCCESS};
    while (!eg_interrupted() && !take_finished(e, &it)) {
        tell(e);
    }
    tell(e);
    if (eg_interrupted()) {
        return EG_FAIL(err, EG_E_CANCELLED, NULL, "interrupted");
    }
    *done = it.task;
    if (eg_failed(it.result)) {
        *err = it.err;
    }
    return it.result;
}

static void end(void *context)
{
    eg_http_engine *e = context;
    if (e->measured_ns == 0) {
        e->measured_ns = eg_clock_monotonic_ns();
    }
    eg_progress_split(e->progress, NULL, NULL);
    (void)pthread_mutex_lock(&e->lock);
    atomic_store(&e->stopping, true);
    (void)pthread_cond_broadcast(&e->work);
    (void)pthread_mutex_unlock(&e->lock);
    for (size_t i = 0; i < e->line_count; i++) {
        if (e->lines[i].runs) {
            (void)pthread_join(e->lines[i].thread, NULL);
            e->lines[i].runs = false;
        }
    }
}

/* ---- making one ---- */

static bool goes_on(void *context)
{
    const eg_http_engine *e = context;
    return !atomic_load(&e->stopping) && !eg_interrupted();
}

static eg_result make_lines(eg_http_engine *e, const eg_http_engine_options *options, eg_error *err)
{
    eg_http_options http = {
        .internal_key = options->internal_key, .tick = goes_on, .tick_context = e, .fresh = true};
    for (size_t i = 0, n = 0; i < e->service_count; i++) {
        http.url = options->services[i].url;
        e->services[i].awake = options->services[i].parallel;
        for (size_t j = 0; j < options->services[i].parallel; j++, n++) {
            e->lines[n] = (eg_engine_line){.engine = e, .service = i};
            EG_TRY(eg_http_client_new(&e->lines[n].http, &http, err));
            e->services[i].http = e->lines[n].http;
        }
    }
    return EG_SUCCESS;
}

static bool make_lock(eg_http_engine *e)
{
    pthread_condattr_t monotonic;
    bool made = pthread_condattr_init(&monotonic) == 0;
    made = made && pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0;
    made = made && pthread_cond_init(&e->work, &monotonic) == 0;
    made = made && pthread_cond_init(&e->change, &monotonic) == 0;
    made = made && pthread_mutex_init(&e->lock, NULL) == 0;
    (void)pthread_condattr_destroy(&monotonic);
    return made;
}

eg_result eg_http_engine_new(eg_http_engine **out, const eg_http_engine_options *options,
                             eg_error *err)
{
    size_t lines = 0;
    for (size_t i = 0; i < options->service_count; i++) {
        lines += options->services[i].parallel;
    }
    eg_http_engine *e = calloc(1, sizeof *e);
    if (e == NULL || !make_lock(e)) {
        free(e);
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
    }
    e->engine = (eg_engine){e, lines, begin, submit, take, end};
    e->progress = options->progress;
    e->patience_s = options->patience_s;
    e->service_count = options->service_count;
    e->line_count = lines;
    e->services = calloc(options->service_count, sizeof *e->services);
    e->lines = calloc(lines, sizeof *e->lines);
    e->waiting.items = calloc(lines, sizeof *e->waiting.items);
    e->finished.items = calloc(lines, sizeof *e->finished.items);
    eg_result result = e->services == NULL || e->lines == NULL || e->waiting.items == NULL ||
                               e->finished.items == NULL
                           ? EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory")
                           : make_lines(e, options, err);
    if (eg_failed(result)) {
        eg_http_engine_free(e);
        return result;
    }
    *out = e;
    return EG_SUCCESS;
}

eg_engine *eg_http_engine_as_engine(eg_http_engine *engine)
{
    return &engine->engine;
}

void eg_http_engine_free(eg_http_engine *e)
{
    if (e == NULL) {
        return;
    }
    if (e->lines != NULL) {
        end(e);
        for (size_t i = 0; i < e->line_count; i++) {
            eg_http_client_free(e->lines[i].http);
        }
    }
    free(e->services);
    free(e->lines);
    free(e->waiting.items);
    free(e->finished.items);
    (void)pthread_cond_destroy(&e->work);
    (void)pthread_cond_destroy(&e->change);
    (void)pthread_mutex_destroy(&e->lock);
    free(e);
}
