#include "server/http.h"

#include "base/clock.h"
#include "base/hex.h"
#include "base/secret.h"
#include "server/own.h"
#include "server/route.h"

#include <microhttpd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    PENDING_MAX = 1024 * 1024, /* bytes of a body that may wait to be decoded */
    DRAIN_MAX =
        1024 *
        1024, /* a refused body up to this size is read, so that the connection stays usable */
    BLOCK = 64 * 1024, /* of a streamed answer */
    HEADER_MEMORY = 64 * 1024,
    ID_MAX = 64
};

struct eg_http {
    struct MHD_Daemon *daemon;
    const eg_settings *settings;
    eg_pool *pool;
    eg_budget *memory;
    _Atomic unsigned in_flight;
    _Atomic uint64_t served;
    _Atomic bool draining;
};

/* One request of a connection. */
typedef struct exchange {
    eg_http *http;
    struct MHD_Connection *connection;
    const eg_endpoint *endpoint; /* NULL when refused or the server's own */
    eg_job *job;
    eg_route_match route;
    eg_error refusal; /* code EG_OK: none */
    char method[16];
    char path[256];
    char id[ID_MAX + 1];
    int status;
    uint64_t started_ns;
} exchange;

static eg_str header(const exchange *x, const char *name)
{
    const char *value = MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
    return value == NULL ? EG_STR("") : eg_str_from(value);
}

/* ---- answers ---- */

static void add(struct MHD_Response *r, const char *name, const char *value)
{
    (void)MHD_add_response_header(r, name, value);
}

static void add_cors(const exchange *x, struct MHD_Response *r)
{
    if ((x->route.flags & EG_ENDPOINT_BROWSER) == 0) {
        return;
    }
    add(r, "Access-Control-Allow-Origin", x->http->settings->cors_origins);
    if (strcmp(x->http->settings->cors_origins, "*") != 0) {
        add(r, "Vary", "Origin");
    }
    add(r, "Access-Control-Allow-Methods", "POST, OPTIONS");
    add(r, "Access-Control-Allow-Headers",
        "Content-Type, Authorization, Accept, X-ElectionGuard-Internal-Key, X-Request-Id");
}

