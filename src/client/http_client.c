#include "client/http_client.h"

#include "base/secret.h"
#include "client/curl.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    CONNECT_TIMEOUT_MS = 10000,
    TIMEOUT_MS = 600000,
    URL_BYTES_MAX = 2048,
    KEY_BYTES_MAX = 4096,
    RETRY_AFTER_MAX_S = 3600,
    /* a machine that is gone says nothing: how long until its connections are asked after, and
       between two times */
    KEEPALIVE_IDLE_S = 30,
    KEEPALIVE_INTERVAL_S = 10
};
static const size_t ANSWER_BYTES_MAX = (size_t)1 << 30;

static const eg_curl *curl; /* set by the first client */

struct eg_http_client {
    CURL *handle;
    char *url;        /* without a slash at its end */
    char *shown;      /* the same for people: no name and password in it */
    char *key_header; /* "X-ElectionGuard-Internal-Key: ..." or NULL; secret */
    size_t answer_bytes_max;
    bool (*tick)(void *context); /* or NULL */
    void *tick_context;
};

/* Where an answer's body goes. */
typedef struct receiver {
    eg_buf *body;
    size_t bytes_max;
    bool is_too_large;
} receiver;

void eg_http_answer_init(eg_http_answer *answer)
{
    *answer = (eg_http_answer){0};
    eg_buf_init(&answer->body, NULL);
}

void eg_http_answer_free(eg_http_answer *answer)
{
    eg_buf_free(&answer->body);
}

/* "unix:PATH": HTTP over a socket in the file system; or NULL. */
static const char *socket_path(const char *url)
{
    static const char prefix[] = "unix:";
    const char *path = url + sizeof prefix - 1;
    return strncmp(url, prefix, sizeof prefix - 1) == 0 && *path != '\0' ? path : NULL;
}

static bool is_url(const char *url)
{
    return socket_path(url) != NULL || (strncmp(url, "http://", 7) == 0 && url[7] != '\0') ||
           (strncmp(url, "https://", 8) == 0 && url[8] != '\0');
}

static char *joined(const char *a, const char *b)
{
    size_t bytes = strlen(a) + strlen(b) + 1;
    char *text = malloc(bytes);
    if (text != NULL) {
        (void)snprintf(text, bytes, "%s%s", a, b);
    }
    return text;
}

/* http://name:password@host is shown as http://host. */
static char *without_login(const char *url)
{
    char *shown = joined(url, "");
    if (shown != NULL) {
        char *host = strstr(shown, "://") + 3;
        const char *at = memrchr(host, '@', strcspn(host, "/?#"));
        if (at != NULL) {
            memmove(host, at + 1, strlen(at));
        }
    }
    return shown;
}

const char *eg_http_client_shown(const eg_http_client *client)
{
    return client->shown;
}

static void wipe_and_free(char *text)
{
    if (text != NULL) {
        eg_wipe(text, strlen(text));
    }
    free(text);
}

/* A service on this machine is asked directly, whatever proxy the environment names. */
static bool is_local(const char *url)
{
    if (socket_path(url) != NULL) {
        return true;
    }
    const char *host = strstr(url, "://") + 3;
    return strncmp(host, "127.", 4) == 0 || strncmp(host, "localhost", 9) == 0 ||
           strncmp(host, "[::1]", 5) == 0;
}

static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const eg_http_client *client = context;
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return client->tick(client->tick_context) ? 0 : 1;
}

