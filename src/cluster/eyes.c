#include "cluster/eyes.h"

#include <microhttpd.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

enum { HOST_BYTES = 256, TIMEOUT_S = 10, CONNECTIONS_MAX = 32 };

struct eg_eyes {
    struct MHD_Daemon *daemon;
    eg_eyes_pages pages;
};

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status, const char *type,
                              const eg_buf *body)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(body->len, body->data, MHD_RESPMEM_MUST_COPY);
    if (response == NULL) {
        return MHD_NO;
    }
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static unsigned write_ready(const eg_eyes *eyes, eg_buf *out)
{
    const char *waits_for = eyes->pages.ready(eyes->pages.context);
    if (waits_for == NULL) {
        eg_buf_append_str(out, EG_STR("{\"status\":\"ready\"}"));
        return MHD_HTTP_OK;
    }
    eg_buf_printf(out, "{\"status\":\"not_ready\",\"waits_for\":\"%s\"}", waits_for);
    return MHD_HTTP_SERVICE_UNAVAILABLE;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
                                  const char *path, const char *method, const char *version,
                                  const char *data, size_t *size, void **state)
{
    const eg_eyes *eyes = context;
    const char *type = "application/json";
    unsigned status = MHD_HTTP_OK;
    eg_buf body;
    (void)version;
    (void)data;
    (void)state;
    if (*size > 0) { /* nobody has anything to send here */
        return MHD_NO;
    }
    eg_buf_init(&body, NULL);
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        status = MHD_HTTP_METHOD_NOT_ALLOWED;
        eg_buf_append_str(&body, EG_STR("{\"status\":\"error\",\"code\":\"method_not_allowed\"}"));
    } else if (strcmp(path, "/metrics") == 0) {
        type = "text/plain; version=0.0.4";
        eyes->pages.metrics(eyes->pages.context, &body);
    } else if (strcmp(path, "/ready") == 0) {
        status = write_ready(eyes, &body);
    } else if (strcmp(path, "/health") == 0) {
        eg_buf_append_str(&body, EG_STR("{\"status\":\"healthy\"}"));
    } else {
        status = MHD_HTTP_NOT_FOUND;
        eg_buf_append_str(&body, EG_STR("{\"status\":\"error\",\"code\":\"not_found\"}"));
    }
    enum MHD_Result result = answer(connection, status, type, &body);
    eg_buf_free(&body);
    return result;
}

/* HOST:PORT, [ADDRESS]:PORT. */
static bool split(const char *bind, char host[HOST_BYTES], const char **port)
{
    const char *colon = strrchr(bind, ':');
    const bool has_brackets = bind[0] == '[';
    if (colon == NULL || colon == bind || (has_brackets && colon[-1] != ']')) {
        return false;
    }
    const char *begin = has_brackets ? bind + 1 : bind;
    const size_t n = (size_t)(colon - begin) - has_brackets;
    if (n == 0 || n >= HOST_BYTES) {
        return false;
    }
    memcpy(host, begin, n);
    host[n] = '\0';
    *port = colon + 1;
    return strlen(*port) > 0 && strspn(*port, "0123456789") == strlen(*port);
}

static eg_result start(eg_eyes *eyes, const struct addrinfo *address, unsigned *port, eg_error *err)
{
    const unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD |
                           (address->ai_family == AF_INET6 ? MHD_USE_IPv6 : MHD_NO_FLAG);
    eyes->daemon =
        MHD_start_daemon(flags, 0, NULL, NULL, on_request, eyes, MHD_OPTION_SOCK_ADDR,
                         address->ai_addr, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
                         MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S, MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        eyes->daemon == NULL ? NULL : MHD_get_daemon_info(eyes->daemon, MHD_DAEMON_INFO_BIND_PORT);
    if (info == NULL) {
        eg_path path = eg_path_field(NULL, "--bind");
        return EG_FAIL(err, EG_E_UNAVAILABLE, &path, "the address of '--bind' cannot be had");
    }
    *port = info->port;
    return EG_SUCCESS;
}

eg_result eg_eyes_open(eg_eyes **out, const char *bind, const eg_eyes_pages *pages, unsigned *port,
                       eg_error *err)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    eg_path path = eg_path_field(NULL, "--bind");
    struct addrinfo *found = NULL;
    char host[HOST_BYTES];
    const char *service = NULL;
    if (!split(bind, host, &service) || getaddrinfo(host, service, &hints, &found) != 0) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'--bind' must be HOST:PORT");
    }
    eg_eyes *eyes = calloc(1, sizeof *eyes);
    eg_result result = EG_SUCCESS;
    if (eyes == NULL) {
        result = EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
    } else {
        eyes->pages = *pages;
        result = start(eyes, found, port, err);
    }
    freeaddrinfo(found);
    if (eg_failed(result)) {
        eg_eyes_close(eyes);
        return result;
    }
    *out = eyes;
    return EG_SUCCESS;
}

void eg_eyes_close(eg_eyes *eyes)
{
    if (eyes != NULL && eyes->daemon != NULL) {
        MHD_stop_daemon(eyes->daemon);
    }
    free(eyes);
}
