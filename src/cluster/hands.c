#include "cluster/hands.h"

#include "base/clock.h"
#include "broker/backoff.h"
#include "cluster/note.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

/* A task that nobody can do for so long goes back to the queue, well before the broker's own
 * patience with its consumers ends (30 minutes). */
enum { PATIENCE_S = 1200 };
static const uint64_t ms_ns = 1000000u;

typedef struct eg_hand {
    eg_hands *hands;
    eg_http_client *http;
    eg_store *store;
    eg_stage_work *work;
    pthread_t thread;
    bool runs;
} eg_hand;

/* ---- threads; all of this under the lock, but the work ---- */

/* Later stages first: what was begun is brought to an end. */
static eg_item *next_item(const eg_hands *hands)
{
    eg_item *found = NULL;
    for (size_t i = 0; i < hands->item_count; i++) {
        eg_item *it = &hands->items[i];
        if (it->state == EG_ITEM_WAITING && (found == NULL || it->task.stage > found->task.stage)) {
            found = it;
        }
    }
    return found;
}

static void wait_ms(eg_hands *hands, uint64_t ms)
{
    const uint64_t until_ns = eg_clock_monotonic_ns() + ms * ms_ns;
    const struct timespec when = {.tv_sec = (time_t)(until_ns / (1000 * ms_ns)),
                                  .tv_nsec = (long)(until_ns % (1000 * ms_ns))};
    while (!hands->stopping && eg_clock_monotonic_ns() < until_ns) {
        (void)pthread_cond_timedwait(&hands->change, &hands->lock, &when);
    }
}

static eg_work_end do_once(eg_hand *hand, eg_item *it, eg_work_wait *wait, eg_error *err)
{
    const uint64_t began_ns = eg_clock_monotonic_ns();
    eg_hands_unlock(hand->hands);
    const eg_work_end end = eg_stage_work_do(hand->work, &it->task, &it->result, wait, err);
    eg_hands_lock(hand->hands);
    hand->hands->counts.busy_seconds[it->task.stage] +=
        (double)(eg_clock_monotonic_ns() - began_ns) / 1e9;
    return end;
}

/* Again and again while a service or store is away, which costs no try. */
static void do_item(eg_hand *hand, eg_item *it)
{
    eg_hands *hands = hand->hands;
    const uint64_t began_ns = eg_clock_monotonic_ns();
    it->state = EG_ITEM_RUNNING;
    for (unsigned failures = 1;; failures++) {
        eg_work_wait wait;
        eg_error err = {0};
        it->end = do_once(hand, it, &wait, &err);
        const bool is_late = (eg_clock_monotonic_ns() - began_ns) / ms_ns > PATIENCE_S * 1000u;
        if (it->end != EG_WORK_NOT_NOW || hands->stopping || is_late) {
            break;
        }
        size_t *waiting = strcmp(wait.what, "store") == 0 ? &hands->counts.waiting_for_store
                                                          : &hands->counts.waiting_for_service;
        const uint64_t ms = eg_backoff_ms(failures, eg_rng_system());
        const uint64_t asked_ms = wait.retry_after_s * (uint64_t)1000;
        eg_note("warning", "%s of chunk %s waits for the %s: %s", eg_stage_names[it->task.stage],
                it->task.chunk, wait.what, err.text);
        ++*waiting;
        wait_ms(hands, asked_ms > ms && asked_ms < EG_BACKOFF_MOST_MS ? asked_ms : ms);
        --*waiting;
    }
    it->state = EG_ITEM_FINISHED;
}

static void *run_hand(void *context)
{
    eg_hand *hand = context;
    eg_hands *hands = hand->hands;
    const uint64_t one = 1;
    eg_hands_lock(hands);
    while (!hands->ending) {
        eg_item *it = next_item(hands);
        if (it == NULL) {
            (void)pthread_cond_wait(&hands->change, &hands->lock);
            continue;
        }
        do_item(hand, it);
        if (write(hands->wake, &one, sizeof one) < 0) {
            eg_note("error", "a finished task cannot be reported"); /* seen within a second */
        }
    }
    eg_hands_unlock(hands);
    return NULL;
}

/* ---- from start to end ---- */

static eg_result make_hand(eg_hands *hands, eg_hand *hand, eg_error *err)
{
    const eg_worker_settings *set = hands->settings;
    const eg_http_options http = {.url = set->url, .internal_key = set->internal_key};
    hand->hands = hands;
    EG_TRY(eg_http_client_new(&hand->http, &http, err));
    EG_TRY(eg_store_open(&hand->store, &set->store, err));
    hand->work = eg_stage_work_new(hand->http, hand->store);
    return hand->work == NULL ? EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory") : EG_SUCCESS;
}

static eg_result start_hands(eg_hands *hands, eg_error *err)
{
    for (size_t i = 0; i < hands->thread_count; i++) {
        EG_TRY(make_hand(hands, &hands->threads[i], err));
    }
    for (size_t i = 0; i < hands->thread_count; i++) {
        eg_hand *hand = &hands->threads[i];
        hand->runs = pthread_create(&hand->thread, NULL, run_hand, hand) == 0;
        if (!hand->runs) {
            return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "there are no threads for so many tasks");
        }
    }
    return EG_SUCCESS;
}

static bool make_lock(eg_hands *hands)
{
    pthread_condattr_t monotonic;
    bool made = pthread_mutex_init(&hands->lock, NULL) == 0;
    made = pthread_condattr_init(&monotonic) == 0 && made;
    made = pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0 && made;
    made = pthread_cond_init(&hands->change, &monotonic) == 0 && made;
    (void)pthread_condattr_destroy(&monotonic);
    return made;
}

eg_result eg_hands_open(eg_hands *hands, const eg_worker_settings *settings, eg_error *err)
{
    *hands = (eg_hands){.settings = settings, .thread_count = settings->parallel};
    /* of each stage as many as are done at once; and as many again that an earlier connection left
     */
    hands->item_count = 2 * settings->parallel * EG_STAGE_COUNT;
    hands->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    hands->items = calloc(hands->item_count, sizeof *hands->items);
    hands->threads = calloc(hands->thread_count, sizeof *hands->threads);
    for (size_t i = 0; i < EG_STAGE_COUNT; i++) {
        hands->counts.queued[i] = -1;
    }
    eg_result result =
        !make_lock(hands) || hands->wake < 0 || hands->items == NULL || hands->threads == NULL
            ? EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory")
            : start_hands(hands, err);
    if (eg_failed(result)) {
        eg_hands_close(hands);
    }
    return result;
}

void eg_hands_close(eg_hands *hands)
{
    eg_hands_lock(hands);
    hands->stopping = true;
    hands->ending = true;
    (void)pthread_cond_broadcast(&hands->change);
    eg_hands_unlock(hands);
    for (size_t i = 0; hands->threads != NULL && i < hands->thread_count; i++) {
        eg_hand *hand = &hands->threads[i];
        if (hand->runs) {
            (void)pthread_join(hand->thread, NULL);
        }
        eg_stage_work_free(hand->work);
        eg_store_close(hand->store);
        eg_http_client_free(hand->http);
    }
    if (hands->wake >= 0) {
        (void)close(hands->wake);
    }
    free(hands->threads);
    free(hands->items);
    (void)pthread_cond_destroy(&hands->change);
    (void)pthread_mutex_destroy(&hands->lock);
    *hands = (eg_hands){.wake = -1};
}
