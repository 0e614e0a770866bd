#include "client/http_engine.h"

#include "base/clock.h"
#include "client/chunk_exchange.h"
#include "client/interrupt.h"
#include "client/remote_parts.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    FIRST_PATIENCE_S = 5, /* for services of which none was ever reached */
    REST_MAX_S = 8,
    LOOK_MS = 200, /* how often the taker looks at the clock and for signals */
    NOTES_MAX = 8
};
static const uint64_t s_ns = 1000000000u;

typedef struct service {
    eg_engine_service set;
    size_t half_ballots, failures;
    size_t awake; /* of its lines, those that do not rest after a failure */
} service;

/* A thread and its connection. */
typedef struct line {
    eg_http_engine *engine;
    eg_http_client *http;
    size_t service;
    unsigned failures;      /* one after another */
    uint64_t rest_until_ns; /* 0: it does not rest */
    pthread_t thread;
    bool runs;
} line;

/* A task that waits for a line, or that is finished. */
typedef struct item {
    eg_task task;
    uint64_t failed_ns; /* first; 0: not yet */
    size_t failed_at;   /* the service that failed last, + 1; 0: none */
    eg_result result;   /* of one that is finished */
    eg_error err;
} item;

typedef struct list {
    item *items; /* room for the window */
    size_t count;
} list;

struct eg_http_engine {
    eg_engine engine;
    const eg_run_plan *plan;
    eg_progress *progress;
    uint64_t patience_s;
    uint64_t began_ns;
    size_t service_count, line_count;
    service *services;
    line *lines;
    atomic_bool stopping;
    atomic_bool reached; /* any service, ever */
    /* everything below, and what is counted above, under the lock */
    pthread_mutex_t lock;
    pthread_cond_t work;   /* a task waits, or it ends */
    pthread_cond_t change; /* a task is finished, or there is a note */
    list waiting, finished;
    char notes[NOTES_MAX][EG_ERROR_TEXT_BYTES + 64];
    size_t note_count;
};

/* ---- lists ---- */

static item take_at(list *l, size_t at)
{
    item found = l->items[at];
    l->count--;
    memmove(&l->items[at], &l->items[at + 1], (l->count - at) * sizeof found);
    return found;
}

static void put_last(list *l, const item *it)
{
    l->items[l->count++] = *it;
}

static void put_first(list *l, const item *it)
{
    memmove(&l->items[1], l->items, l->count * sizeof *it);
    l->items[0] = *it;
    l->count++;
}

/* ---- one task ---- */

static eg_result exchange(const line *l, eg_remote *remote, const eg_task *task, eg_arena *arena,
                          eg_error *err)
{
    const eg_run_plan *plan = l->engine->plan;
    eg_task_request request;
    eg_node answer;
    eg_buf text;
    EG_TRY(eg_task_ask(&request, plan, task, arena, err));
    EG_TRY(
        eg_remote_post(remote, request.path, EG_CHUNK_ACCEPT, &request.body, &answer, arena, err));
    eg_buf_init(&text, NULL);
    eg_result result = eg_task_take(&text, plan, task, &answer, arena, err);
    result = eg_failed(result) ? result : eg_task_keep(plan, task, eg_buf_str(&text), err);
    eg_buf_free(&text);
    return result;
}

/* Once, at the line's service; remote says whether it is worth another try. */
static eg_result attempt(line *l, eg_remote *remote, const eg_task *task, eg_arena *arena,
                         eg_error *err)
{
    remote->retry_after_s = 0;
    eg_result result = exchange(l, remote, task, arena, err);
    if (remote->reached) {
        atomic_store(&l->engine->reached, true);
    }
    eg_arena_reset(arena);
    return result;
}

/* ---- lines; all of this under the lock ---- */

static bool another_is_awake(const eg_http_engine *e, size_t but)
{
    for (size_t i = 0; i < e->service_count; i++) {
        if (i != but && e->services[i].awake > 0) {
            return true;
        }
    }
    return false;
}

/* The first task that this line may do: one that failed at its service is left to others, as long
 * as there are any. */
static bool find_task(const line *l, size_t *at)
{
    const eg_http_engine *e = l->engine;
    for (*at = 0; *at < e->waiting.count; (*at)++) {
        if (e->waiting.items[*at].failed_at != l->service + 1 || !another_is_awake(e, l->service)) {
            return true;
        }
    }
    return false;
}

