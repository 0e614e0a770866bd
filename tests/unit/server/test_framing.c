/* Where requests begin and end, and what is refused, however the bytes are cut into pieces. */
#include "support/cmocka_all.h"

#include "server/http/framing.h"

#include <stdio.h>
#include <string.h>

#define GET "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n"

typedef struct reading {
    eg_framing framing;
    size_t passed;
} reading;

static reading read_in_pieces(const char *bytes, size_t n, size_t piece)
{
    reading r = {0};
    for (size_t at = 0; at < n && r.framing.fault == NULL; at += piece) {
        r.passed += eg_framing_read(&r.framing, bytes + at, n - at < piece ? n - at : piece);
    }
    return r;
}

static void is_read_alike(const char *text, uint64_t heads, bool good)
{
    for (size_t piece = 1; piece <= strlen(text); piece++) {
        reading r = read_in_pieces(text, strlen(text), piece);
        assert_int_equal(r.framing.heads, heads);
        assert_int_equal(r.framing.fault == NULL, good);
        assert_true(r.passed <= strlen(text));
    }
}

static void requests_in_a_row(void **state)
{
    (void)state;
    is_read_alike(GET GET "\r\n" GET, 3, true);
    is_read_alike("POST / HTTP/1.1\r\nhOST: x\r\ncontent-LENGTH: 33\r\n\r\n" GET "X" GET, 2, true);
    is_read_alike("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n"
                  "00a;b\r\n\r\n\r\n\r\n\r\n\r\n\r\nB\r\nGET / HTTP/ \r\n0\r\nX: y\r\n\r\n" GET,
                  1, false); /* 0xb bytes end within the chunk */
    is_read_alike("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n"
                  "00a;b\r\n\r\n\r\n\r\n\r\n\r\n\r\nB\r\nGET / HTTP/\r\n0\r\nX: y\r\n\r\n" GET,
                  2, true);
    is_read_alike("GET / HTTP/1.0\r\nConnection: x, keep-alive\r\n\r\n" GET, 2, true);
}

static void nothing_behind_the_last_one(void **state)
{
    (void)state;
    static const char *const last[] = {"GET / HTTP/1.0\r\n\r\n",
                                       "GET / HTTP/1.1\r\nHost: x\r\nConnection: a, Close\r\n\r\n"};
    for (size_t i = 0; i < sizeof last / sizeof *last; i++) {
        char text[256];
        (void)snprintf(text, sizeof text, "%s%s", last[i], GET);
        reading r = read_in_pieces(text, strlen(text), strlen(text));
        assert_true(r.framing.over);
        assert_int_equal(r.passed, strlen(last[i]));
        is_read_alike(text, 1, true);
    }
}

/* Of a faulty head nothing is passed on, of the request before it all. */
static void where_a_fault_is(void **state)
{
    (void)state;
    static const char *const faults[] = {": a\r\n",
                                         " a\r\n",
                                         "a b: c\r\n",
                                         "a\r\n",
                                         "a : b\r\n",
                                         "a: b\n",
                                         "a: b\rc",
                                         "Host: y\r\n",
                                         "Content-Length: 1\r\nContent-Length: 1\r\n",
                                         "Content-Length: 01\r\n",
                                         "Content-Length: 1 \r\n",
                                         "Transfer-Encoding: gzip\r\n",
                                         "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        char text[256];
        (void)snprintf(text, sizeof text, "%sGET /ready HTTP/1.1\r\nHost: x\r\n%s\r\n", GET,
                       faults[i]);
        reading r = read_in_pieces(text, strlen(text), strlen(text));
        assert_non_null(r.framing.fault);
        assert_true(r.framing.fault_in_head);
        assert_int_equal(r.passed, strlen(GET));
        is_read_alike(text, 1, false);
    }
}

static void a_fault_in_a_body(void **state)
{
    (void)state;
    static const char text[] =
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab!\r\n0\r\n\r\n";
    reading r = read_in_pieces(text, strlen(text), strlen(text));
    assert_non_null(r.framing.fault);
    assert_false(r.framing.fault_in_head);
    assert_int_equal(r.framing.heads, 1);
    assert_int_equal(r.passed, strchr(text, '!') - text);
}

static void a_nul_is_a_byte_like_others(void **state)
{
    (void)state;
    static const char in_name[] = "GET / HTTP/1.1\r\nHost: x\r\nA\0: b\r\n\r\n";
    static const char in_value[] = "GET / HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n";
    static const char in_target[] = "GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n";
    assert_non_null(read_in_pieces(in_name, sizeof in_name - 1, 99).framing.fault);
    assert_non_null(read_in_pieces(in_value, sizeof in_value - 1, 99).framing.fault);
    assert_non_null(read_in_pieces(in_target, sizeof in_target - 1, 99).framing.fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_in_a_row),
        cmocka_unit_test(nothing_behind_the_last_one),
        cmocka_unit_test(where_a_fault_is),
        cmocka_unit_test(a_fault_in_a_body),
        cmocka_unit_test(a_nul_is_a_byte_like_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
