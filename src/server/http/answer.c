#include "server/http/answer.h"

#include "base/clock.h"
#include "server/board/log.h"
#include "server/http/access_log.h"
#include "server/http/connection.h"
#include "server/http/head.h"
#include "server/work/job_output.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    BLOCK = 64 * 1024, /* of a streamed answer */
    RETRY_AFTER_S = 2
};

static const char *const always[][2] = {
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"X-XSS-Protection", "1; mode=block"},
    {"Strict-Transport-Security", "max-age=31536000; includeSubDomains"},
    {"Cache-Control", "no-store"},
};
enum { ALWAYS = sizeof always / sizeof *always };

static const char allowed_headers[] =
    "Content-Type, Authorization, Accept, X-ElectionGuard-Internal-Key, X-Request-Id";

void eg_answer_request(const eg_exchange *x, eg_request *out)
{
    *out = (eg_request){.path = eg_str_from(x->path == NULL ? "" : x->path),
                        .path_tail = x->route.tail,
                        .query = eg_str_from(x->query),
                        .content_type = eg_head_value(x->connection->mhd, "Content-Type"),
                        .accept = eg_head_value(x->connection->mhd, "Accept"),
                        .request_id = eg_str_from(x->id)};
}

/* ---- headers ---- */

/* Each header goes to `put`, so that an answer of libmicrohttpd and one of our own carry the same.
 */
typedef void (*put_header)(void *to, const char *name, const char *value);

static void put_cors(const eg_exchange *x, put_header put, void *to)
{
    if ((x->route.flags & EG_ENDPOINT_BROWSER) == 0) {
        return;
    }
    char value[512];
    const char *allowed = x->http->setup.settings->cors_origins;
    eg_str origin = eg_access_origin(allowed, eg_head_value(x->connection->mhd, "Origin"));
    if (origin.len > 0 && origin.len < sizeof value) {
        (void)snprintf(value, sizeof value, "%.*s", (int)origin.len, origin.data);
        put(to, "Access-Control-Allow-Origin", value);
    }
    if (strcmp(allowed, "*") != 0) {
        put(to, "Vary", "Origin");
    }
    put(to, "Access-Control-Allow-Methods", "POST, OPTIONS");
    put(to, "Access-Control-Allow-Headers", allowed_headers);
    if (strcmp(x->method, "OPTIONS") == 0) {
        put(to, "Access-Control-Max-Age", "600");
    }
}

static const char *allowed_methods(const eg_exchange *x)
{
    return x->route.allow[0] != '\0'                      ? x->route.allow
           : x->path != NULL && eg_access_is_own(x->path) ? "GET, HEAD, OPTIONS"
                                                          : "OPTIONS";
}

static void put_headers(const eg_exchange *x, int status, const char *content_type, put_header put,
                        void *to)
{
    put(to, "Content-Type", content_type);
    put(to, "X-Request-Id", x->id);
    for (size_t i = 0; i < ALWAYS; i++) {
        put(to, always[i][0], always[i][1]);
    }
    if (status == 503) {
        char seconds[16];
        (void)snprintf(seconds, sizeof seconds, "%d", RETRY_AFTER_S);
        put(to, "Retry-After", seconds);
    }
    if (status == 415) {
        put(to, "Accept-Encoding", EG_CODINGS_TAKEN);
    }
    if (status == 405 || strcmp(x->method, "OPTIONS") == 0) {
        put(to, "Allow", allowed_methods(x));
    }
    put_cors(x, put, to);
}

static void put_response_header(void *to, const char *name, const char *value)
{
    (void)MHD_add_response_header(to, name, value);
}

/* ---- answers through libmicrohttpd ---- */

/* Set while we queue an answer: what libmicrohttpd queues at other times is its own, see below. */
static _Thread_local bool answering;

static enum MHD_Result send_response(eg_exchange *x, struct MHD_Response *r, int status,
                                     const char *content_type)
{
    if (r == NULL) {
        return MHD_NO;
    }
    put_headers(x, status, content_type, put_response_header, r);
    bool close = x->http->closed || x->connection->overflow || x->unframed;
    if (close) {
        (void)MHD_add_response_header(r, "Connection", "close");
    }
    /* before the body is in, libmicrohttpd closes after the answer: the client may be sending */
    x->connection->unread = x->connection->unread || close || !x->body_in;
    x->status = status;
    x->answered = true;
    answering = true;
    enum MHD_Result result = MHD_queue_response(x->connection->mhd, (unsigned)status, r);
    answering = false;
    MHD_destroy_response(r);
    return result;
}