static void wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, uint64_t ns)
{
    const struct timespec when = {.tv_sec = (time_t)(ns / s_ns), .tv_nsec = (long)(ns % s_ns)};
    (void)pthread_cond_timedwait(cond, lock, &when);
}

static void set_rest(line *l, uint64_t until_ns)
{
    service *s = &l->engine->services[l->service];
    s->awake += l->rest_until_ns != 0;
    l->rest_until_ns = until_ns;
    s->awake -= until_ns != 0;
}

/* False: the engine ends. */
static bool next_task(line *l, item *it)
{
    eg_http_engine *e = l->engine;
    size_t at;
    while (!atomic_load(&e->stopping)) {
        const uint64_t now_ns = eg_clock_monotonic_ns();
        if (l->rest_until_ns != 0 && now_ns >= l->rest_until_ns) {
            set_rest(l, 0);
        }
        if (l->rest_until_ns == 0 && find_task(l, &at)) {
            *it = take_at(&e->waiting, at);
            return true;
        }
        wait_until(&e->work, &e->lock, l->rest_until_ns != 0 ? l->rest_until_ns : now_ns + s_ns);
    }
    return false;
}

static void note(eg_http_engine *e, const char *why, const char *when)
{
    if (e->note_count < NOTES_MAX) {
        (void)snprintf(e->notes[e->note_count++], sizeof *e->notes, "%s; %s", why, when);
    }
}

/* Says which task it was, and where, unless the error has the service in its words. */
static void name_task(const line *l, item *it)
{
    const eg_error why = it->err;
    eg_buf text;
    eg_buf_init(&text, NULL);
    eg_task_title(&text, l->engine->plan, &it->task);
    if (why.code != EG_E_UNAVAILABLE) {
        eg_buf_printf(&text, ", %.80s", eg_http_client_shown(l->http));
    }
    eg_buf_printf(&text, ": %s", why.text);
    (void)snprintf(it->err.text, sizeof it->err.text, "%.*s", (int)text.len, text.data);
    eg_buf_free(&text);
}

/* Is patience left for another try in so many seconds? */
static bool is_patient(const eg_http_engine *e, const item *it, uint64_t now_ns, unsigned wait_s)
{
    const bool is_hasty = !atomic_load(&e->reached) && e->patience_s > FIRST_PATIENCE_S;
    return (now_ns - it->failed_ns) / s_ns + wait_s <=
           (is_hasty ? FIRST_PATIENCE_S : e->patience_s);
}

static unsigned rest_of(const line *l, unsigned retry_s)
{
    unsigned rest_s = l->failures < 4 ? 1u << (l->failures - 1) : REST_MAX_S;
    return retry_s > rest_s ? retry_s : rest_s;
}

static void take_failure(line *l, item *it, const eg_remote *remote)
{
    eg_http_engine *e = l->engine;
    const uint64_t now_ns = eg_clock_monotonic_ns();
    char when[48];
    l->failures++;
    e->services[l->service].failures++;
    const unsigned rest_s = rest_of(l, remote->retry_after_s);
    it->failed_ns = it->failed_ns == 0 ? now_ns : it->failed_ns;
    it->failed_at = l->service + 1;
    set_rest(l, now_ns + rest_s * s_ns);
    if (!is_patient(e, it, now_ns, rest_s)) {
        name_task(l, it);
        put_last(&e->finished, it);
        return;
    }
    (void)snprintf(when, sizeof when,
                   another_is_awake(e, l->service) ? "asking another" : "asking again in %u s",
                   rest_s);
    note(e, remote->why, when);
    put_first(&e->waiting, it);
    (void)pthread_cond_broadcast(&e->work);
}

static void take_result(line *l, item *it, const eg_remote *remote)
{
    eg_http_engine *e = l->engine;
    if (eg_failed(it->result) && remote->retry_after_s > 0) {
        take_failure(l, it, remote);
    } else {
        if (eg_failed(it->result)) {
            name_task(l, it);
        } else {
            l->failures = 0;
            e->services[l->service].half_ballots +=
                it->task.stage == EG_TASK_SUM ? 0 : eg_task_ballots(e->plan, &it->task);
        }
        put_last(&e->finished, it);
    }
    (void)pthread_cond_signal(&e->change);
}