static enum MHD_Result send_response(exchange *x, struct MHD_Response *r, int status,
                                     const char *content_type)
{
    if (r == NULL) {
        return MHD_NO;
    }
    add(r, "Content-Type", content_type);
    add(r, "X-Content-Type-Options", "nosniff");
    add(r, "X-Frame-Options", "DENY");
    add(r, "X-XSS-Protection", "1; mode=block");
    add(r, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    add(r, "Cache-Control", "no-store");
    add(r, "X-Request-Id", x->id);
    if (status == 503) {
        add(r, "Retry-After", "2");
    }
    if (status == 405 || strcmp(x->method, "OPTIONS") == 0) {
        add(r, "Allow", x->route.allow[0] == '\0' ? "GET, HEAD, OPTIONS" : x->route.allow);
    }
    if (atomic_load(&x->http->draining)) {
        add(r, "Connection", "close");
    }
    add_cors(x, r);
    x->status = status;
    enum MHD_Result result = MHD_queue_response(x->connection, (unsigned)status, r);
    MHD_destroy_response(r);
    return result;
}

static enum MHD_Result send_bytes(exchange *x, int status, const char *content_type, eg_str body)
{
    return send_response(x,
                         MHD_create_response_from_buffer(body.len, (void *)(uintptr_t)body.data,
                                                         MHD_RESPMEM_MUST_COPY),
                         status, content_type);
}

static void request_of(const exchange *x, eg_request *out)
{
    *out = (eg_request){.path = eg_str_from(x->path),
                        .path_tail = x->route.tail,
                        .content_type = header(x, "Content-Type"),
                        .accept = header(x, "Accept"),
                        .request_id = eg_str_from(x->id)};
}

static enum MHD_Result send_error(exchange *x, const eg_error *error)
{
    eg_request request;
    eg_buf body;
    const char *content_type = "application/json";
    int status = eg_error_status(error->code);
    request_of(x, &request);
    eg_buf_init(&body, NULL);
    eg_error_body(&body, &content_type, error, &request, x->job == NULL ? NULL : &x->job->call);
    if (status >= 500 && status != 503) {
        fprintf(stderr, "egserve: request %s failed at %s: %s\n", x->id, error->where, error->text);
    }
    enum MHD_Result result = send_bytes(x, status, content_type, eg_buf_str(&body));
    eg_buf_free(&body);
    return result;
}

/* ---- a job's answer ---- */

/* The buffer whose turn it is, or NULL when it is not ready. Under the pool's lock. */
static eg_buf *ready_buffer(eg_job *job)
{
    for (;;) {
        switch (job->sending) {
        case EG_SENDING_HEAD:
            if (!job->head_ready) {
                return NULL;
            }
            if (job->sent_bytes < job->head.len) {
                return &job->head;
            }
            job->sending = EG_SENDING_UNITS;
            job->sent_bytes = 0;
            break;
        case EG_SENDING_UNITS: {
            size_t at = job->sent_units % EG_OUTPUT_WINDOW;
            if (job->sent_units == job->unit_count) {
                job->sending = EG_SENDING_TAIL;
                job->sent_bytes = 0;
                break;
            }
            if (!job->slot_ready[at]) {
                return NULL;
            }
            if (job->sent_bytes < job->slot[at].len) {
                return &job->slot[at];
            }
            eg_buf_free(&job->slot[at]);
            job->slot_ready[at] = false;
            job->sent_units++;
            job->sent_bytes = 0;
            break;
        }
        case EG_SENDING_TAIL:
            if (!job->tail_ready) {
                return NULL;
            }
            if (job->sent_bytes < job->tail.len) {
                return &job->tail;
            }
            job->sending = EG_SENT;
            break;
        case EG_SENT:
            return NULL;
        }
    }
}

static ssize_t read_answer(void *context, uint64_t position, char *to, size_t room)
{
    exchange *x = context;
    eg_job *job = x->job;
    ssize_t result = 0;
    (void)position;
    (void)pthread_mutex_lock(&x->http->pool->lock);
    eg_buf *from = ready_buffer(job);
    if (from != NULL) {
        size_t n = from->len - job->sent_bytes < room ? from->len - job->sent_bytes : room;
        memcpy(to, from->data + job->sent_bytes, n);
        job->sent_bytes += n;
        result = (ssize_t)n;
        (void)pthread_cond_broadcast(&x->http->pool->work); /* the window may have moved */
    } else if (job->sending == EG_SENT) {
        result = MHD_CONTENT_READER_END_OF_STREAM;
    } else if (job->phase == EG_PHASE_FAILED) {
        result = MHD_CONTENT_READER_END_WITH_ERROR; /* no client may take half an answer for a whole
                                                       one */
    } else {
        job->suspended = true;
        MHD_suspend_connection(x->connection);
        (void)pthread_cond_broadcast(&x->http->pool->work);
    }
    (void)pthread_mutex_unlock(&x->http->pool->lock);
    return result;
}

/* What is complete is sent with its length. */
static enum MHD_Result send_whole(exchange *x)
{
    eg_buf whole;
    eg_job *job = x->job;
    eg_buf_init(&whole, NULL);
    (void)pthread_mutex_lock(&x->http->pool->lock);
    for (eg_buf *from = ready_buffer(job); from != NULL; from = ready_buffer(job)) {
        eg_buf_append(&whole, from->data + job->sent_bytes, from->len - job->sent_bytes);
        job->sent_bytes = from->len;
    }
    (void)pthread_mutex_unlock(&x->http->pool->lock);
    enum MHD_Result result = send_bytes(x, job->call.status == 0 ? 200 : job->call.status,
                                        job->call.content_type, eg_buf_str(&whole));
    eg_buf_free(&whole);
    return result;
}

static void resume(eg_job *job)
{
    MHD_resume_connection(job->connection);
}

/* The body is in: answers when there is an answer, else waits to be resumed. */
static enum MHD_Result answer_job(exchange *x)
{
    eg_pool *pool = x->http->pool;
    eg_job *job = x->job;
    (void)pthread_mutex_lock(&pool->lock);
    bool failed = job->phase == EG_PHASE_FAILED && job->running == 0;
    bool whole = job->phase == EG_PHASE_DONE;
    bool stream = job->phase == EG_PHASE_OUTPUT && job->head_ready && job->unit_count > 1;
    if (!failed && !whole && !stream) {
        job->suspended = true;
        MHD_suspend_connection(x->connection);
    }
    (void)pthread_mutex_unlock(&pool->lock);
    if (failed) {
        return send_error(x, &job->error);
    }
    if (whole && job->unit_count <= 1) {
        return send_whole(x);
    }
    if (whole || stream) {
        return send_response(
            x, MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_answer, x, NULL),
            job->call.status == 0 ? 200 : job->call.status, job->call.content_type);
    }
    return MHD_YES;
}

