#include "cluster/worker.h"

#include "base/clock.h"
#include "broker/backoff.h"
#include "broker/topology.h"
#include "cluster/hands.h"
#include "cluster/note.h"
#include "cluster/stop_signal.h"
#include "cluster/worker_pages.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

enum {
    LOOK_MS = 1000,         /* heartbeats, and signals that nothing else tells of */
    REFUSED_WAIT_MS = 2000, /* before what a full queue refused is published again */
    QUEUES_EVERY_S = 10
};
static const uint64_t ms_ns = 1000000u;

typedef struct worker {
    const eg_worker_settings *settings;
    eg_hands hands;
    eg_broker *broker;
    bool is_cancelled;  /* no more deliveries: it is to stop */
    bool was_connected; /* ever */
    uint64_t looked_ns; /* at the queues */
} worker;

/* ---- what is published ---- */

static eg_result publish_result(worker *w, eg_item *it, eg_error *err)
{
    const eg_broker_name queue = eg_broker_results_queue(it->task.election);
    eg_buf text;
    eg_buf_init(&text, NULL);
    eg_chunk_result_write(&text, &it->result);
    eg_result result = eg_buf_check(&text, err);
    result = eg_failed(result) ? result
                               : eg_broker_publish(w->broker, "", queue.text, eg_buf_str(&text),
                                                   &it->number, err);
    eg_buf_free(&text);
    return result;
}

static eg_result publish_again(worker *w, eg_item *it, eg_error *err)
{
    const eg_broker_name key =
        eg_broker_task_key(eg_stage_names[it->task.stage], it->task.election);
    return eg_broker_publish(w->broker, EG_BROKER_WORK, key.text,
                             (eg_str){it->body, it->body_bytes}, &it->number, err);
}

/* Away with it: the broker knows what became of it. */
static void drop(eg_item *it)
{
    it->state = EG_ITEM_FREE;
    it->tag = 0;
}

static eg_result give_back(worker *w, eg_item *it, eg_error *err)
{
    const uint64_t tag = it->tag;
    drop(it);
    return tag == 0 ? EG_SUCCESS : eg_broker_reject(w->broker, tag, true, err);
}

/* A task that is finished, one way or another. */
static eg_result conclude(worker *w, eg_item *it, eg_error *err)
{
    it->is_returned = false;
    switch (it->end) {
    case EG_WORK_DONE:
        EG_TRY(publish_result(w, it, err));
        break;
    case EG_WORK_FAULT:
        w->hands.counts.faults++;
        eg_note("warning", "%s of chunk %s, try %u: %s at '%s'", eg_stage_names[it->task.stage],
                it->task.chunk, it->tries, it->result.fault.code, it->result.fault.field);
        if (it->tries < EG_TASK_TRIES) {
            return give_back(w, it, err);
        }
        if (it->task.election[0] == '\0') { /* nobody to tell */
            const uint64_t tag = it->tag;
            drop(it);
            w->hands.counts.dead++;
            return tag == 0 ? EG_SUCCESS : eg_broker_reject(w->broker, tag, false, err);
        }
        EG_TRY(publish_result(w, it, err));
        break;
    case EG_WORK_NOT_NOW:
        EG_TRY(publish_again(w, it, err));
        break;
    }
    it->state = EG_ITEM_PUBLISHED;
    return EG_SUCCESS;
}

/* What was published for it is with the broker: now, and not before, the task itself is over. */
static eg_result settle(worker *w, eg_item *it, eg_error *err)
{
    eg_worker_counts *counts = &w->hands.counts;
    const uint64_t tag = it->tag;
    const bool is_returned = it->is_returned;
    drop(it);
    switch (it->end) {
    case EG_WORK_DONE:
        if (is_returned) {
            eg_note("info", "%s of chunk %s: nobody waits for it any more",
                    eg_stage_names[it->task.stage], it->task.chunk);
        }
        counts->done[it->task.stage]++;
        counts->ballots[it->task.stage] += it->task.count;
        break;
    case EG_WORK_FAULT:
        counts->dead++;
        return tag == 0 ? EG_SUCCESS : eg_broker_reject(w->broker, tag, false, err);
    case EG_WORK_NOT_NOW:
        counts->put_back++;
        if (is_returned) { /* its queue is gone; this connection's consumers are as well */
            return tag == 0 ? EG_SUCCESS : eg_broker_reject(w->broker, tag, true, err);
        }
        break;
    }
    return tag == 0 ? EG_SUCCESS : eg_broker_ack(w->broker, tag, err);
}