static void set_up(const eg_http_client *client, const eg_http_options *options)
{
    uint64_t connect_ms =
        options->connect_timeout_ms == 0 ? CONNECT_TIMEOUT_MS : options->connect_timeout_ms;
    uint64_t ms = options->timeout_ms == 0 ? TIMEOUT_MS : options->timeout_ms;
    (void)curl->easy_setopt(client->handle, CURLOPT_NOSIGNAL, 1L);
    (void)curl->easy_setopt(client->handle, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl->easy_setopt(client->handle, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl->easy_setopt(client->handle, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
    (void)curl->easy_setopt(client->handle, CURLOPT_TIMEOUT_MS, (long)ms);
    if (socket_path(options->url) != NULL) {
        (void)curl->easy_setopt(client->handle, CURLOPT_UNIX_SOCKET_PATH,
                                socket_path(options->url));
    }
    (void)curl->easy_setopt(client->handle, CURLOPT_TCP_KEEPALIVE, 1L);
    (void)curl->easy_setopt(client->handle, CURLOPT_TCP_KEEPIDLE, (long)KEEPALIVE_IDLE_S);
    (void)curl->easy_setopt(client->handle, CURLOPT_TCP_KEEPINTVL, (long)KEEPALIVE_INTERVAL_S);
    (void)curl->easy_setopt(client->handle, CURLOPT_FORBID_REUSE, options->fresh ? 1L : 0L);
    if (is_local(options->url)) {
        (void)curl->easy_setopt(client->handle, CURLOPT_PROXY, "");
    }
    if (client->tick != NULL) {
        (void)curl->easy_setopt(client->handle, CURLOPT_NOPROGRESS, 0L);
        (void)curl->easy_setopt(client->handle, CURLOPT_XFERINFOFUNCTION, on_progress);
        (void)curl->easy_setopt(client->handle, CURLOPT_XFERINFODATA, client);
    }
}

eg_result eg_http_client_new(eg_http_client **out, const eg_http_options *options, eg_error *err)
{
    eg_path url = eg_path_field(NULL, "url");
    if (!is_url(options->url) || strlen(options->url) > URL_BYTES_MAX) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &url,
                       "'url' must begin with http://, https:// or unix:");
    }
    const char *key = options->internal_key;
    if (key != NULL && (strlen(key) > KEY_BYTES_MAX || strpbrk(key, "\r\n") != NULL)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, NULL,
                       "the internal key must be one line of at most %d bytes", KEY_BYTES_MAX);
    }
    EG_TRY(eg_curl_load(&curl, err));
    eg_http_client *client = calloc(1, sizeof *client);
    if (client == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
    }
    client->answer_bytes_max =
        options->answer_bytes_max == 0 ? ANSWER_BYTES_MAX : options->answer_bytes_max;
    client->tick = options->tick;
    client->tick_context = options->tick_context;
    client->url = joined(socket_path(options->url) == NULL ? options->url : "http://localhost", "");
    client->key_header = key == NULL ? NULL : joined("X-ElectionGuard-Internal-Key: ", key);
    client->handle = curl->easy_init();
    if (client->url == NULL || client->handle == NULL ||
        (key != NULL && client->key_header == NULL)) {
        eg_http_client_free(client);
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
    }
    for (size_t n = strlen(client->url); n > 0 && client->url[n - 1] == '/'; n--) {
        client->url[n - 1] = '\0';
    }
    client->shown =
        socket_path(options->url) == NULL ? without_login(client->url) : joined(options->url, "");
    if (client->shown == NULL) {
        eg_http_client_free(client);
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
    }
    set_up(client, options);
    *out = client;
    return EG_SUCCESS;
}

void eg_http_client_free(eg_http_client *client)
{
    if (client == NULL) {
        return;
    }
    if (client->handle != NULL) {
        curl->easy_cleanup(client->handle);
    }
    wipe_and_free(client->key_header);
    wipe_and_free(client->url);
    free(client->shown);
    free(client);
}

static size_t receive(char *data, size_t size, size_t count, void *context)
{
    receiver *r = context;
    size_t n = size * count;
    if (n > r->bytes_max - r->body->len) {
        r->is_too_large = true;
        return 0;
    }
    eg_buf_append(r->body, data, n);
    return r->body->failed ? 0 : n;
}

/* Adds a header; false when there is no memory (what was added so far stays with the caller). */
static bool add_header(struct curl_slist **headers, const char *name, const char *value)
{
    char *line = joined(name, value);
    struct curl_slist *longer = line == NULL ? NULL : curl->slist_append(*headers, line);
    free(line);
    if (longer == NULL) {
        return false;
    }
    *headers = longer;
    return true;
}

static bool make_headers(struct curl_slist **headers, const eg_http_client *client,
                         const eg_http_request *request)
{
    const char *type = request->content_type == NULL ? "application/json" : request->content_type;
    return (client->key_header == NULL || add_header(headers, client->key_header, "")) &&
           (request->accept == NULL || add_header(headers, "Accept: ", request->accept)) &&
           (request->body.data == NULL || add_header(headers, "Content-Type: ", type)) &&
           add_header(headers, "Expect:", ""); /* no round trip before a body is sent */
}

static void free_headers(struct curl_slist *headers)
{
    for (struct curl_slist *at = headers; at != NULL; at = at->next) {
        eg_wipe(at->data, strlen(at->data));
    }
    curl->slist_free_all(headers);
}

