#include "support/call_driver.h"

#include <stdlib.h>

enum { FEW = 64 };

typedef struct driver {
    eg_call call; /* first: add_item gets it back */
    eg_request request;
    eg_budget budget;
    eg_arena arena;
    pthread_mutex_t arena_lock;
    eg_api_settings settings; /* the service's defaults, unless the options bring others */
    void *first_items[FEW];   /* no allocation for few: tests make allocations fail */
    void **items;
    size_t item_count, item_capacity, items_run;
    size_t compute_units; /* of all rounds */
    pthread_mutex_t work_lock;
    uint64_t longest_unit; /* under work_lock */
    const char *longest_stage;
} driver;

static void add_item(eg_call *call, void *item)
{
    driver *d = call->server;
    if (d->item_count == d->item_capacity) {
        bool few = d->items == d->first_items;
        d->item_capacity *= 2;
        void **grown = realloc(few ? NULL : d->items, d->item_capacity * sizeof *d->items);
        if (grown == NULL) {
            abort();
        }
        if (few) {
            memcpy(grown, d->first_items, sizeof d->first_items);
        }
        d->items = grown;
    }
    d->items[d->item_count++] = item;
}

static bool is_stopped(const eg_call *call)
{
    (void)call;
    return false;
}

static eg_str str_or_empty(const char *text)
{
    return text == NULL ? EG_STR("") : eg_str_from(text);
}

static void prepare(driver *d, const eg_endpoint *endpoint, size_t body_bytes,
                    const drive_options *o)
{
    memset(d, 0, sizeof *d);
    d->items = d->first_items;
    d->item_capacity = FEW;
    eg_budget_init(&d->budget, o->memory_limit, NULL);
    eg_arena_init(&d->arena, &d->budget);
    (void)pthread_mutex_init(&d->arena_lock, NULL);
    (void)pthread_mutex_init(&d->work_lock, NULL);
    d->settings = (eg_api_settings){
        .verify_ballots_default = true, .key_table_cache = 4, .units_at_once = o->threads};
    d->request = (eg_request){
        .path = eg_str_from(endpoint->path),
        .path_tail = str_or_empty(o->path_tail),
        .query = str_or_empty(o->query),
        .content_type = eg_str_from(o->content_type == NULL ? "application/json" : o->content_type),
        .accept = str_or_empty(o->accept),
        .request_id = EG_STR("test-request"),
        .has_body = body_bytes > 0,
    };
    d->call = (eg_call){
        .endpoint = endpoint,
        .request = &d->request,
        .settings = o->settings == NULL ? &d->settings : o->settings,
        .rng = o->rng == NULL ? eg_rng_system() : o->rng,
        .now_unix_s = o->now_unix_s,
        .arena = &d->arena,
        .budget = &d->budget,
        .arena_lock = &d->arena_lock,
        .add_item = add_item,
        .is_stopped = is_stopped,
        .server = d,
    };
}

/* ---- how long units are ---- */

typedef struct stopwatch {
    const drive_options *options;
    uint64_t work;
} stopwatch;

static stopwatch start(const drive_options *o)
{
    return (stopwatch){.options = o, .work = o->work == NULL ? 0 : o->work()};
}

static void note_unit(driver *d, const stopwatch *begun, const char *stage)
{
    if (begun->options->work == NULL) {
        return;
    }
    uint64_t work = begun->options->work() - begun->work;
    (void)pthread_mutex_lock(&d->work_lock);
    if (work >= d->longest_unit) {
        d->longest_unit = work;
        d->longest_stage = stage;
    }
    (void)pthread_mutex_unlock(&d->work_lock);
}

static eg_result serial(driver *d, eg_result (*stage)(eg_call *call, eg_error *err),
                        const drive_options *o, eg_error *err)
{
    const stopwatch begun = start(o);
    eg_result r = stage(&d->call, err);
    note_unit(d, &begun, "serial");
    return r;
}

/* ---- parallel stages ---- */

struct batch;
typedef eg_result (*run_fn)(struct batch *b, size_t i, eg_arena *scratch, eg_error *err);

