#include "cluster/broker_engine.h"

#include "base/clock.h"
#include "base/hex.h"
#include "broker/backoff.h"
#include "broker/topology.h"
#include "client/interrupt.h"
#include "cluster/election_object.h"
#include "cluster/engine_pages.h"
#include "cluster/ledger.h"
#include "cluster/objects.h"
#include "cluster/task_lines.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    LOOK_MS = 200, /* how often signals and the clock are looked at */
    UNCONFIRMED_MAX = 64,
    PREFETCH = 64,
    REFUSED_WAIT_MS = 2000
};
static const uint64_t ms_ns = 1000000u;

typedef enum item_state {
    ITEM_FREE,
    ITEM_TO_SEND,
    ITEM_SENT,     /* unconfirmed */
    ITEM_OUT,      /* with the broker, or a worker */
    ITEM_RECORDED, /* its result is in the ledger, but not yet in the folder */
    ITEM_FAILED
} item_state;

typedef struct item {
    item_state state;
    eg_task task;
    char of[EG_DIGEST_HEX + 1]; /* the digest of its object; "": not made yet */
    uint64_t number;            /* of its publication */
    uint64_t not_before_ns;
    unsigned silences; /* how often it was published again because nothing came */
    eg_fault fault;
} item;

struct eg_broker_engine {
    eg_engine engine;
    eg_broker_engine_options options;
    const eg_run_plan *plan;
    eg_store *store;
    eg_eyes *eyes;
    eg_engine_shown shown;
    eg_arena scratch;
    char election[EG_DIGEST_HEX + 1]; /* "": its object is not in the store yet */
    eg_ledger ledger;
    bool has_ledger;
    eg_broker *broker; /* NULL: not connected */
    unsigned failures; /* to connect, in a row */
    uint64_t retry_ns; /* not before */
    bool was_connected;
    uint64_t heard_ns; /* the latest result, or the connection */
    item *items;       /* engine.window */
};

/* ---- the broker ---- */

static bool is_under_way(const item *it)
{
    return it->state != ITEM_FREE && it->state != ITEM_FAILED;
}

static void lose_broker(eg_broker_engine *e)
{
    eg_broker_close(e->broker);
    e->broker = NULL;
    atomic_store(&e->shown.is_connected, false);
    for (size_t i = 0; i < e->engine.window; i++) {
        if (e->items[i].state == ITEM_SENT) { /* who knows: twice is harmless */
            e->items[i].state = ITEM_TO_SEND;
        }
    }
}

static eg_result connect(eg_broker_engine *e, eg_error *err)
{
    const eg_broker_name queue = eg_broker_results_queue(e->election);
    EG_TRY(eg_broker_open(&e->broker, &e->options.broker, e->failures, err));
    EG_TRY(eg_broker_declare(e->broker, eg_stage_names, EG_STAGE_COUNT, err));
    EG_TRY(eg_broker_declare_results(e->broker, e->election, err));
    EG_TRY(eg_broker_consume(e->broker, queue.text, PREFETCH, err));
    e->was_connected = true;
    e->failures = 0;
    e->heard_ns = eg_clock_monotonic_ns();
    atomic_store(&e->shown.is_connected, true);
    return EG_SUCCESS;
}

/* What waiting mends is waited for; what it does not mend ends a run that never got further. */
static eg_result after_failure(eg_broker_engine *e, eg_result why, eg_error *err)
{
    lose_broker(e);
    if (!e->was_connected && !eg_is_not_now(why)) {
        return why;
    }
    const uint64_t ms = eg_backoff_ms(++e->failures, eg_rng_system());
    e->retry_ns = eg_clock_monotonic_ns() + ms * ms_ns;
    eg_progress_note(e->options.progress, "%s; connecting again in %.1f s", err->text,
                     (double)ms / 1e3);
    return EG_SUCCESS;
}

/* ---- the store ---- */

