/* What a service that says nothing looks like: worth another try, elsewhere or later. */
#include "support/cmocka_all.h"

#include "client/http_client.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Connections to it are made by the kernel, and nobody reads them. */
static int silent_service(char *url, size_t size)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    (void)snprintf(url, size, "http://127.0.0.1:%u", ntohs(at.sin_port));
    return fd;
}

static void silence_may_pass(void **state)
{
    const eg_http_request request = {.method = "GET", .path = "/health"};
    char url[64], why[128];
    eg_http_client *client = NULL;
    eg_http_answer answer;
    eg_error err = {0};
    (void)state;
    const int fd = silent_service(url, sizeof url);
    const eg_http_options options = {.url = url, .timeout_ms = 200};
    eg_http_answer_init(&answer);
    assert_false(eg_failed(eg_http_client_new(&client, &options, &err)));
    assert_true(eg_failed(eg_http_client_send(client, &request, &answer, &err)));
    assert_int_equal(err.code, EG_E_DEADLINE);
    (void)snprintf(why, sizeof why, "the service at %s did not answer in time", url);
    assert_string_equal(err.text, why);
    assert_true(answer.may_pass);
    assert_int_equal(answer.status, 0);
    eg_http_client_free(client);
    eg_http_answer_free(&answer);
    (void)close(fd);
}

/* As that of a container that is made anew. The name is one that no server needs be asked about: a
 * part of it is longer than parts may be. */
static void a_name_that_is_nobodys_may_pass(void **state)
{
    const eg_http_request request = {.method = "GET", .path = "/health"};
    const eg_http_options options = {
        .url = "http://a-part-of-a-name-that-has-more-than-the-63-bytes-that-it-may-have-at-most"};
    eg_http_client *client = NULL;
    eg_http_answer answer;
    eg_error err = {0};
    (void)state;
    (void)setenv("no_proxy", "*", 1);
    eg_http_answer_init(&answer);
    assert_false(eg_failed(eg_http_client_new(&client, &options, &err)));
    assert_true(eg_failed(eg_http_client_send(client, &request, &answer, &err)));
    assert_int_equal(err.code, EG_E_UNAVAILABLE);
    assert_true(answer.may_pass);
    eg_http_client_free(client);
    eg_http_answer_free(&answer);
}

static void a_socket_is_called_by_its_path(void **state)
{
    const eg_http_request request = {.method = "GET", .path = "/health"};
    const eg_http_options options = {.url = "unix:/nowhere/socket"};
    eg_http_client *client = NULL;
    eg_http_answer answer;
    eg_error err = {0};
    (void)state;
    eg_http_answer_init(&answer);
    assert_false(eg_failed(eg_http_client_new(&client, &options, &err)));
    assert_string_equal(eg_http_client_shown(client), "unix:/nowhere/socket");
    assert_true(eg_failed(eg_http_client_send(client, &request, &answer, &err)));
    assert_non_null(strstr(err.text, "the service at unix:/nowhere/socket cannot be reached: "));
    eg_http_client_free(client);
    eg_http_answer_free(&answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_may_pass),
        cmocka_unit_test(a_name_that_is_nobodys_may_pass),
        cmocka_unit_test(a_socket_is_called_by_its_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