/* ---- the beginning of a request ---- */

static void choose_id(exchange *x)
{
    eg_str given = header(x, "X-Request-Id");
    bool good = given.len > 0 && given.len <= ID_MAX;
    for (size_t i = 0; i < given.len && good; i++) {
        char c = given.data[i];
        good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_' || c == '.' || c == ':';
    }
    if (good) {
        memcpy(x->id, given.data, given.len);
        return;
    }
    uint8_t random[16];
    if (!eg_failed(eg_rng_fill(eg_rng_system(), random, sizeof random, NULL))) {
        eg_hex_encode_lower(x->id, random, sizeof random);
    }
}

static bool key_is_right(const exchange *x)
{
    const char *wanted = x->http->settings->internal_key;
    if (wanted == NULL || *wanted == '\0') {
        return true;
    }
    eg_str given = header(x, "X-ElectionGuard-Internal-Key");
    size_t n = strlen(wanted);
    return given.len == n && eg_secret_equal(given.data, wanted, n);
}

static bool is_exempt(const exchange *x)
{
    return strcmp(x->method, "OPTIONS") == 0 || eg_own_is_path(x->path) ||
           strcmp(x->path, "/api/health") == 0;
}

/* Content-Length, or SIZE_MAX when it is not given. False when it is no number. */
static bool announced_length(const exchange *x, size_t *out)
{
    eg_str text = header(x, "Content-Length");
    *out = text.len == 0 ? SIZE_MAX : 0;
    if (text.len > 18) {
        *out = SIZE_MAX - 1;
        return true;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        *out = *out * 10 + (size_t)(text.data[i] - '0');
    }
    return true;
}

static size_t body_limit(const exchange *x)
{
    size_t limit = x->endpoint == NULL ? DRAIN_MAX : x->endpoint->max_body_bytes;
    return limit < x->http->settings->max_body_bytes ? limit : x->http->settings->max_body_bytes;
}

#define REFUSE(x, ...) (void)EG_FAIL(&(x)->refusal, __VA_ARGS__)

