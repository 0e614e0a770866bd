#include "server/http/exchange.h"

#include "api/routes.h"
#include "base/clock.h"
#include "server/http/access_log.h"
#include "server/http/answer.h"
#include "server/http/connection.h"
#include "server/http/head.h"
#include "server/http/metrics.h"

#include <stdlib.h>
#include <sys/eventfd.h>

enum { STATUS_LEFT = 499 }; /* in metrics and log: the client left, no answer was owed */

static const uint64_t s_ns = 1000000000u;

/* ---- the request line ---- */

void *eg_exchange_on_line(void *context, const char *uri, struct MHD_Connection *mhd)
{
    eg_connection *connection = eg_connection_of(mhd);
    eg_exchange *x = connection == NULL ? NULL : calloc(1, sizeof *x);
    if (x == NULL) {
        return NULL; /* the next callback ends the connection */
    }
    size_t path_bytes = strcspn(uri, "?");
    x->http = context;
    x->connection = connection;
    x->query_copy = uri[path_bytes] == '?' ? strdup(uri + path_bytes + 1) : NULL;
    x->query = x->query_copy == NULL ? "" : x->query_copy;
    const char *nul = strstr(uri, "%00");
    x->bad_path = nul != NULL && nul < uri + path_bytes;
    eg_connection_heard(connection);
    x->started_ns = eg_connection_first_byte(connection);
    x->deadline_ns = x->started_ns + x->http->setup.settings->timeout_s * s_ns;
    x->row = eg_score_endpoint("other");
    connection->exchange = x;
    return x;
}

/* ---- the headers ---- */

static bool has_body(const eg_exchange *x)
{
    return x->length.chunked || x->length.bytes > 0;
}

static void judge(eg_exchange *x, const char *method)
{
    eg_arrival arrival = {
        .method = method, .path = x->path, .route = &x->route, .bad_path = x->bad_path};
    eg_head_read(&arrival, x->connection->mhd);
    eg_admission_length(&x->length, &arrival);
    if (x->endpoint != NULL && strcmp(x->endpoint->method, "POST") == 0) {
        eg_request request;
        eg_answer_request(x, &request);
        request.has_body = has_body(x);
        arrival.unread_type = !eg_api_reads(&request);
    }
    eg_admission_judge(&x->refusal, x->http->setup.settings, &arrival, &x->length);
    /* where the next request begins is a matter of opinion */
    x->unframed = x->refusal.code == EG_E_BAD_ENCODING || x->refusal.code == EG_E_LENGTH_REQUIRED;
}

/* Only the log wants to know it. */
static void name_client(eg_exchange *x)
{
    const eg_settings *settings = x->http->setup.settings;
    eg_address client;
    if ((settings->access_log || settings->audit_log != NULL) &&
        eg_head_client(&client, x->connection->mhd, &settings->proxies, x->connection->peer)) {
        eg_address_write(x->client, &client);
    }
}

/* Called by a compute thread. Without a listening socket of its own libmicrohttpd does not wake its
 * epoll for a resumed connection: the answer would wait for the next tick. */
static void resume(eg_job *job)
{
    MHD_resume_connection(job->connection);
    (void)eventfd_write(job->wake_fd, 1);
}

/* By the I/O thread, under the queue's lock. */
static void suspend(eg_job *job)
{
    MHD_suspend_connection(job->connection);
}

static bool give_flight(eg_exchange *x)
{
    x->job->flight =
        eg_flight_begin(x->http->setup.slot, x->id, x->row, x->started_ns, x->deadline_ns);
    return x->job->flight != NULL;
}

/* What browsers are answered holds one secret beside what may be somebody else's choice: its length
 * says nothing as long as it is not packed. */
static bool set_codings(eg_exchange *x)
{
    eg_coding body = EG_CODING_IDENTITY;
    (void)eg_coding_read(&body, eg_head_value(x->connection->mhd, "Content-Encoding"));
    bool codes =
        (x->endpoint->flags & EG_ENDPOINT_BROWSER) == 0 &&
        eg_api_accepts_coding(eg_head_value(x->connection->mhd, "Accept-Encoding"), "zstd");
    return eg_job_set_codings(x->job, body,
                              eg_admission_body_limit(x->http->setup.settings, x->endpoint), codes);
}