/* The election's object, once; with its digest for a name the ledger can be read. */
static eg_result name_election(eg_broker_engine *e, eg_error *err)
{
    eg_buf text;
    if (e->has_ledger) {
        return EG_SUCCESS;
    }
    eg_buf_init(&text, NULL);
    eg_election_object_write(&text, e->plan->spec, e->plan->ceremony);
    eg_buf_append_char(&text, '\n');
    eg_result result = eg_buf_check(&text, err);
    result = eg_failed(result)
                 ? result
                 : eg_election_object_put(e->store, eg_buf_str(&text), e->election, err);
    eg_buf_free(&text);
    EG_TRY(result);
    EG_TRY(eg_ledger_open(&e->ledger, e->plan, e->election, err));
    e->has_ledger = true;
    return EG_SUCCESS;
}

static eg_stage stage_of(const eg_task *task)
{
    return task->stage == EG_TASK_ENCRYPT ? EG_STAGE_ENCRYPT
           : task->stage == EG_TASK_TALLY ? EG_STAGE_TALLY
                                          : EG_STAGE_COMBINE;
}

static void digest_of(char out[EG_DIGEST_HEX + 1], const uint8_t bytes[EG_DIGEST_HEX / 2])
{
    eg_hex_encode_lower(out, bytes, EG_DIGEST_HEX / 2);
    out[EG_DIGEST_HEX] = '\0';
}

static void wait_for_store(eg_broker_engine *e, item *it, const eg_error *why)
{
    eg_progress_note(e->options.progress, "%s; trying again", why->text);
    it->not_before_ns = eg_clock_monotonic_ns() + REFUSED_WAIT_MS * ms_ns;
}

/* Is the object there since it is a recorded result itself? */
static bool is_stored(const eg_broker_engine *e, const eg_task *task, const eg_task_lines *made,
                      const char *sha256)
{
    const eg_task encrypted = {EG_TASK_ENCRYPT, 0, task->number};
    const eg_entry *entry = eg_ledger_entry(&e->ledger, &encrypted);
    char recorded[EG_DIGEST_HEX + 1];
    if (strcmp(made->kind, EG_OBJECT_BALLOTS) != 0 || entry->state != EG_ENTRY_DONE) {
        return false;
    }
    digest_of(recorded, entry->sha256);
    return strcmp(recorded, sha256) == 0;
}

/* ---- out ---- */

static eg_result put_object(eg_broker_engine *e, item *it, const eg_task_lines *made,
                            eg_chunk_task *message, eg_error *err)
{
    const eg_stem stem = eg_chunk_stem(e->election, made->kind, message->chunk);
    const eg_str lines = eg_buf_str(&made->lines);
    eg_object_ref ref;
    if (is_stored(e, &it->task, made, it->of)) {
        EG_TRY(eg_object_ref_of(&ref, stem.text, lines, err));
    } else {
        EG_TRY(eg_object_write(&ref, e->store, stem.text, lines, err));
    }
    memcpy(message->object, ref.name, sizeof ref.name);
    memcpy(message->sha256, ref.sha256, sizeof ref.sha256);
    return EG_SUCCESS;
}

static eg_result publish(eg_broker_engine *e, item *it, const eg_chunk_task *message, eg_error *err)
{
    const eg_broker_name key =
        eg_broker_task_key(eg_stage_names[message->stage], message->election);
    eg_buf text;
    eg_buf_init(&text, NULL);
    eg_chunk_task_write(&text, message);
    eg_result result = eg_buf_check(&text, err);
    result = eg_failed(result) ? result
                               : eg_broker_publish(e->broker, EG_BROKER_WORK, key.text,
                                                   eg_buf_str(&text), &it->number, err);
    eg_buf_free(&text);
    EG_TRY(result);
    it->state = ITEM_SENT;
    atomic_fetch_add(&e->shown.published, 1);
    return EG_SUCCESS;
}