static void judge_headers(exchange *x, size_t length)
{
    eg_str coding = header(x, "Content-Encoding");
    if (!is_exempt(x) && !key_is_right(x)) {
        REFUSE(x, EG_E_UNAUTHORIZED, NULL, "Invalid internal API key");
    } else if (strcmp(x->method, "OPTIONS") == 0 || eg_own_is_path(x->path)) {
        return;
    } else if (!x->route.path_known) {
        REFUSE(x, EG_E_NOT_FOUND, NULL, "there is no such path");
    } else if (x->route.endpoint == NULL) {
        REFUSE(x, EG_E_METHOD, NULL, "the path does not answer this method");
    } else if (coding.len > 0 && !eg_str_equal(coding, EG_STR("identity"))) {
        REFUSE(x, EG_E_MEDIA_TYPE, NULL, "a body with Content-Encoding is not taken");
    } else if (length != SIZE_MAX && length > body_limit(x)) {
        REFUSE(x, EG_E_TOO_LARGE, NULL, "the body must not be larger than %zu bytes",
               body_limit(x));
    } else if (atomic_load(&x->http->draining)) {
        REFUSE(x, EG_E_BUSY, NULL, "the service is shutting down");
    }
}

/* Room for the job: its place and its memory; the budget then counts what is really used. */
static void open_job(exchange *x, size_t length)
{
    const eg_settings *settings = x->http->settings;
    size_t expected = (length == SIZE_MAX ? 0 : length) + x->endpoint->fixed_memory_bytes;
    size_t used = atomic_load(&x->http->memory->used_bytes);
    if (atomic_load(&x->http->in_flight) >= settings->max_jobs ||
        used + expected > settings->max_memory_bytes) {
        REFUSE(x, EG_E_BUSY, NULL, "the service is full; try again in a moment");
        return;
    }
    eg_request request;
    request_of(x, &request);
    request.has_body = length != 0;
    x->job = eg_job_new(x->endpoint, &request, &settings->api, x->http->memory,
                        (uint64_t)settings->timeout_s * 1000000000u);
    if (x->job == NULL) {
        REFUSE(x, EG_E_BUSY, NULL, "the service is full; try again in a moment");
        return;
    }
    x->job->connection = x->connection;
    x->job->resume = resume;
    atomic_fetch_add(&x->http->in_flight, 1);
    eg_pool_add(x->http->pool, x->job);
}

static enum MHD_Result begin_exchange(exchange *x)
{
    size_t length;
    bool sane = announced_length(x, &length);
    choose_id(x);
    eg_route_find(&x->route, x->method, x->path);
    x->endpoint = x->route.endpoint;
    judge_headers(x, length);
    if (x->refusal.code == EG_OK && x->endpoint != NULL && strcmp(x->method, "OPTIONS") != 0) {
        open_job(x, length);
    }
    /* a large body behind a refusal is not read: MHD closes the connection after the answer */
    if (x->refusal.code != EG_OK && (!sane || length == SIZE_MAX || length > DRAIN_MAX) &&
        length != 0) {
        eg_str transfer = header(x, "Transfer-Encoding");
        return length == SIZE_MAX && transfer.len == 0 ? MHD_YES : send_error(x, &x->refusal);
    }
    return MHD_YES;
}

static enum MHD_Result take_bytes(exchange *x, const char *bytes, size_t *n)
{
    eg_job *job = x->job;
    if (job == NULL) {
        *n = 0; /* refused: the rest is only read */
        return MHD_YES;
    }
    eg_pool *pool = x->http->pool;
    (void)pthread_mutex_lock(&pool->lock);
    bool full = job->input_bytes >= PENDING_MAX && job->phase == EG_PHASE_INPUT;
    if (full) {
        job->suspended = true;
        MHD_suspend_connection(x->connection);
    }
    (void)pthread_mutex_unlock(&pool->lock);
    if (full) {
        return MHD_YES; /* nothing taken: offered again after resuming */
    }
    if (!eg_pool_feed(pool, job, bytes, *n)) {
        return MHD_NO;
    }
    *n = 0;
    return MHD_YES;
}