static void open_job(eg_exchange *x)
{
    const eg_http_setup *setup = &x->http->setup;
    eg_load load = {.memory_used_bytes = eg_budget_used(&setup->board->memory),
                    .jobs = x->http->requests,
                    .overflow = x->connection->overflow};
    eg_admission_room(&x->refusal, setup->settings, x->endpoint, &x->length, &load);
    if (x->refusal.code != EG_OK) {
        return;
    }
    eg_request request;
    eg_answer_request(x, &request);
    request.has_body = has_body(x);
    x->job = eg_job_new(x->endpoint, &request, &setup->settings->api, &setup->slot->memory,
                        x->started_ns, setup->settings->timeout_s * s_ns);
    if (x->job == NULL || !set_codings(x) || !give_flight(x) ||
        !eg_connection_grow(x->connection)) {
        if (x->job != NULL) {
            eg_job_free(x->job);
            x->job = NULL;
        }
        (void)EG_FAIL(&x->refusal, EG_E_BUSY, NULL, "the service is full; try again in a moment");
        return;
    }
    x->job->connection = x->connection->mhd;
    x->job->suspend = suspend;
    x->job->resume = resume;
    x->job->wake_fd = x->http->wake_fd;
    x->http->requests++;
    atomic_store(&setup->slot->jobs, x->http->requests);
    eg_connection_settle(x->connection);
    eg_queue_add(setup->queue, x->job);
}

/* A refused request whose body is small: it is read, so that the connection stays usable. With a
 * large one, or a client that waits to be told to send, the answer goes out now and libmicrohttpd
 * closes after it. */
static bool can_wait_for_body(const eg_exchange *x)
{
    return !x->unframed && eg_head_value(x->connection->mhd, "Expect").len == 0 &&
           (x->length.chunked || x->length.bytes <= EG_DISCARD_MAX);
}

static enum MHD_Result begin(eg_exchange *x, const char *url, const char *method)
{
    bool options = strcmp(method, "OPTIONS") == 0;
    x->begun = true;
    x->path = eg_route_path(url);
    if (eg_head_is_token(eg_str_from(method))) { /* it goes to the log */
        (void)strncpy(x->method, method, sizeof x->method - 1);
    }
    x->connection->state = EG_REQUEST;
    eg_access_id(x->id, eg_head_value(x->connection->mhd, "X-Request-Id"));
    eg_access_trace(x->trace, eg_head_value(x->connection->mhd, "traceparent"));
    eg_route_find(&x->route, x->method, x->path);
    x->endpoint = x->route.endpoint;
    x->row = eg_score_endpoint(x->endpoint != NULL ? x->endpoint->path : x->path);
    judge(x, method);
    name_client(x);
    x->connection->begun++;
    if (x->connection->begun > x->connection->framing.heads) {
        x->refusal.code = EG_OK;
        x->unframed = true;
        (void)EG_FAIL(&x->refusal, EG_E_BAD_ENCODING, NULL, "this is no request of its own");
    }
    if (x->refusal.code == EG_OK && x->endpoint != NULL && !options) {
        open_job(x);
    }
    if (x->refusal.code != EG_OK && x->refusal.code == EG_E_BUSY) {
        (void)atomic_fetch_add(&x->http->setup.slot->counters.refused, 1);
    }
    if (x->job == NULL && has_body(x)) {
        x->discarded_since_ns = eg_clock_monotonic_ns();
        if (x->refusal.code != EG_OK && !can_wait_for_body(x)) {
            return eg_answer_error(x, &x->refusal);
        }
    }
    return MHD_YES;
}

/* ---- the body ---- */

const eg_error *eg_exchange_error(const eg_exchange *x)
{
    return x->job == NULL ? &x->refusal : &x->job->error;
}