enum MHD_Result eg_answer_bytes(eg_exchange *x, int status, const char *content_type, eg_str body)
{
    x->sent_bytes = body.len;
    return send_response(x,
                         MHD_create_response_from_buffer(body.len, (void *)(uintptr_t)body.data,
                                                         MHD_RESPMEM_MUST_COPY),
                         status, content_type);
}

static void error_body(eg_exchange *x, const eg_error *error, eg_buf *body,
                       const char **content_type)
{
    eg_request request;
    eg_answer_request(x, &request);
    eg_error_body(body, content_type, error, &request, x->job == NULL ? NULL : &x->job->call);
    if (eg_error_status(error->code) == 500) {
        eg_log_event(EG_LOG_ERROR, "request %s failed at %s: %s", x->id,
                     error->where == NULL ? "?" : error->where, error->text);
    }
}

enum MHD_Result eg_answer_error(eg_exchange *x, const eg_error *error)
{
    eg_buf body;
    const char *content_type = "application/json";
    eg_buf_init(&body, NULL);
    error_body(x, error, &body, &content_type);
    enum MHD_Result result =
        eg_answer_bytes(x, eg_error_status(error->code), content_type, eg_buf_str(&body));
    eg_buf_free(&body);
    return result;
}

enum MHD_Result eg_answer_options(eg_exchange *x)
{
    return eg_answer_bytes(x, 200, "application/json", EG_STR("{\"status\":\"ok\"}"));
}

static enum MHD_Result send_job_answer(eg_exchange *x, struct MHD_Response *r)
{
    const eg_job *job = x->job;
    if (r != NULL && job->codes_answer) {
        put_response_header(r, "Content-Encoding", eg_coding_name(EG_CODING_ZSTD));
        put_response_header(r, "Vary", "Accept-Encoding");
    }
    return send_response(x, r, job->call.status == 0 ? 200 : job->call.status,
                         job->call.content_type);
}

/* The message is not ended, so that no client takes half an answer for a whole one. */
static ssize_t break_off(const eg_exchange *x)
{
    eg_error error;
    eg_queue_error(x->http->setup.queue, x->job, &error);
    if (error.code != EG_E_CANCELLED) {
        eg_log_event(eg_error_status(error.code) == 500 ? EG_LOG_ERROR : EG_LOG_WARNING,
                     "request %s broke off at %s: %s", x->id,
                     error.where == NULL ? "?" : error.where, error.text);
    }
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

static ssize_t read_answer(void *context, uint64_t position, char *to, size_t room)
{
    eg_exchange *x = context;
    size_t n = room;
    (void)position;
    switch (eg_queue_take_output(x->http->setup.queue, x->job, to, &n)) {
    case EG_OUTPUT_TAKEN:
        x->sent_bytes += n;
        return (ssize_t)n;
    case EG_OUTPUT_NONE:
        return 0;
    case EG_OUTPUT_ENDED:
        return MHD_CONTENT_READER_END_OF_STREAM;
    case EG_OUTPUT_BROKEN:
        break;
    }
    return break_off(x);
}

enum MHD_Result eg_answer_stream(eg_exchange *x)
{
    return send_job_answer(
        x, MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_answer, x, NULL));
}