typedef struct batch {
    driver *d;
    run_fn run;
    const char *stage;
    const drive_options *options;
    size_t count;
    size_t next;   /* under lock */
    size_t failed; /* lowest index that failed, or count; under lock */
    eg_error error;
    eg_buf *outputs; /* per unit, or NULL */
    pthread_mutex_t lock;
} batch;

static bool take(batch *b, size_t *i)
{
    (void)pthread_mutex_lock(&b->lock);
    *i = b->next++;
    bool more = *i < b->count && b->failed == b->count;
    (void)pthread_mutex_unlock(&b->lock);
    return more;
}

static void note_failure(batch *b, size_t i, const eg_error *error)
{
    (void)pthread_mutex_lock(&b->lock);
    if (i < b->failed) {
        b->failed = i;
        b->error = *error;
    }
    (void)pthread_mutex_unlock(&b->lock);
}

static void *work(void *context)
{
    batch *b = context;
    size_t i;
    while (take(b, &i)) {
        eg_arena scratch;
        eg_error error = {.code = EG_OK};
        eg_arena_init(&scratch, &b->d->budget);
        const stopwatch begun = start(b->options);
        if (eg_failed(b->run(b, i, &scratch, &error))) {
            note_failure(b, i, &error);
        }
        note_unit(b->d, &begun, b->stage);
        eg_arena_free(&scratch);
    }
    return NULL;
}