static eg_result send_lines(eg_broker_engine *e, item *it, const eg_task_lines *made, eg_error *err)
{
    const eg_entry *entry = eg_ledger_entry(&e->ledger, &it->task);
    eg_chunk_task message = {.stage = stage_of(&it->task), .count = made->count};
    char recorded[EG_DIGEST_HEX + 1];
    eg_object_ref ref;
    EG_TRY(eg_object_ref_of(&ref, made->kind, eg_buf_str(&made->lines), err));
    memcpy(it->of, ref.sha256, sizeof it->of);
    digest_of(recorded, entry->of);
    if (entry->state == EG_ENTRY_DONE && strcmp(recorded, it->of) == 0) {
        it->state = ITEM_RECORDED; /* by a coordinator that was killed */
        return EG_SUCCESS;
    }
    memcpy(message.election, e->election, sizeof message.election);
    eg_chunk_name_of(message.chunk, &it->task);
    eg_result put = put_object(e, it, made, &message, err);
    if (eg_is_not_now(put)) { /* nothing is wrong with the broker */
        wait_for_store(e, it, err);
        return EG_SUCCESS;
    }
    EG_TRY(put);
    return publish(e, it, &message, err);
}

static eg_result send_item(eg_broker_engine *e, item *it, eg_error *err)
{
    eg_task_lines made;
    EG_TRY(eg_task_lines_make(&made, e->plan, &it->task, &e->scratch, err));
    eg_result result = send_lines(e, it, &made, err);
    eg_buf_free(&made.lines);
    eg_arena_reset(&e->scratch);
    return result;
}

static size_t count_of(const eg_broker_engine *e, item_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < e->engine.window; i++) {
        count += e->items[i].state == state;
    }
    return count;
}

static eg_result send_all(eg_broker_engine *e, eg_error *err)
{
    const uint64_t now_ns = eg_clock_monotonic_ns();
    size_t unconfirmed = count_of(e, ITEM_SENT);
    for (size_t i = 0; i < e->engine.window && unconfirmed < UNCONFIRMED_MAX; i++) {
        item *it = &e->items[i];
        if (it->state == ITEM_TO_SEND && now_ns >= it->not_before_ns) {
            EG_TRY(send_item(e, it, err));
            unconfirmed += it->state == ITEM_SENT;
        }
    }
    return EG_SUCCESS;
}

/* ---- in ---- */

static item *item_of(const eg_broker_engine *e, const eg_task *task)
{
    for (size_t i = 0; i < e->engine.window; i++) {
        item *it = &e->items[i];
        if (it->state != ITEM_FREE && it->task.stage == task->stage &&
            it->task.level == task->level && it->task.number == task->number) {
            return it;
        }
    }
    return NULL;
}

static void give_up_on(eg_broker_engine *e, item *it, const eg_fault *fault)
{
    eg_buf title;
    if (it->state == ITEM_FAILED || it->state == ITEM_RECORDED) {
        return;
    }
    it->state = ITEM_FAILED;
    it->fault = *fault;
    atomic_fetch_add(&e->shown.dead, 1);
    eg_buf_init(&title, NULL);
    eg_task_title(&title, e->plan, &it->task);
    eg_progress_note(e->options.progress, "%.*s was given up on: %s%s%s", (int)title.len,
                     title.data, fault->code, fault->field[0] == '\0' ? "" : " at ", fault->field);
    eg_buf_free(&title);
}

/* Recorded, and of what is asked now: not of what a coordinator before this one had asked. */
static bool is_recorded(const eg_entry *entry, const item *it)
{
    char recorded[EG_DIGEST_HEX + 1];
    digest_of(recorded, entry->of);
    return entry->state == EG_ENTRY_DONE &&
           (it == NULL || it->of[0] == '\0' || strcmp(recorded, it->of) == 0);
}