static void do_tasks(line *l, eg_remote *remote, eg_arena *arena)
{
    eg_http_engine *e = l->engine;
    item it;
    (void)pthread_mutex_lock(&e->lock);
    while (next_task(l, &it)) {
        (void)pthread_mutex_unlock(&e->lock);
        it.result = attempt(l, remote, &it.task, arena, &it.err);
        (void)pthread_mutex_lock(&e->lock);
        take_result(l, &it, remote);
    }
    (void)pthread_mutex_unlock(&e->lock);
}

static void *run_line(void *context)
{
    line *l = context;
    eg_remote remote;
    eg_arena arena;
    eg_arena_init(&arena, NULL);
    eg_remote_init(&remote, &l->http, 1, l->engine->plan->spec, NULL, 0);
    do_tasks(l, &remote, &arena);
    eg_remote_free(&remote);
    eg_arena_free(&arena);
    return NULL;
}

/* ---- the run's side ---- */

static eg_result begin(void *context, const eg_run_plan *plan, eg_error *err)
{
    eg_http_engine *e = context;
    e->plan = plan;
    e->began_ns = eg_clock_monotonic_ns();
    for (size_t i = 0; i < e->line_count; i++) {
        line *l = &e->lines[i];
        l->runs = pthread_create(&l->thread, NULL, run_line, l) == 0;
        if (!l->runs) {
            return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "there are no threads for so many requests");
        }
    }
    return EG_SUCCESS;
}

static eg_result submit(void *context, const eg_task *task, eg_error *err)
{
    eg_http_engine *e = context;
    const item it = {.task = *task};
    (void)pthread_mutex_lock(&e->lock);
    const bool fits = e->waiting.count < e->engine.window;
    if (fits) {
        put_last(&e->waiting, &it);
        (void)pthread_cond_broadcast(&e->work);
    }
    (void)pthread_mutex_unlock(&e->lock);
    EG_BUG_IF(err, !fits);
    return EG_SUCCESS;
}

static void tell_notes(eg_http_engine *e)
{
    for (size_t i = 0; i < e->note_count; i++) {
        eg_progress_note(e->progress, "%s", e->notes[i]);
    }
    e->note_count = 0;
}

static eg_result take(void *context, eg_task *done, eg_error *err)
{
    eg_http_engine *e = context;
    item it = {.result = EG_SUCCESS};
    (void)pthread_mutex_lock(&e->lock);
    while (e->finished.count == 0 && !eg_interrupted()) {
        wait_until(&e->change, &e->lock, eg_clock_monotonic_ns() + LOOK_MS * s_ns / 1000);
        tell_notes(e);
        eg_progress_tick(e->progress);
    }
    const bool is_one = e->finished.count > 0;
    if (is_one) {
        it = take_at(&e->finished, 0);
    }
    (void)pthread_mutex_unlock(&e->lock);
    if (!is_one || eg_interrupted()) {
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

void eg_http_engine_rate(eg_http_engine *e, size_t which, eg_service_rate *out)
{
    const service *s = &e->services[which];
    size_t first = 0;
    while (e->lines[first].service != which) {
        first++;
    }
    (void)pthread_mutex_lock(&e->lock);
    const double seconds = (double)(eg_clock_monotonic_ns() - e->began_ns) / 1e9;
    *out = (eg_service_rate){.url = eg_http_client_shown(e->lines[first].http),
                             .ballots = (double)s->half_ballots / 2,
                             .failures = s->failures};
    out->per_second = e->began_ns == 0 || seconds <= 0 ? 0 : out->ballots / seconds;
    (void)pthread_mutex_unlock(&e->lock);
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
        .internal_key = options->internal_key, .tick = goes_on, .tick_context = e};
    for (size_t i = 0, n = 0; i < e->service_count; i++) {
        http.url = options->services[i].url;
        e->services[i] =
            (service){.set = options->services[i], .awake = options->services[i].parallel};
        for (size_t j = 0; j < options->services[i].parallel; j++, n++) {
            e->lines[n] = (line){.engine = e, .service = i};
            EG_TRY(eg_http_client_new(&e->lines[n].http, &http, err));
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