/* The connection was there and broke: the process that answered has died, or a balancer lost the
 * one behind it. */
static bool is_cut_off(CURLcode code)
{
    return code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
           code == CURLE_PARTIAL_FILE || code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM;
}

/* What a service that is being replaced looks like: nobody listens, its name is nobody's for now,
 * or a connection breaks; and one whose machine is gone or frozen: nothing comes back. */
static bool may_pass(CURLcode code)
{
    return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
           code == CURLE_OPERATION_TIMEDOUT || is_cut_off(code);
}

enum { URL_BYTES_SHOWN = 100 };

/* What became of an exchange that brought no answer, in words about the service. */
static eg_result unreached(const eg_http_client *client, CURLcode code, eg_error *err)
{
    long status = 0;
    (void)curl->easy_getinfo(client->handle, CURLINFO_RESPONSE_CODE, &status);
    if (!is_cut_off(code)) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "the service at %.*s cannot be reached: %s",
                       URL_BYTES_SHOWN, client->shown, curl->easy_strerror(code));
    }
    return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "the service at %.*s %s", URL_BYTES_SHOWN,
                   client->shown,
                   status == 0 ? "hung up before it answered" : "broke off its answer");
}

static eg_result failure(const eg_http_client *client, CURLcode code, const receiver *r,
                         eg_error *err)
{
    if (r->is_too_large) {
        return EG_FAIL(err, EG_E_TOO_LARGE, NULL, "the answer is longer than %zu bytes",
                       r->bytes_max);
    }
    if (r->body->failed) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
    }
    if (code == CURLE_OPERATION_TIMEDOUT) {
        return EG_FAIL(err, EG_E_DEADLINE, NULL, "the service at %.*s did not answer in time",
                       URL_BYTES_SHOWN, client->shown);
    }
    if (code == CURLE_ABORTED_BY_CALLBACK) {
        return EG_FAIL(err, EG_E_CANCELLED, NULL, "interrupted");
    }
    return unreached(client, code, err);
}

static void read_status(CURL *handle, eg_http_answer *answer)
{
    long status = 0;
    curl_off_t retry_after_s = 0;
    curl_off_t length = -1;
    (void)curl->easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    (void)curl->easy_getinfo(handle, CURLINFO_RETRY_AFTER, &retry_after_s);
    (void)curl->easy_getinfo(handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    answer->status = (unsigned)status;
    answer->has_length = length >= 0;
    answer->retry_after_s = retry_after_s < 0                   ? 0
                            : retry_after_s > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S
                                                                : (unsigned)retry_after_s;
}

static void set_method(CURL *handle, const eg_http_request *request)
{
    if (strcmp(request->method, "POST") == 0) {
        (void)curl->easy_setopt(handle, CURLOPT_POST, 1L);
        (void)curl->easy_setopt(handle, CURLOPT_POSTFIELDS,
                                request->body.data == NULL ? "" : request->body.data);
        (void)curl->easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
    } else {
        (void)curl->easy_setopt(handle, CURLOPT_HTTPGET, 1L);
    }
}

eg_result eg_http_client_send(eg_http_client *client, const eg_http_request *request,
                              eg_http_answer *answer, eg_error *err)
{
    receiver r = {.body = &answer->body, .bytes_max = client->answer_bytes_max};
    struct curl_slist *headers = NULL;
    char *url = joined(client->url, request->path);
    eg_buf_clear(&answer->body);
    if (url == NULL || !make_headers(&headers, client, request)) {
        free(url);
        free_headers(headers);
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
    }
    set_method(client->handle, request);
    (void)curl->easy_setopt(client->handle, CURLOPT_HTTPHEADER, headers);
    (void)curl->easy_setopt(client->handle, CURLOPT_WRITEFUNCTION, receive);
    (void)curl->easy_setopt(client->handle, CURLOPT_WRITEDATA, &r);
    CURLcode code = curl->easy_setopt(client->handle, CURLOPT_URL, url);
    if (code == CURLE_OK) {
        code = curl->easy_perform(client->handle);
    }
    (void)curl->easy_setopt(client->handle, CURLOPT_HTTPHEADER, NULL);
    free(url);
    free_headers(headers);
    answer->may_pass = may_pass(code) && !r.is_too_large && !r.body->failed;
    if (code != CURLE_OK) {
        answer->status = 0;
        return failure(client, code, &r, err);
    }
    read_status(client->handle, answer);
    return EG_SUCCESS;
}
