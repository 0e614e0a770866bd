#include "support/call_driver.h"

#include <stdlib.h>

typedef struct driver {
    eg_call call; /* first: add_item gets it back */
    eg_request request;
    eg_budget budget;
    eg_arena arena;
    pthread_mutex_t arena_lock;
    void **items;
    size_t item_count, item_capacity, items_run;
} driver;

static const eg_api_settings default_settings = {.verify_ballots_default = true,
                                                 .key_table_cache = 4};

static void add_item(eg_call *call, void *item)
{
    driver *d = call->server;
    if (d->item_count == d->item_capacity) {
        d->item_capacity = d->item_capacity == 0 ? 64 : d->item_capacity * 2;
        d->items = realloc(d->items, d->item_capacity * sizeof *d->items);
        if (d->items == NULL) {
            abort();
        }
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
    eg_budget_init(&d->budget, o->memory_limit, NULL);
    eg_arena_init(&d->arena, &d->budget);
    (void)pthread_mutex_init(&d->arena_lock, NULL);
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
        .settings = o->settings == NULL ? &default_settings : o->settings,
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

static eg_result run_items(driver *d, eg_error *err)
{
    for (; d->items_run < d->item_count; d->items_run++) {
        eg_arena scratch;
        eg_arena_init(&scratch, &d->budget);
        eg_result r = d->call.endpoint->item(&d->call, d->items[d->items_run], &scratch, err);
        eg_arena_free(&scratch);
        EG_TRY(r);
    }
    return EG_SUCCESS;
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
            EG_TRY(run_items(d, err));
        }
    } while (at < n);
    return run_items(d, err);
}

static eg_result run_compute(driver *d, eg_error *err)
{
    for (size_t i = 0; i < d->call.compute_units; i++) {
        eg_arena scratch;
        eg_arena_init(&scratch, &d->budget);
        eg_result r = d->call.endpoint->compute(&d->call, i, &scratch, err);
        eg_arena_free(&scratch);
        EG_TRY(r);
    }
    return EG_SUCCESS;
}

static eg_result run_output(driver *d, eg_buf *out, eg_error *err)
{
    for (size_t i = 0; i < d->call.output_units; i++) {
        eg_arena scratch;
        eg_arena_init(&scratch, &d->budget);
        eg_result r = d->call.endpoint->output(&d->call, i, &scratch, out, err);
        eg_arena_free(&scratch);
        EG_TRY(r);
    }
    return EG_SUCCESS;
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
        EG_TRY(e->plan(&d->call, err));
    }
    EG_TRY(run_compute(d, err));
    if (e->finish != NULL) {
        EG_TRY(e->finish(&d->call, err));
    }
    if (e->head != NULL) {
        EG_TRY(e->head(&d->call, out, err));
    }
    EG_TRY(run_output(d, out, err));
    if (e->tail != NULL) {
        EG_TRY(e->tail(&d->call, out, err));
    }
    EG_BUG_IF(err, out->failed);
    return EG_SUCCESS;
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
    out->compute_units = d.call.compute_units;
    out->output_units = d.call.output_units;
    out->cast_ballots = d.call.cast_ballots;
    if (endpoint->end != NULL) {
        endpoint->end(&d.call);
    }
    eg_arena_free(&d.arena);
    (void)pthread_mutex_destroy(&d.arena_lock);
    free(d.items);
    out->peak_bytes = d.budget.peak_bytes;
    out->left_bytes = d.budget.used_bytes;
}

void driven_free(driven *d)
{
    eg_buf_free(&d->body);
}