/* The first result of a chunk is recorded; what else comes is an orphan, whatever it says. */
static eg_result take_done(eg_broker_engine *e, const eg_task *task, const eg_chunk_result *result,
                           eg_error *err)
{
    const eg_entry *entry = eg_ledger_entry(&e->ledger, task);
    item *it = item_of(e, task);
    const char *kind = task->stage == EG_TASK_ENCRYPT ? EG_OBJECT_BALLOTS : EG_OBJECT_TALLIES;
    const eg_stem name =
        eg_chunk_object_name(e->election, kind, result->task.chunk, result->task.sha256);
    const bool is_ours = it == NULL || it->of[0] == '\0' || strcmp(it->of, result->of) == 0;
    if (is_recorded(entry, it) || !is_ours || eg_task_is_done(e->plan, task) ||
        strcmp(name.text, result->task.object) != 0) {
        atomic_fetch_add(&e->shown.orphans, 1);
        return EG_SUCCESS;
    }
    EG_TRY(eg_ledger_record(&e->ledger, task, result, err));
    atomic_fetch_add(&e->shown.recorded[result->task.stage], 1);
    if (it != NULL) {
        it->state = ITEM_RECORDED;
        memcpy(it->of, result->of, sizeof it->of);
    }
    return EG_SUCCESS;
}

static eg_result take_failed(eg_broker_engine *e, const eg_task *task,
                             const eg_chunk_result *result, eg_error *err)
{
    item *it = item_of(e, task);
    if (eg_ledger_entry(&e->ledger, task)->state == EG_ENTRY_DONE ||
        eg_task_is_done(e->plan, task)) {
        return EG_SUCCESS; /* somebody else could do it */
    }
    EG_TRY(eg_ledger_record(&e->ledger, task, result, err));
    if (it != NULL) {
        give_up_on(e, it, &result->fault);
    }
    return EG_SUCCESS;
}

static eg_result take_result(eg_broker_engine *e, eg_str body, eg_error *err)
{
    eg_chunk_result result;
    eg_task task;
    if (eg_failed(eg_chunk_result_read(&result, body, NULL)) ||
        strcmp(result.task.election, e->election) != 0 || result.task.chunk[0] == '\0' ||
        !eg_task_of_chunk_name(&task, e->plan, result.task.stage, result.task.chunk)) {
        eg_progress_note(e->options.progress, "a result that this election did not ask for");
        return EG_SUCCESS;
    }
    return result.is_failed ? take_failed(e, &task, &result, err)
                            : take_done(e, &task, &result, err);
}

/* A task of ours among the dead letters. Who gave it up has said why, unless it was the broker. */
static eg_result take_dead_letter(eg_broker_engine *e, const eg_broker_event *event, eg_error *err)
{
    eg_chunk_result result = {.is_failed = true};
    eg_task task;
    if (eg_str_equal(event->dead_reason, EG_STR("rejected"))) {
        return EG_SUCCESS; /* by a worker, whose result came first: this may be an earlier run's */
    }
    if (eg_failed(eg_chunk_task_read(&result.task, event->body, NULL)) ||
        !eg_task_of_chunk_name(&task, e->plan, result.task.stage, result.task.chunk)) {
        eg_progress_note(e->options.progress,
                         "a task under this election's name that nobody can read is among the dead "
                         "letters");
        return EG_SUCCESS;
    }
    item *it = item_of(e, &task);
    if (it != NULL && it->state == ITEM_FAILED) {
        return EG_SUCCESS;
    }
    memcpy(result.of, result.task.sha256, sizeof result.of);
    eg_fault_set(&result.fault, event->dead_reason, EG_STR(""));
    return take_failed(e, &task, &result, err);
}

static eg_result take_delivery(eg_broker_engine *e, const eg_broker_event *event, eg_error *err)
{
    e->heard_ns = eg_clock_monotonic_ns();
    if (event->dead_reason.len > 0) {
        EG_TRY(take_dead_letter(e, event, err));
    } else {
        EG_TRY(take_result(e, event->body, err));
    }
    return EG_SUCCESS;
}