static bool much_is_to_come(const eg_exchange *x)
{
    uint64_t all = x->length.chunked ? x->body_bytes : x->length.bytes;
    return x->length.chunked ? all > EG_DISCARD_MAX : all - x->body_bytes > EG_DISCARD_MAX;
}

/* Bytes that nobody wants. False when reading on makes no sense. */
static bool discard(eg_exchange *x, bool settled)
{
    if (x->discarded_since_ns == 0) {
        x->discarded_since_ns = eg_clock_monotonic_ns();
    }
    if (settled && much_is_to_come(x)) {
        if (x->job == NULL &&
            x->refusal.code == EG_OK) { /* chunked, on a path that needs no body */
            (void)EG_FAIL(&x->refusal, EG_E_TOO_LARGE, NULL,
                          "the body must not be larger than %d bytes", EG_DISCARD_MAX);
        }
        if (eg_exchange_error(x)->code != EG_E_CANCELLED) {
            eg_answer_raw(x->connection, x, eg_exchange_error(x));
        }
        return false;
    }
    return true;
}

static enum MHD_Result take_bytes(eg_exchange *x, const char *bytes, size_t *n)
{
    eg_queue *queue = x->http->setup.queue;
    if (x->connection->doomed_ns != 0) {
        return MHD_NO; /* was answered already */
    }
    eg_input_state state = x->job == NULL ? EG_INPUT_REFUSED : eg_queue_await_room(queue, x->job);
    if (state == EG_INPUT_FULL) {
        return MHD_YES; /* nothing taken: offered again after resuming */
    }
    x->body_bytes += *n;
    if (state == EG_INPUT_TAKEN &&
        x->body_bytes > eg_admission_body_limit(x->http->setup.settings, x->endpoint)) {
        eg_error error = {0};
        (void)EG_FAIL(&error, EG_E_TOO_LARGE, NULL, "the body must not be larger than %zu bytes",
                      eg_admission_body_limit(x->http->setup.settings, x->endpoint));
        eg_queue_fail(queue, x->job, &error);
        state = EG_INPUT_REFUSED;
    }
    if (state == EG_INPUT_TAKEN) {
        eg_queue_feed(queue, x->job, bytes, *n);
    } else if (!discard(x, state == EG_INPUT_REFUSED)) {
        return MHD_NO;
    }
    *n = 0;
    return MHD_YES;
}

/* ---- the answer ---- */

/* To HEAD the answer's bytes are counted and dropped: the length is what there is to tell, and
 * libmicrohttpd 0.9.75 ends an answer of unknown length with a chunk, for HEAD as well. */
static enum MHD_Result count_answer(eg_exchange *x)
{
    char dropped[16 * 1024];
    for (;;) {
        size_t n = sizeof dropped;
        switch (eg_queue_take_output(x->http->setup.queue, x->job, dropped, &n)) {
        case EG_OUTPUT_TAKEN:
            x->sent_bytes += n;
            break;
        case EG_OUTPUT_NONE:
            return MHD_YES;
        case EG_OUTPUT_ENDED:
            return eg_answer_length(x);
        case EG_OUTPUT_BROKEN:
            return eg_answer_error(x, eg_exchange_error(x));
        }
    }
}

/* Answers when there is an answer, else waits to be resumed. */
static enum MHD_Result answer_job(eg_exchange *x)
{
    eg_answer answer = eg_queue_await_answer(x->http->setup.queue, x->job);
    if (strcmp(x->method, "HEAD") == 0 &&
        (answer == EG_ANSWER_BEGUN || answer == EG_ANSWER_WHOLE)) {
        return count_answer(x);
    }
    switch (answer) {
    case EG_ANSWER_NONE:
        return MHD_YES;
    case EG_ANSWER_BEGUN:
        return eg_answer_stream(x);
    case EG_ANSWER_WHOLE:
        return eg_answer_whole(x);
    case EG_ANSWER_ERROR:
        break;
    }
    const eg_error *error = eg_exchange_error(x);
    return error->code == EG_E_CANCELLED ? MHD_NO : eg_answer_error(x, error);
}

