/* What a thread of the HTTP engine does: one task after another at its service, until the engine
 * ends. */
#include "client/chunk_exchange.h"
#include "client/http_engine_parts.h"
#include "client/remote_parts.h"

#include "base/clock.h"

#include <stdio.h>

enum {
    FIRST_PATIENCE_S = 5, /* for services of which none was ever reached */
    REST_MAX_S = 8,
    NOTE_S = 30 /* between two notes about a service without which it goes on */
};
static const uint64_t s_ns = 1000000000u;

/* ---- lists ---- */

eg_engine_item eg_engine_take_at(eg_engine_list *l, size_t at)
{
    eg_engine_item found = l->items[at];
    l->count--;
    memmove(&l->items[at], &l->items[at + 1], (l->count - at) * sizeof found);
    return found;
}

void eg_engine_put_last(eg_engine_list *l, const eg_engine_item *it)
{
    l->items[l->count++] = *it;
}

static void put_first(eg_engine_list *l, const eg_engine_item *it)
{
    memmove(&l->items[1], l->items, l->count * sizeof *it);
    l->items[0] = *it;
    l->count++;
}

/* ---- one task ---- */

static eg_result exchange(const eg_engine_line *l, eg_remote *remote, const eg_task *task,
                          eg_arena *arena, eg_error *err)
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
static eg_result attempt(eg_engine_line *l, eg_remote *remote, const eg_task *task, eg_arena *arena,
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
static bool find_task(const eg_engine_line *l, size_t *at)
{
    const eg_http_engine *e = l->engine;
    for (*at = 0; *at < e->waiting.count; (*at)++) {
        if (e->waiting.items[*at].failed_at != l->service + 1 || !another_is_awake(e, l->service)) {
            return true;
        }
    }
    return false;
}

void eg_engine_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, uint64_t ns)
{
    const struct timespec when = {.tv_sec = (time_t)(ns / s_ns), .tv_nsec = (long)(ns % s_ns)};
    (void)pthread_cond_timedwait(cond, lock, &when);
}

static void set_rest(eg_engine_line *l, uint64_t until_ns)
{
    eg_engine_site *s = &l->engine->services[l->service];
    s->awake += l->rest_until_ns != 0;
    l->rest_until_ns = until_ns;
    s->awake -= until_ns != 0;
}

/* False: the engine ends. */
static bool next_task(eg_engine_line *l, eg_engine_item *it)
{
    eg_http_engine *e = l->engine;
    size_t at;
    while (!atomic_load(&e->stopping)) {
        const uint64_t now_ns = eg_clock_monotonic_ns();
        if (l->rest_until_ns != 0 && now_ns >= l->rest_until_ns) {
            set_rest(l, 0);
        }
        if (l->rest_until_ns == 0 && find_task(l, &at)) {
            *it = eg_engine_take_at(&e->waiting, at);
            return true;
        }
        eg_engine_wait_until(&e->work, &e->lock,
                             l->rest_until_ns != 0 ? l->rest_until_ns : now_ns + s_ns);
    }
    return false;
}

static void note(eg_http_engine *e, const char *why, const char *when)
{
    if (e->note_count < EG_ENGINE_NOTES_MAX) {
        (void)snprintf(e->notes[e->note_count++], sizeof *e->notes, "%s; %s", why, when);
    }
}

/* What holds nothing up is told of now and then. */
static bool is_news(eg_engine_site *s, bool elsewhere, uint64_t now_ns)
{
    const bool is = !elsewhere || s->noted_ns == 0 || now_ns - s->noted_ns >= NOTE_S * s_ns;
    s->noted_ns = elsewhere && is ? now_ns : s->noted_ns;
    return is;
}

/* Says which task it was, and where, unless the error has the service in its words. */
static void name_task(const eg_engine_line *l, eg_engine_item *it)
{
    const eg_error why = it->err;
    eg_buf text;
    eg_buf_init(&text, NULL);
    eg_task_title(&text, l->engine->plan, &it->task);
    if (why.code != EG_E_UNAVAILABLE && why.code != EG_E_DEADLINE) {
        eg_buf_printf(&text, ", %.80s", eg_http_client_shown(l->http));
    }
    eg_buf_printf(&text, ": %s", why.text);
    (void)snprintf(it->err.text, sizeof it->err.text, "%.*s", (int)text.len, text.data);
    eg_buf_free(&text);
}

/* Is patience left for another try in so many seconds? */
static bool is_patient(const eg_http_engine *e, const eg_engine_item *it, uint64_t now_ns,
                       unsigned wait_s)
{
    const bool is_hasty = !atomic_load(&e->reached) && e->patience_s > FIRST_PATIENCE_S;
    return (now_ns - it->failed_ns) / s_ns + wait_s <=
           (is_hasty ? FIRST_PATIENCE_S : e->patience_s);
}

/* Longer and longer while one thing after another fails here; but not so long that a task which has
 * not failed before is given up untried. */
static unsigned rest_of(const eg_engine_line *l, unsigned retry_s)
{
    const uint64_t patience_s = l->engine->patience_s;
    unsigned rest_s = l->failures < 4 ? 1u << (l->failures - 1) : REST_MAX_S;
    rest_s = rest_s > patience_s ? (unsigned)patience_s : rest_s;
    return retry_s > rest_s ? retry_s : rest_s;
}

static void take_failure(eg_engine_line *l, eg_engine_item *it, const eg_remote *remote)
{
    eg_http_engine *e = l->engine;
    const uint64_t now_ns = eg_clock_monotonic_ns();
    const bool elsewhere = another_is_awake(e, l->service);
    char when[48];
    l->failures++;
    e->services[l->service].failures++;
    const unsigned rest_s = rest_of(l, remote->retry_after_s);
    it->failed_ns = it->failed_ns == 0 ? now_ns : it->failed_ns;
    it->failed_at = l->service + 1;
    set_rest(l, now_ns + rest_s * s_ns);
    if (!is_patient(e, it, now_ns, elsewhere ? 0 : rest_s)) {
        name_task(l, it);
        eg_engine_put_last(&e->finished, it);
        return;
    }
    (void)snprintf(when, sizeof when, elsewhere ? "asking another" : "asking again in %u s",
                   rest_s);
    if (is_news(&e->services[l->service], elsewhere, now_ns)) {
        note(e, remote->why, when);
    }
    put_first(&e->waiting, it);
    (void)pthread_cond_broadcast(&e->work);
}

static void take_result(eg_engine_line *l, eg_engine_item *it, const eg_remote *remote)
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
        eg_engine_put_last(&e->finished, it);
    }
    (void)pthread_cond_signal(&e->change);
}

static void do_tasks(eg_engine_line *l, eg_remote *remote, eg_arena *arena)
{
    eg_http_engine *e = l->engine;
    eg_engine_item it;
    (void)pthread_mutex_lock(&e->lock);
    while (next_task(l, &it)) {
        (void)pthread_mutex_unlock(&e->lock);
        it.result = attempt(l, remote, &it.task, arena, &it.err);
        (void)pthread_mutex_lock(&e->lock);
        take_result(l, &it, remote);
    }
    (void)pthread_mutex_unlock(&e->lock);
}

void *eg_engine_run_line(void *context)
{
    eg_engine_line *l = context;
    eg_remote remote;
    eg_arena arena;
    eg_arena_init(&arena, NULL);
    eg_remote_init(&remote, &l->http, 1, l->engine->plan->spec, NULL, 0);
    do_tasks(l, &remote, &arena);
    eg_remote_free(&remote);
    eg_arena_free(&arena);
    return NULL;
}
