#include "client/service_ask.h"

#include "wire/fields.h"

enum { TIMEOUT_MS = 5000, ANSWER_BYTES_MAX = 1 << 20, THREADS_MAX = 1 << 20 };

/* The threads of all workers that serve. */
static void read_threads(eg_service_facts *out, const eg_node *status)
{
    const eg_node *workers = eg_map_find(status, "workers");
    for (size_t i = 0; workers != NULL && workers->kind == EG_ARRAY && i < workers->as.array.count;
         i++) {
        const eg_node *worker = &workers->as.array.items[i];
        const eg_node *found = worker->kind == EG_MAP ? eg_map_find(worker, "threads") : NULL;
        uint32_t threads = 0;
        eg_error err;
        if (found != NULL &&
            !eg_failed(eg_node_count(&threads, found, NULL, 0, THREADS_MAX, &err))) {
            out->threads += threads;
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