static enum MHD_Result answer_own(eg_exchange *x)
{
    eg_buf body;
    int status = 200;
    const char *content_type = "application/json";
    if (strcmp(x->path, "/status") == 0 && !x->http->setup.settings->status_page) {
        (void)EG_FAIL(&x->refusal, EG_E_NOT_FOUND, NULL, "there is no such path");
        return eg_answer_error(x, &x->refusal);
    }
    eg_buf_init(&body, NULL);
    eg_own_answer(&body, &status, &content_type, x->path, x->http->setup.board);
    enum MHD_Result result = eg_answer_bytes(x, status, content_type, eg_buf_str(&body));
    eg_buf_free(&body);
    return result;
}

static enum MHD_Result finish(eg_exchange *x)
{
    if (x->answered) {
        return MHD_NO; /* past libmicrohttpd */
    }
    if (!x->body_in) {
        x->body_in = true;
        if (x->job != NULL) {
            eg_queue_feed_end(x->http->setup.queue, x->job);
        }
    }
    if (x->refusal.code != EG_OK) {
        return eg_answer_error(x, &x->refusal);
    }
    if (strcmp(x->method, "OPTIONS") == 0) {
        return eg_answer_options(x);
    }
    return x->job == NULL ? answer_own(x) : answer_job(x);
}

enum MHD_Result eg_exchange_on_request(void *context, struct MHD_Connection *mhd, const char *url,
                                       const char *method, const char *version, const char *upload,
                                       size_t *upload_bytes, void **state)
{
    eg_exchange *x = *state;
    (void)context;
    (void)mhd;
    (void)version;
    if (x == NULL) {
        return MHD_NO;
    }
    if (!x->begun) {
        return begin(x, url, method);
    }
    return *upload_bytes > 0 ? take_bytes(x, upload, upload_bytes) : finish(x);
}

/* ---- the end ---- */

static void account(eg_exchange *x, enum MHD_RequestTerminationCode code)
{
    const eg_http_setup *setup = &x->http->setup;
    uint64_t took_ns = eg_clock_monotonic_ns() - x->started_ns;
    bool whole = code == MHD_REQUEST_TERMINATED_COMPLETED_OK || x->status >= 400;
    if (!x->answered || !whole) {
        x->status = STATUS_LEFT;
        (void)atomic_fetch_add(&setup->slot->counters.left, 1);
    }
    eg_score_request(setup->slot, x->row, x->status, took_ns);
    if (x->job != NULL && !eg_access_is_open(x->method, x->path, x->route.flags)) {
        (void)atomic_fetch_add(&setup->slot->worked, 1);
    }
    eg_exchange_log(x, took_ns);
}

void eg_exchange_on_completed(void *context, struct MHD_Connection *mhd, void **state,
                              enum MHD_RequestTerminationCode code)
{
    eg_exchange *x = *state;
    (void)context;
    (void)mhd;
    if (x == NULL) {
        return;
    }
    eg_http *http = x->http;
    account(x, code);
    if (x->job != NULL) {
        eg_queue_abandon(http->setup.queue, x->job);
        http->requests--;
        atomic_store(&http->setup.slot->jobs, http->requests);
    }
    eg_connection_settle(x->connection);
    x->connection->done += x->begun ? 1 : 0;
    x->connection->ended = code != MHD_REQUEST_TERMINATED_COMPLETED_OK;
    eg_connection_idle(x->connection);
    free(x->query_copy);
    free(x);
    *state = NULL;
}

void eg_exchange_broken(eg_exchange *x, const char *why)
{
    eg_error error = {0};
    (void)EG_FAIL(&error, EG_E_BAD_ENCODING, NULL, "%s", why);
    if (x->job != NULL) {
        eg_queue_fail(x->http->setup.queue, x->job, &error);
    }
    if (x->answered) {
        eg_connection_cut(x->connection);
    } else {
        eg_answer_raw(x->connection, x, &error);
    }
}