/* ---- what comes ---- */

static eg_item *item_of_body(worker *w, eg_item_state state, eg_str body)
{
    for (size_t i = 0; i < w->hands.item_count; i++) {
        eg_item *it = &w->hands.items[i];
        if (it->state == state && eg_str_equal((eg_str){it->body, it->body_bytes}, body)) {
            return it;
        }
    }
    return NULL;
}

/* The same task, in hand since before the connection was lost: it need not be done twice. */
static eg_item *left_over(worker *w, eg_str body)
{
    for (eg_item_state state = EG_ITEM_RUNNING; state <= EG_ITEM_PUBLISHED; state++) {
        eg_item *it = item_of_body(w, state, body);
        if (it != NULL && it->tag == 0) {
            return it;
        }
    }
    return NULL;
}

static eg_item *free_item(worker *w)
{
    for (size_t i = 0; i < w->hands.item_count; i++) {
        if (w->hands.items[i].state == EG_ITEM_FREE) {
            return &w->hands.items[i];
        }
    }
    return NULL;
}

static void fill(worker *w, eg_item *it, const eg_broker_event *event)
{
    eg_error why = {0};
    const size_t n = event->body.len < sizeof it->body ? event->body.len : sizeof it->body;
    it->tag = event->number;
    it->tries = event->returns < EG_TASK_TRIES ? (unsigned)event->returns + 1 : EG_TASK_TRIES;
    memcpy(it->body, event->body.data, n);
    it->body_bytes = n;
    if (!eg_failed(eg_chunk_task_read(&it->task, event->body, &why))) {
        it->state = EG_ITEM_WAITING;
        (void)pthread_cond_signal(&w->hands.change);
        return;
    }
    it->result = (eg_chunk_result){.task = it->task, .is_failed = true};
    memcpy(it->result.of, it->task.sha256, sizeof it->result.of);
    if (strlen(it->result.of) != EG_DIGEST_HEX) {
        it->result.task.chunk[0] = '\0'; /* what was read of it says not enough */
    }
    eg_fault_from_error(&it->result.fault, &why);
    it->end = EG_WORK_FAULT;
    it->state = EG_ITEM_FINISHED;
}

static eg_result take_delivery(worker *w, const eg_broker_event *event, eg_error *err)
{
    eg_item *it = left_over(w, event->body);
    w->hands.counts.redelivered += event->returns > 0;
    if (it != NULL) {
        it->tag = event->number;
        it->tries = (unsigned)(event->returns < EG_TASK_TRIES ? event->returns + 1 : EG_TASK_TRIES);
        return EG_SUCCESS;
    }
    it = free_item(w);
    if (it == NULL || w->is_cancelled) {
        return eg_broker_reject(w->broker, event->number, true, err);
    }
    fill(w, it, event);
    return EG_SUCCESS;
}

static bool is_meant(const eg_item *it, const eg_broker_event *event)
{
    return it->state == EG_ITEM_PUBLISHED &&
           (it->number == event->number || (event->multiple && it->number < event->number));
}

static eg_result take_confirmation(worker *w, const eg_broker_event *event, eg_error *err)
{
    for (size_t i = 0; i < w->hands.item_count; i++) {
        eg_item *it = &w->hands.items[i];
        if (!is_meant(it, event)) {
            continue;
        }
        if (event->kind == EG_BROKER_CONFIRMED) {
            EG_TRY(settle(w, it, err));
        } else {
            it->state = EG_ITEM_FINISHED;
            it->not_before_ns = eg_clock_monotonic_ns() + REFUSED_WAIT_MS * ms_ns;
        }
    }
    return EG_SUCCESS;
}

/* Confirmations come in the order of publication, and what is returned comes before its own. */
static void take_return(worker *w, const eg_broker_event *event)
{
    eg_chunk_result result;
    for (size_t i = 0; i < w->hands.item_count; i++) {
        eg_item *it = &w->hands.items[i];
        if (it->state != EG_ITEM_PUBLISHED) {
            continue;
        }
        it->is_returned = it->is_returned ||
                          (it->end == EG_WORK_NOT_NOW
                               ? eg_str_equal((eg_str){it->body, it->body_bytes}, event->body)
                               : !eg_failed(eg_chunk_result_read(&result, event->body, NULL)) &&
                                     strcmp(result.of, it->result.of) == 0 &&
                                     strcmp(result.task.election, it->task.election) == 0);
    }
}

