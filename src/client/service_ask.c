#include "client/service_ask.h"

#include "wire/fields.h"

enum { TIMEOUT_MS = 5000, ANSWER_BYTES_MAX = 1 << 20, THREADS_MAX = 1 << 20 };

static size_t count_of(const eg_node *map, const char *name, size_t max)
{
    const eg_node *found = eg_map_find(map, name);
    int64_t value = 0;
    eg_error err;
    return found != NULL && !eg_failed(eg_node_int64(&value, found, NULL, &err)) && value > 0 &&
                   (uint64_t)value <= max
               ? (size_t)value
               : 0;
}

/* A worker on its way out has a successor, which is counted. */
static bool stays(const eg_node *worker)
{
    const eg_node *state = eg_map_find(worker, "state");
    return state == NULL || state->kind != EG_STRING ||
           !eg_str_equal(state->as.str, EG_STR("retiring"));
}

/* The threads of all workers that serve. */
static void read_threads(eg_service_facts *out, const eg_node *status)
{
    const eg_node *workers = eg_map_find(status, "workers");
    for (size_t i = 0; workers != NULL && workers->kind == EG_ARRAY && i < workers->as.array.count;
         i++) {
        const eg_node *worker = &workers->as.array.items[i];
        if (worker->kind == EG_MAP && stays(worker)) {
            out->threads += count_of(worker, "threads", THREADS_MAX);
        }
    }
}

static void read_answer(eg_service_facts *out, const eg_http_answer *answer)
{
    eg_arena arena;
    eg_error err;
    eg_node status;
    eg_arena_init(&arena, NULL);
    if (answer->status == 200 &&
        !eg_failed(
            eg_tree_parse(&status, EG_JSON, eg_buf_str(&answer->body), 0, &arena, NULL, &err)) &&
        status.kind == EG_MAP) {
        read_threads(out, &status);
        out->max_body_bytes = count_of(&status, "max_body_bytes", SIZE_MAX);
    }
    eg_arena_free(&arena);
}

void eg_service_ask(eg_service_facts *out, const char *url, const char *internal_key)
{
    const eg_http_options options = {.url = url,
                                     .internal_key = internal_key,
                                     .connect_timeout_ms = TIMEOUT_MS,
                                     .timeout_ms = TIMEOUT_MS,
                                     .answer_bytes_max = ANSWER_BYTES_MAX};
    const eg_http_request request = {
        .method = "GET", .path = "/status", .accept = "application/json"};
    eg_http_client *http = NULL;
    eg_http_answer answer;
    eg_error err;
    *out = (eg_service_facts){0};
    if (eg_failed(eg_http_client_new(&http, &options, &err))) {
        return;
    }
    eg_http_answer_init(&answer);
    if (!eg_failed(eg_http_client_send(http, &request, &answer, &err))) {
        read_answer(out, &answer);
    }
    eg_http_answer_free(&answer);
    eg_http_client_free(http);
}