static eg_result run_batch(batch *b, const drive_options *o, eg_error *err)
{
    enum { THREADS_MAX = 16 };
    pthread_t threads[THREADS_MAX];
    size_t count = o->threads < THREADS_MAX ? o->threads : THREADS_MAX;
    b->failed = b->count;
    b->options = o;
    (void)pthread_mutex_init(&b->lock, NULL);
    for (size_t i = 1; i < count; i++) {
        if (pthread_create(&threads[i], NULL, work, b) != 0) {
            abort();
        }
    }
    (void)work(b);
    for (size_t i = 1; i < count; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    (void)pthread_mutex_destroy(&b->lock);
    if (b->failed < b->count) {
        *err = b->error;
        return (eg_result){err->code};
    }
    return EG_SUCCESS;
}

static eg_result item_unit(batch *b, size_t i, eg_arena *scratch, eg_error *err)
{
    driver *d = b->d;
    return d->call.endpoint->item(&d->call, d->items[d->items_run + i], scratch, err);
}

static eg_result compute_unit(batch *b, size_t i, eg_arena *scratch, eg_error *err)
{
    return b->d->call.endpoint->compute(&b->d->call, i, scratch, err);
}

static eg_result output_unit(batch *b, size_t i, eg_arena *scratch, eg_error *err)
{
    return b->d->call.endpoint->output(&b->d->call, i, scratch, &b->outputs[i], err);
}

static eg_result run_items(driver *d, const drive_options *o, eg_error *err)
{
    batch b = {.d = d, .run = item_unit, .stage = "item", .count = d->item_count - d->items_run};
    eg_result r = run_batch(&b, o, err);
    d->items_run = d->item_count;
    return r;
}

static eg_result take_body(driver *d, const char *body, size_t n, const drive_options *o,
                           eg_error *err)
{
    const eg_endpoint *e = d->call.endpoint;
    if (e->feed == NULL) {
        return EG_SUCCESS;
    }
    size_t step = o->feed_bytes == 0 ? n : o->feed_bytes;
    size_t at = 0;
    do {
        size_t piece = n - at < step ? n - at : step;
        EG_TRY(e->feed(&d->call, body + at, piece, at + piece == n, err));
        at += piece;
        if (!o->items_last) {
            EG_TRY(run_items(d, o, err));
        }
    } while (at < n);
    return run_items(d, o, err);
}

static eg_result run_compute(driver *d, const drive_options *o, eg_error *err)
{
    batch b = {.d = d, .run = compute_unit, .stage = "compute", .count = d->call.compute_units};
    return run_batch(&b, o, err);
}

static eg_result run_rounds(driver *d, const drive_options *o, eg_error *err)
{
    const eg_endpoint *e = d->call.endpoint;
    do {
        d->compute_units += d->call.compute_units;
        EG_TRY(run_compute(d, o, err));
        if (e->next == NULL) {
            return EG_SUCCESS;
        }
        EG_TRY(serial(d, e->next, o, err));
    } while (d->call.compute_units > 0);
    return EG_SUCCESS;
}

static void take_marks(eg_buf *out, const eg_buf *piece)
{
    out->failed = out->failed || piece->failed;
    out->misused = out->misused || piece->misused;
}

static eg_result run_output(driver *d, eg_buf *out, const drive_options *o, eg_error *err)
{
    size_t count = d->call.output_units;
    batch b = {.d = d, .run = output_unit, .stage = "output", .count = count};
    eg_buf few[FEW] = {{0}};
    b.outputs = count <= FEW ? few : calloc(count, sizeof *b.outputs);
    if (b.outputs == NULL) {
        abort();
    }
    eg_result r = run_batch(&b, o, err);
    for (size_t i = 0; i < count; i++) {
        take_marks(out, &b.outputs[i]);
        eg_buf_append_str(out, eg_buf_str(&b.outputs[i]));
        eg_buf_free(&b.outputs[i]);
    }
    if (b.outputs != few) {
        free(b.outputs);
    }
    return r;
}

static eg_result run_head(driver *d, eg_buf *out, eg_error *err)
{
    eg_buf head;
    eg_buf_init(&head, &d->budget);
    eg_result r = d->call.endpoint->head(&d->call, &head, err);
    take_marks(out, &head);
    eg_buf_append_str(out, eg_buf_str(&head));
    eg_buf_free(&head);
    return r;
}

static eg_result run(driver *d, const void *body, size_t n, const drive_options *o, eg_buf *out,
                     eg_error *err)
{
    const eg_endpoint *e = d->call.endpoint;
    if (e->begin != NULL) {
        EG_TRY(e->begin(&d->call, err));
    }
    EG_TRY(take_body(d, body, n, o, err));
    if (e->plan != NULL) {
        EG_TRY(serial(d, e->plan, o, err));
    }
    EG_TRY(run_rounds(d, o, err));
    if (e->finish != NULL) {
        EG_TRY(serial(d, e->finish, o, err));
    }
    if (e->head != NULL) {
        EG_TRY(run_head(d, out, err));
    }
    EG_TRY(run_output(d, out, o, err));
    if (e->tail != NULL) {
        EG_TRY(e->tail(&d->call, out, err));
    }
    return eg_buf_check(out, err);
}

void drive(driven *out, const eg_endpoint *endpoint, const void *body, size_t n,
           const drive_options *options)
{
    static const drive_options none;
    const drive_options *o = options == NULL ? &none : options;
    driver d;
    memset(out, 0, sizeof *out);
    eg_buf_init(&out->body, NULL);
    prepare(&d, endpoint, n, o);
    eg_result r = run(&d, body, n, o, &out->body, &out->error);
    out->ok = !eg_failed(r);
    out->content_type = d.call.content_type;
    if (!out->ok && o->error_body != NULL) {
        eg_buf_clear(&out->body);
        o->error_body(&out->body, &out->content_type, &out->error, &d.request, &d.call);
    }
    out->items = d.item_count;
    out->compute_units = d.compute_units;
    out->longest_unit = d.longest_unit;
    out->longest_stage = d.longest_stage;
    out->output_units = d.call.output_units;
    out->cast_ballots = d.call.cast_ballots;
    if (endpoint->end != NULL) {
        endpoint->end(&d.call);
    }
    eg_arena_free(&d.arena);
    (void)pthread_mutex_destroy(&d.arena_lock);
    (void)pthread_mutex_destroy(&d.work_lock);
    if (d.items != d.first_items) {
        free(d.items);
    }
    out->peak_bytes = d.budget.peak_bytes;
    out->left_bytes = d.budget.used_bytes;
}

void driven_free(driven *d)
{
    eg_buf_free(&d->body);
}