static eg_result take_event(worker *w, const eg_broker_event *event, eg_error *err)
{
    switch (event->kind) {
    case EG_BROKER_NOTHING:
        break;
    case EG_BROKER_DELIVERY:
        return take_delivery(w, event, err);
    case EG_BROKER_CONFIRMED:
    case EG_BROKER_REFUSED:
        return take_confirmation(w, event, err);
    case EG_BROKER_RETURNED:
        take_return(w, event);
        break;
    case EG_BROKER_CANCELLED:
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "the broker has taken a queue away");
    }
    return EG_SUCCESS;
}

/* ---- one connection ---- */

static eg_result connect_and_consume(worker *w, size_t first, eg_error *err)
{
    EG_TRY(eg_broker_open(&w->broker, &w->settings->broker, first, err));
    EG_TRY(eg_broker_declare(w->broker, eg_stage_names, EG_STAGE_COUNT, err));
    for (size_t i = 0; i < EG_STAGE_COUNT; i++) {
        const eg_broker_name queue = eg_broker_stage_queue(eg_stage_names[i]);
        if (w->settings->stages[i]) {
            EG_TRY(eg_broker_consume(w->broker, queue.text, (unsigned)w->settings->parallel, err));
        }
    }
    return EG_SUCCESS;
}

static eg_result look_at_queues(worker *w, eg_error *err)
{
    const uint64_t now_ns = eg_clock_monotonic_ns();
    if (w->looked_ns != 0 && (now_ns - w->looked_ns) / (1000 * ms_ns) < QUEUES_EVERY_S) {
        return EG_SUCCESS;
    }
    w->looked_ns = now_ns;
    for (size_t i = 0; i < EG_STAGE_COUNT; i++) {
        const eg_broker_name queue = eg_broker_stage_queue(eg_stage_names[i]);
        uint32_t messages = 0;
        EG_TRY(eg_broker_waiting(w->broker, queue.text, &messages, err));
        eg_hands_lock(&w->hands);
        w->hands.counts.queued[i] = messages;
        eg_hands_unlock(&w->hands);
    }
    return EG_SUCCESS;
}

/* No more deliveries; what no thread has begun goes back. */
static eg_result begin_to_stop(worker *w, eg_error *err)
{
    w->is_cancelled = true;
    eg_note("info", "stopping: what is in hand is finished first");
    for (size_t i = 0; i < EG_STAGE_COUNT; i++) {
        const eg_broker_name queue = eg_broker_stage_queue(eg_stage_names[i]);
        if (w->settings->stages[i]) {
            EG_TRY(eg_broker_cancel(w->broker, queue.text, err));
        }
    }
    eg_hands_lock(&w->hands);
    w->hands.stopping = true;
    for (size_t i = 0; i < w->hands.item_count; i++) {
        eg_item *it = &w->hands.items[i];
        if (it->state == EG_ITEM_WAITING) {
            it->state = EG_ITEM_FINISHED;
            it->end = EG_WORK_NOT_NOW;
        }
    }
    (void)pthread_cond_broadcast(&w->hands.change);
    eg_hands_unlock(&w->hands);
    return EG_SUCCESS;
}

/* *left: how many tasks there still are. */
static eg_result conclude_all(worker *w, size_t *left, eg_error *err)
{
    const uint64_t now_ns = eg_clock_monotonic_ns();
    eg_result result = EG_SUCCESS;
    *left = 0;
    eg_hands_lock(&w->hands);
    for (size_t i = 0; i < w->hands.item_count && !eg_failed(result); i++) {
        eg_item *it = &w->hands.items[i];
        if (it->state == EG_ITEM_FINISHED && now_ns >= it->not_before_ns) {
            result = conclude(w, it, err);
        }
        *left += it->state != EG_ITEM_FREE;
    }
    eg_hands_unlock(&w->hands);
    return result;
}