static void take_confirmation(eg_broker_engine *e, const eg_broker_event *event)
{
    for (size_t i = 0; i < e->engine.window; i++) {
        item *it = &e->items[i];
        if (it->state != ITEM_SENT ||
            !(it->number == event->number || (event->multiple && it->number < event->number))) {
            continue;
        }
        if (event->kind == EG_BROKER_CONFIRMED) {
            it->state = ITEM_OUT;
        } else {
            it->state = ITEM_TO_SEND;
            it->not_before_ns = eg_clock_monotonic_ns() + REFUSED_WAIT_MS * ms_ns;
        }
    }
}

/* *is_ours: the failure is of this machine, not of the connection. */
static eg_result step(eg_broker_engine *e, bool *is_ours, eg_error *err)
{
    eg_broker_event event;
    *is_ours = false;
    EG_TRY(eg_broker_next(e->broker, &event, LOOK_MS, -1, err));
    switch (event.kind) {
    case EG_BROKER_DELIVERY: {
        eg_result taken = take_delivery(e, &event, err);
        *is_ours = eg_failed(taken);
        EG_TRY(taken);
        return eg_broker_ack(e->broker, event.number, err);
    }
    case EG_BROKER_CONFIRMED:
    case EG_BROKER_REFUSED:
        take_confirmation(e, &event);
        break;
    case EG_BROKER_RETURNED:
    case EG_BROKER_CANCELLED:
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "the broker has no queue for a task any more");
    case EG_BROKER_NOTHING:
        break;
    }
    return EG_SUCCESS;
}

/* ---- results ---- */

/* From the store into the run's folder. A recorded object that is gone, or is not what was asked
 * for, is taken back, and its task published anew. */
static eg_result fetch(eg_broker_engine *e, item *it, eg_error *err)
{
    const eg_entry *entry = eg_ledger_entry(&e->ledger, &it->task);
    const char *kind = it->task.stage == EG_TASK_ENCRYPT ? EG_OBJECT_BALLOTS : EG_OBJECT_TALLIES;
    char chunk[EG_CHUNK_NAME_BYTES];
    char sha256[EG_DIGEST_HEX + 1];
    eg_str lines;
    digest_of(sha256, entry->sha256);
    eg_chunk_name_of(chunk, &it->task);
    const eg_stem name = eg_chunk_object_name(e->election, kind, chunk, sha256);
    EG_TRY(eg_chunk_object_get(&lines, e->store, name.text, sha256, &e->scratch, err));
    return eg_task_lines_keep(e->plan, &it->task, lines, &e->scratch, err);
}

static eg_result take_back(eg_broker_engine *e, item *it, const eg_error *why, eg_error *err)
{
    eg_chunk_result result = {.is_failed = true};
    memcpy(result.task.election, e->election, sizeof result.task.election);
    result.task.stage = stage_of(&it->task);
    eg_chunk_name_of(result.task.chunk, &it->task);
    digest_of(result.of, eg_ledger_entry(&e->ledger, &it->task)->of);
    eg_fault_from_error(&result.fault, why);
    eg_progress_note(e->options.progress, "a recorded result cannot be used (%s); asking again",
                     result.fault.code);
    EG_TRY(eg_ledger_record(&e->ledger, &it->task, &result, err));
    it->state = ITEM_TO_SEND;
    return EG_SUCCESS;
}

/* *found: one is in the folder now. What the store cannot do now is tried again later. */
static eg_result keep_one(eg_broker_engine *e, eg_task *done, bool *found, eg_error *err)
{
    const uint64_t now_ns = eg_clock_monotonic_ns();
    *found = false;
    for (size_t i = 0; i < e->engine.window && !*found; i++) {
        item *it = &e->items[i];
        if (it->state != ITEM_RECORDED || now_ns < it->not_before_ns) {
            continue;
        }
        eg_result result = fetch(e, it, err);
        eg_arena_reset(&e->scratch);
        if (eg_is_not_now(result)) {
            wait_for_store(e, it, err);
        } else if (eg_failed(result)) {
            const eg_error why = *err;
            EG_TRY(take_back(e, it, &why, err));
        } else {
            *done = it->task;
            *found = true;
            *it = (item){.state = ITEM_FREE};
        }
    }
    return EG_SUCCESS;
}