static enum MHD_Result finish_exchange(exchange *x)
{
    if (x->refusal.code != EG_OK) {
        return send_error(x, &x->refusal);
    }
    if (strcmp(x->method, "OPTIONS") == 0) {
        return send_bytes(x, 200, "application/json", EG_STR("{\"status\":\"ok\"}"));
    }
    if (x->job == NULL) {
        eg_own_facts facts = {.pool = x->http->pool,
                              .in_flight = atomic_load(&x->http->in_flight),
                              .served = atomic_load(&x->http->served),
                              .memory_bytes = atomic_load(&x->http->memory->used_bytes),
                              .draining = atomic_load(&x->http->draining)};
        eg_buf body;
        int status;
        const char *content_type;
        eg_buf_init(&body, NULL);
        bool known = eg_own_answer(&body, &status, &content_type, x->method, x->path, &facts);
        enum MHD_Result result;
        if (known) {
            result = send_bytes(x, status, content_type, eg_buf_str(&body));
        } else {
            REFUSE(x, EG_E_METHOD, NULL, "the path does not answer this method");
            result = send_error(x, &x->refusal);
        }
        eg_buf_free(&body);
        return result;
    }
    if (!x->job->input_complete) {
        eg_pool_feed_end(x->http->pool, x->job);
    }
    return answer_job(x);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **state)
{
    exchange *x = *state;
    (void)version;
    if (x == NULL) {
        x = calloc(1, sizeof *x);
        if (x == NULL) {
            return MHD_NO;
        }
        *state = x;
        x->http = context;
        x->connection = connection;
        x->started_ns = eg_clock_monotonic_ns();
        (void)snprintf(x->method, sizeof x->method, "%s", method);
        (void)snprintf(x->path, sizeof x->path, "%s", url);
        return begin_exchange(x);
    }
    if (*upload_size > 0) {
        return take_bytes(x, upload, upload_size);
    }
    return finish_exchange(x);
}

static void access_line(const exchange *x)
{
    char when[32];
    time_t now = (time_t)eg_clock_unix_s();
    struct tm parts;
    (void)gmtime_r(&now, &parts);
    (void)strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &parts);
    printf("{\"time\":\"%s\",\"request_id\":\"%s\",\"method\":\"%s\",\"path\":\"%s\",\"status\":%d,"
           "\"ms\":%.1f}\n",
           when, x->id, x->method, x->route.path_known || eg_own_is_path(x->path) ? x->path : "-",
           x->status, (double)(eg_clock_monotonic_ns() - x->started_ns) / 1e6);
    (void)fflush(stdout);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    eg_http *http = context;
    exchange *x = *state;
    (void)connection;
    (void)code;
    if (x == NULL) {
        return;
    }
    if (x->job != NULL) {
        eg_pool_abandon(http->pool, x->job);
        atomic_fetch_sub(&http->in_flight, 1);
    }
    atomic_fetch_add(&http->served, 1);
    if (http->settings->access_log) {
        access_line(x);
    }
    free(x);
    *state = NULL;
}

eg_http *eg_http_start(int listen_fd, const eg_settings *settings, eg_pool *pool, eg_budget *memory)
{
    eg_http *http = calloc(1, sizeof *http);
    if (http == NULL) {
        return NULL;
    }
    http->settings = settings;
    http->pool = pool;
    http->memory = memory;
    http->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, http,
        MHD_OPTION_LISTEN_SOCKET, listen_fd, MHD_OPTION_NOTIFY_COMPLETED, on_completed, http,
        MHD_OPTION_CONNECTION_LIMIT, settings->worker_connections, MHD_OPTION_CONNECTION_TIMEOUT,
        settings->timeout_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_MEMORY,
        MHD_OPTION_END);
    if (http->daemon == NULL) {
        free(http);
        return NULL;
    }
    return http;
}

void eg_http_stop(eg_http *http, unsigned grace_s)
{
    const struct timespec pause = {0, 50 * 1000 * 1000};
    atomic_store(&http->draining, true);
    (void)MHD_quiesce_daemon(http->daemon);
    for (unsigned i = 0; i < grace_s * 20 && atomic_load(&http->in_flight) > 0; i++) {
        (void)nanosleep(&pause, NULL);
    }
    MHD_stop_daemon(http->daemon);
    free(http);
}