/* libmicrohttpd reads no byte of an answer to HEAD. */
static ssize_t read_nothing(void *context, uint64_t position, char *to, size_t room)
{
    (void)context;
    (void)position;
    (void)to;
    (void)room;
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

enum MHD_Result eg_answer_length(eg_exchange *x)
{
    uint64_t length = x->sent_bytes;
    x->sent_bytes = 0;
    return send_job_answer(x,
                           MHD_create_response_from_callback(length, BLOCK, read_nothing, x, NULL));
}

enum MHD_Result eg_answer_whole(eg_exchange *x)
{
    const eg_job *job = x->job;
    eg_str parts[EG_JOB_PARTS_MAX];
    struct MHD_IoVec where[EG_JOB_PARTS_MAX];
    size_t count = eg_job_parts(job, parts);
    x->sent_bytes = 0;
    for (size_t i = 0; i < count; i++) {
        where[i] = (struct MHD_IoVec){.iov_base = parts[i].data, .iov_len = parts[i].len};
        x->sent_bytes += parts[i].len;
    }
    /* not copied: the job outlives the answer, see eg_exchange_on_completed */
    struct MHD_Response *r =
        count == 1 ? MHD_create_response_from_buffer(parts[0].len, (void *)(uintptr_t)parts[0].data,
                                                     MHD_RESPMEM_PERSISTENT)
                   : MHD_create_response_from_iovec(where, (unsigned)count, NULL, NULL);
    return send_job_answer(x, r);
}

/* ---- answers past libmicrohttpd ---- */

static void put_line(void *to, const char *name, const char *value)
{
    eg_buf *buf = to;
    eg_buf_append_str(buf, eg_str_from(name));
    eg_buf_append_str(buf, EG_STR(": "));
    eg_buf_append_str(buf, eg_str_from(value));
    eg_buf_append_str(buf, EG_STR("\r\n"));
}

static void write_raw(eg_connection *connection, const eg_exchange *x, int status,
                      const char *content_type, eg_str body)
{
    char line[64];
    eg_buf out;
    eg_buf_init(&out, NULL);
    (void)snprintf(line, sizeof line, "HTTP/1.1 %d %s\r\n", status,
                   MHD_get_reason_phrase_for((unsigned)status));
    eg_buf_append_str(&out, eg_str_from(line));
    put_line(&out, "Connection", "close");
    (void)snprintf(line, sizeof line, "%zu", body.len);
    put_line(&out, "Content-Length", line);
    put_headers(x, status, content_type, put_line, &out);
    eg_buf_append_str(&out, EG_STR("\r\n"));
    eg_buf_append_str(&out, body);
    if (!out.failed) {
        ssize_t ignored = send(connection->fd, out.data, out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        (void)ignored; /* a client that does not take a small answer gets none */
    }
    eg_buf_free(&out);
}

void eg_answer_raw(eg_connection *connection, eg_exchange *x, const eg_error *error)
{
    eg_exchange stranger = {.http = connection->http,
                            .connection = connection,
                            .query = "",
                            .row = eg_score_endpoint("other")};
    eg_exchange *who = x;
    if (x == NULL) {
        eg_access_id(stranger.id, EG_STR(""));
        who = &stranger;
    }
    eg_buf body;
    const char *content_type = "application/json";
    eg_buf_init(&body, NULL);
    error_body(who, error, &body, &content_type);
    who->status = eg_error_status(error->code);
    who->answered = true;
    who->sent_bytes = body.len;
    write_raw(connection, who, who->status, content_type, eg_buf_str(&body));
    eg_buf_free(&body);
    (void)shutdown(connection->fd, SHUT_WR);
    connection->doomed_ns = eg_clock_monotonic_ns();
    connection->unread = true;
    if (x == NULL) {
        eg_score_request(connection->http->setup.slot, who->row, who->status, 0);
        eg_exchange_log(who, 0);
    }
}

/* ---- libmicrohttpd's own answers ----
 *
 * A head that is malformed, too large or has a false Content-Length is answered by libmicrohttpd
 * itself, in HTML and without our headers, before any callback of ours is asked (0.9.75 even sends
 * the head twice for a false Content-Length). It does so through its own exported function, which
 * the dynamic linker lets a program define first: ours writes our error object to the socket and
 * lets libmicrohttpd close. Linked statically, or by a version that binds the call tighter, its
 * plain pages would appear again; a test over HTTP notices. See docs/decisions. */

typedef enum MHD_Result (*queue_function)(struct MHD_Connection *, unsigned, struct MHD_Response *);

static queue_function real_queue_response(void)
{
    static queue_function found; /* by the I/O thread alone */
    if (found == NULL) {
        void *symbol = dlsym(RTLD_NEXT, "MHD_queue_response");
        memcpy(&found, &symbol, sizeof found);
    }
    return found;
}

static void explain(unsigned status, eg_error *error)
{
    switch (status) {
    case 413:
        (void)EG_FAIL(error, EG_E_TOO_LARGE, NULL, "the body is larger than any may be");
        break;
    case 414:
    case 431:
        (void)EG_FAIL(error, EG_E_HEADERS_TOO_LARGE, NULL, "the headers are too large");
        break;
    default:
        (void)EG_FAIL(error, EG_E_BAD_ENCODING, NULL, "this is no request of HTTP/1.1");
        break;
    }
}

__attribute__((visibility("default"))) enum MHD_Result
MHD_queue_response(struct MHD_Connection *connection, unsigned status_code,
                   struct MHD_Response *response)
{
    eg_connection *ours = answering ? NULL : eg_connection_of(connection);
    if (ours == NULL) {
        return real_queue_response()(connection, status_code, response);
    }
    eg_error error = {0};
    explain(status_code, &error);
    if (ours->exchange != NULL && ours->exchange->id[0] == '\0') {
        eg_access_id(ours->exchange->id, EG_STR(""));
    }
    eg_answer_raw(ours, ours->exchange, &error);
    return MHD_NO;
}