/* ---- when nothing comes ---- */

static eg_result tell_failures(const eg_broker_engine *e, const char *how, item_state state,
                               eg_error *err)
{
    const size_t count = count_of(e, state);
    const item *first = NULL;
    for (size_t i = e->engine.window; i > 0; i--) {
        const item *it = &e->items[i - 1];
        if (it->state == state && (first == NULL || it->task.number < first->task.number)) {
            first = it;
        }
    }
    eg_buf title;
    eg_buf_init(&title, NULL);
    eg_task_title(&title, e->plan, &first->task);
    eg_result result = EG_FAIL(
        err, EG_E_NOT_FOUND, NULL, "%.*s %s%s%s%s%s%s", (int)title.len, title.data, how,
        state == ITEM_FAILED ? ": " : "", state == ITEM_FAILED ? first->fault.code : "",
        first->fault.field[0] != '\0' && state == ITEM_FAILED ? " at " : "",
        state == ITEM_FAILED ? first->fault.field : "", count > 1 ? "; and so were others" : "");
    eg_buf_free(&title);
    return result;
}

/* Everything else is done. */
static eg_result check_failures(const eg_broker_engine *e, eg_error *err)
{
    for (size_t i = 0; i < e->engine.window; i++) {
        if (is_under_way(&e->items[i])) {
            return EG_SUCCESS;
        }
    }
    return tell_failures(e, "was given up on", ITEM_FAILED, err);
}

static eg_result check_silence(eg_broker_engine *e, eg_error *err)
{
    const uint64_t now_ns = eg_clock_monotonic_ns();
    if (e->options.silence_s == 0 || count_of(e, ITEM_OUT) == 0 ||
        (now_ns - e->heard_ns) / (1000 * ms_ns) < e->options.silence_s) {
        return EG_SUCCESS;
    }
    for (size_t i = 0; i < e->engine.window; i++) {
        if (e->items[i].state == ITEM_OUT && e->items[i].silences > 0) {
            return tell_failures(e, "is missing: no result came, though it was published twice",
                                 ITEM_OUT, err);
        }
    }
    eg_progress_note(e->options.progress, "no result for %llu s: publishing %zu tasks again",
                     (unsigned long long)e->options.silence_s, count_of(e, ITEM_OUT));
    e->heard_ns = now_ns;
    for (size_t i = 0; i < e->engine.window; i++) {
        if (e->items[i].state == ITEM_OUT) {
            e->items[i].silences++;
            e->items[i].state = ITEM_TO_SEND;
        }
    }
    return EG_SUCCESS;
}

/* ---- as an engine ---- */

static eg_result begin(void *context, const eg_run_plan *plan, eg_error *err)
{
    eg_broker_engine *e = context;
    (void)err;
    e->plan = plan;
    atomic_store(&e->shown.chunks, plan->chunk_count);
    return EG_SUCCESS;
}

static eg_result submit(void *context, const eg_task *task, eg_error *err)
{
    eg_broker_engine *e = context;
    for (size_t i = 0; i < e->engine.window; i++) {
        if (e->items[i].state == ITEM_FREE) {
            e->items[i] = (item){.state = ITEM_TO_SEND, .task = *task};
            return EG_SUCCESS;
        }
    }
    EG_BUG_IF(err, true);
    return EG_SUCCESS;
}

/* One look at everything. Failures are those that end the run. */
static eg_result go_on(eg_broker_engine *e, eg_error *err)
{
    bool is_ours = false;
    if (e->broker == NULL) {
        if (eg_clock_monotonic_ns() < e->retry_ns) {
            (void)eg_interrupt_wait_ms(LOOK_MS);
            return EG_SUCCESS;
        }
        eg_result connected = connect(e, err);
        return eg_failed(connected) ? after_failure(e, connected, err) : EG_SUCCESS;
    }
    eg_result result = send_all(e, err);
    if (eg_failed(result)) {
        is_ours = !eg_is_not_now(result);
    } else {
        result = step(e, &is_ours, err);
    }
    if (eg_failed(result)) {
        return is_ours ? result : after_failure(e, result, err);
    }
    return check_silence(e, err);
}