/* What woke it is looked at anyway. */
static void drain(const worker *w)
{
    uint64_t wakes = 0;
    if (read(w->hands.wake, &wakes, sizeof wakes) < 0) {
        wakes = 0; /* nobody did */
    }
}

static eg_result step(worker *w, eg_error *err)
{
    eg_broker_event event;
    EG_TRY(eg_broker_next(w->broker, &event, LOOK_MS, w->hands.wake, err));
    drain(w);
    eg_hands_lock(&w->hands);
    eg_result result = take_event(w, &event, err);
    eg_hands_unlock(&w->hands);
    return result;
}

/* Until it is lost, or there is nothing left to do at the end. */
static eg_result serve(worker *w, eg_error *err)
{
    size_t left = 0;
    for (;;) {
        if (eg_stop_asked() && !w->is_cancelled) {
            EG_TRY(begin_to_stop(w, err));
        }
        EG_TRY(conclude_all(w, &left, err));
        if (w->is_cancelled && left == 0) {
            return EG_SUCCESS;
        }
        EG_TRY(step(w, err));
        EG_TRY(look_at_queues(w, err));
    }
}

/* Tags mean nothing any more, and what is not begun will be delivered again. */
static void forget_connection(worker *w)
{
    eg_broker_close(w->broker);
    w->broker = NULL;
    eg_hands_lock(&w->hands);
    w->hands.counts.is_connected = false;
    for (size_t i = 0; i < w->hands.item_count; i++) {
        eg_item *it = &w->hands.items[i];
        it->tag = 0;
        if (it->state == EG_ITEM_WAITING ||
            (it->state >= EG_ITEM_FINISHED && it->end != EG_WORK_DONE)) {
            drop(it);
        } else if (it->state == EG_ITEM_PUBLISHED) {
            it->state = EG_ITEM_FINISHED;
        }
    }
    eg_hands_unlock(&w->hands);
}

static void note_connection(worker *w)
{
    eg_hands_lock(&w->hands);
    w->hands.counts.is_connected = true;
    w->hands.counts.connections++;
    eg_hands_unlock(&w->hands);
    w->was_connected = true;
    w->looked_ns = 0;
    eg_note("info", "takes tasks from the broker");
}

static void wait_for_broker(const worker *w, unsigned failures)
{
    const uint64_t until_ns =
        eg_clock_monotonic_ns() + eg_backoff_ms(failures, eg_rng_system()) * ms_ns;
    while (!eg_stop_asked() && eg_clock_monotonic_ns() < until_ns) {
        const uint64_t left_ms = (until_ns - eg_clock_monotonic_ns()) / ms_ns + 1;
        struct pollfd stop = {.fd = w->hands.wake, .events = POLLIN};
        (void)poll(&stop, 1, (int)(left_ms < LOOK_MS ? left_ms : LOOK_MS));
        drain(w);
    }
}

static eg_result run(worker *w, eg_error *err)
{
    for (unsigned failures = 0; !eg_stop_asked(); failures++) {
        eg_result result = connect_and_consume(w, failures, err);
        if (!eg_failed(result)) {
            note_connection(w);
            failures = 0;
            result = serve(w, err);
            if (!eg_failed(result)) {
                break;
            }
            w->hands.counts.connections_lost++;
        } else if (!w->was_connected && !eg_is_not_now(result)) {
            forget_connection(w);
            return result; /* a mistake in the settings, most likely */
        }
        forget_connection(w);
        if (!eg_stop_asked()) {
            eg_note("warning", "%s; connecting again", err->text);
            wait_for_broker(w, failures + 1);
        }
    }
    eg_broker_close(w->broker);
    w->broker = NULL;
    eg_note("info", "stopped");
    return EG_SUCCESS;
}

eg_result eg_cluster_work(const eg_worker_settings *settings, eg_error *err)
{
    worker w = {.settings = settings};
    eg_eyes *eyes = NULL;
    eg_stop_watch();
    EG_TRY(eg_hands_open(&w.hands, settings, err));
    eg_stop_wake(w.hands.wake);
    eg_result result = eg_worker_pages_open(&eyes, &w.hands, settings->bind, err);
    result = eg_failed(result) ? result : run(&w, err);
    eg_eyes_close(eyes);
    eg_stop_wake(-1);
    eg_hands_close(&w.hands);
    return result;
}