static eg_result name_election_patiently(eg_broker_engine *e, eg_error *err)
{
    for (;;) {
        eg_result result = name_election(e, err);
        if (!eg_is_not_now(result)) {
            return result;
        }
        eg_progress_note(e->options.progress, "%s; trying again", err->text);
        if (!eg_interrupt_wait_ms(REFUSED_WAIT_MS)) {
            return EG_FAIL(err, EG_E_CANCELLED, NULL, "interrupted");
        }
    }
}

static eg_result take(void *context, eg_task *done, eg_error *err)
{
    eg_broker_engine *e = context;
    bool found = false;
    EG_TRY(name_election_patiently(e, err));
    for (;;) {
        EG_TRY(keep_one(e, done, &found, err));
        atomic_store(&e->shown.out, count_of(e, ITEM_OUT) + count_of(e, ITEM_SENT));
        if (found) {
            return EG_SUCCESS;
        }
        if (eg_interrupted()) {
            return EG_FAIL(err, EG_E_CANCELLED, NULL, "interrupted");
        }
        EG_TRY(check_failures(e, err));
        EG_TRY(go_on(e, err));
        eg_progress_tick(e->options.progress);
    }
}

/* The results of an election that is tallied are of no use to anybody. */
static void end(void *context)
{
    eg_broker_engine *e = context;
    if (e->broker != NULL && e->plan != NULL && eg_run_folder_has(e->plan->folder, EG_RUN_TALLY)) {
        (void)eg_failed(eg_broker_delete_results(e->broker, e->election, NULL));
    }
    eg_broker_close(e->broker);
    e->broker = NULL;
    if (e->has_ledger) {
        eg_ledger_close(&e->ledger);
        e->has_ledger = false;
    }
    e->plan = NULL;
}

eg_result eg_broker_engine_new(eg_broker_engine **out, const eg_broker_engine_options *options,
                               eg_error *err)
{
    eg_broker_engine *e = calloc(1, sizeof *e);
    item *items = calloc(EG_BROKER_WINDOW, sizeof *items);
    if (e == NULL || items == NULL) {
        free(e);
        free(items);
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
    }
    e->engine = (eg_engine){e, EG_BROKER_WINDOW, begin, submit, take, end};
    e->options = *options;
    e->items = items;
    eg_arena_init(&e->scratch, NULL);
    eg_result result = eg_store_open(&e->store, &options->store, err);
    if (!eg_failed(result)) {
        result = eg_engine_pages_open(&e->eyes, &e->shown, options->metrics_bind, err);
    }
    if (eg_failed(result)) {
        eg_broker_engine_free(e);
        return result;
    }
    *out = e;
    return EG_SUCCESS;
}

eg_engine *eg_broker_engine_as_engine(eg_broker_engine *engine)
{
    return &engine->engine;
}

void eg_broker_engine_count(const eg_broker_engine *e, eg_broker_engine_counts *out)
{
    *out = (eg_broker_engine_counts){.orphans = atomic_load(&e->shown.orphans),
                                     .dead = atomic_load(&e->shown.dead),
                                     .published = atomic_load(&e->shown.published)};
    for (size_t i = 0; i < EG_STAGE_COUNT; i++) {
        out->recorded += atomic_load(&e->shown.recorded[i]);
    }
}

void eg_broker_engine_free(eg_broker_engine *e)
{
    if (e == NULL) {
        return;
    }
    end(e);
    eg_eyes_close(e->eyes);
    eg_store_close(e->store);
    eg_arena_free(&e->scratch);
    free(e->items);
    free(e);
}
