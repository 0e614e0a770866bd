/* Request ids, the access key, origins, admission, and the lines of the log. */
#include "support/cmocka_all.h"

#include "server/board/audit_log.h"
#include "server/board/log.h"
#include "server/http/access.h"
#include "server/http/admission.h"

/* ---- access ---- */

static void ids(void **state)
{
    (void)state;
    char id[EG_REQUEST_ID_MAX + 1], other[EG_REQUEST_ID_MAX + 1];
    eg_access_id(id, EG_STR("Az09-_.:"));
    assert_string_equal(id, "Az09-_.:");
    static const char *const bad[] = {"", "a b", "a\"", "a\\", "a\n", "a/b", "\x80"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        eg_access_id(id, eg_str_from(bad[i]));
        eg_access_id(other, eg_str_from(bad[i]));
        assert_int_equal(strlen(id), 32);
        assert_string_not_equal(id, other);
    }
    char long_id[EG_REQUEST_ID_MAX + 2];
    memset(long_id, 'x', sizeof long_id - 1);
    long_id[sizeof long_id - 1] = '\0';
    eg_access_id(id, eg_str_from(long_id));
    assert_int_equal(strlen(id), 32);
}

static void keys(void **state)
{
    (void)state;
    assert_true(eg_access_key_fits(NULL, EG_STR("")));
    assert_true(eg_access_key_fits("", EG_STR("anything")));
    assert_true(eg_access_key_fits("abc", EG_STR("abc")));
    assert_false(eg_access_key_fits("abc", EG_STR("")));
    assert_false(eg_access_key_fits("abc", EG_STR("abcd")));
    assert_false(eg_access_key_fits("abc", EG_STR("abd")));
}

static void origins(void **state)
{
    (void)state;
    static const char list[] = "https://a.example, https://b.example:8443\thttp://c";
    assert_true(eg_str_equal(eg_access_origin("*", EG_STR("https://x")), EG_STR("*")));
    assert_true(eg_str_equal(eg_access_origin("*", EG_STR("")), EG_STR("*")));
    static const char *const good[] = {"https://a.example", "https://b.example:8443", "http://c"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        eg_str found = eg_access_origin(list, eg_str_from(good[i]));
        assert_true(eg_str_equal(found, eg_str_from(good[i])));
    }
    static const char *const bad[] = {"", "https://a.exampl", "https://a.example,", "null", "*"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(eg_access_origin(list, eg_str_from(bad[i])).len, 0);
    }
}

/* ---- admission ---- */

static const eg_endpoint small = {.method = "POST", .path = "/p", .max_body_bytes = 1000};
static const eg_settings settings = {.max_body_bytes = 500,
                                     .max_header_bytes = 200,
                                     .max_jobs = 2,
                                     .max_memory_bytes = 16000,
                                     .internal_key = "key"};

/* A request that is let in, to be spoilt in one point by each test. */
typedef struct scene {
    eg_route_match route;
    eg_arrival arrival;
} scene;

static scene good_scene(void)
{
    return (scene){.route = {.endpoint = &small, .path_known = true},
                   .arrival = {.method = "POST",
                               .path = "/p",
                               .key = EG_STR("key"),
                               .content_length = EG_STR("500"),
                               .lengths = 1,
                               .head_bytes = 200}};
}

static eg_code judge(scene *s)
{
    eg_error refusal = {0};
    eg_body_length length;
    s->arrival.route = &s->route;
    eg_admission_length(&length, &s->arrival);
    eg_admission_judge(&refusal, &settings, &s->arrival, &length);
    return refusal.code;
}

static void a_good_request_comes_in(void **state)
{
    (void)state;
    scene s = good_scene();
    assert_int_equal(judge(&s), EG_OK);
    s.arrival.content_length = EG_STR("");
    s.arrival.lengths = 0;
    s.arrival.transfer_encoding = EG_STR("Chunked");
    s.arrival.codings = 1;
    assert_int_equal(judge(&s), EG_OK);
    s.arrival.content_encoding = EG_STR("Identity");
    assert_int_equal(judge(&s), EG_OK);
}

static void each_fault_has_its_refusal(void **state)
{
    (void)state;
    scene s = good_scene();
    s.arrival.key = EG_STR("other");
    assert_int_equal(judge(&s), EG_E_UNAUTHORIZED);
    s.route = (eg_route_match){0};
    assert_int_equal(judge(&s), EG_E_UNAUTHORIZED); /* before it is said what there is */
    s.arrival.key = EG_STR("key");
    assert_int_equal(judge(&s), EG_E_NOT_FOUND);
    s.route.path_known = true;
    assert_int_equal(judge(&s), EG_E_METHOD);
    s = good_scene();
    s.arrival.bad_path = true;
    assert_int_equal(judge(&s), EG_E_NOT_FOUND);
    s = good_scene();
    s.arrival.content_encoding = EG_STR("br");
    assert_int_equal(judge(&s), EG_E_MEDIA_TYPE);
    s = good_scene();
    s.arrival.content_length = EG_STR("501");
    assert_int_equal(judge(&s), EG_E_TOO_LARGE);
    s.arrival.content_length = EG_STR("99999999999999999999999999");
    assert_int_equal(judge(&s), EG_E_TOO_LARGE);
    s = good_scene();
    s.arrival.head_bytes = 201;
    assert_int_equal(judge(&s), EG_E_HEADERS_TOO_LARGE);
    s = good_scene();
    s.arrival.content_length = EG_STR("");
    s.arrival.lengths = 0;
    assert_int_equal(judge(&s), EG_E_LENGTH_REQUIRED);
}

static void what_has_two_lengths_is_refused(void **state)
{
    (void)state;
    scene s = good_scene();
    s.arrival.lengths = 2;
    assert_int_equal(judge(&s), EG_E_BAD_ENCODING);
    s = good_scene();
    s.arrival.transfer_encoding = EG_STR("chunked");
    s.arrival.codings = 1;
    assert_int_equal(judge(&s), EG_E_BAD_ENCODING);
    s = good_scene();
    s.arrival.codings = 1; /* an empty one */
    assert_int_equal(judge(&s), EG_E_BAD_ENCODING);
    s.arrival.content_length = EG_STR("");
    s.arrival.lengths = 0;
    s.arrival.transfer_encoding = EG_STR("gzip, chunked");
    assert_int_equal(judge(&s), EG_E_BAD_ENCODING);
    s.arrival.transfer_encoding = EG_STR("chunked");
    assert_int_equal(judge(&s), EG_OK);
    s.arrival.codings = 2;
    assert_int_equal(judge(&s), EG_E_BAD_ENCODING);
    s = good_scene();
    s.arrival.malformed = true;
    assert_int_equal(judge(&s), EG_E_BAD_ENCODING);
    s = good_scene();
    s.arrival.content_length = EG_STR("1a");
    assert_int_equal(judge(&s), EG_E_BAD_ENCODING);
}

/* Nor a body, but one that is too large to be read past. */
static void own_paths_and_options_need_no_key(void **state)
{
    (void)state;
    scene s = good_scene();
    s.arrival.key = EG_STR("");
    s.arrival.path = "/health";
    s.route = (eg_route_match){0};
    assert_int_equal(judge(&s), EG_E_METHOD);
    s.arrival.method = "GET";
    assert_int_equal(judge(&s), EG_OK);
    s.arrival.content_length = EG_STR("99999999");
    assert_int_equal(judge(&s), EG_E_TOO_LARGE);
    s.arrival.path = "/nowhere";
    s.arrival.method = "OPTIONS";
    assert_int_equal(judge(&s), EG_E_TOO_LARGE);
    s.arrival.content_length = EG_STR("500");
    assert_int_equal(judge(&s), EG_OK);
}

/* 10000 of 16000 bytes are for requests that have not begun to answer, 1000 of them for this one.
 */
static eg_code room(size_t used, unsigned jobs, size_t body, bool overflow)
{
    static const eg_endpoint heavy = {.fixed_memory_bytes = 1000};
    eg_error refusal = {0};
    const eg_body_length length = {.known = true, .given = true, .bytes = body};
    const eg_load load = {.memory_used_bytes = used, .jobs = jobs, .overflow = overflow};
    eg_admission_room(&refusal, &settings, &heavy, &length, &load);
    return refusal.code;
}

static void room_is_bounded(void **state)
{
    (void)state;
    assert_int_equal(room(0, 0, 9000, false), EG_OK);
    assert_int_equal(room(0, 0, 9001, false), EG_E_TOO_LARGE); /* it would never come in */
    assert_int_equal(room(9000, 1, 0, false), EG_OK);
    assert_int_equal(room(9001, 1, 0, false), EG_E_BUSY);
    assert_int_equal(room(20000, 0, 0, false), EG_E_BUSY);
    assert_int_equal(room(0, 2, 0, false), EG_E_BUSY);
    assert_int_equal(room(0, 0, 0, true), EG_E_BUSY);
    assert_int_equal(room(1, 0, 9000, false), EG_E_BUSY);
    assert_int_equal(room(0, 0, SIZE_MAX, false), EG_E_TOO_LARGE);
}

/* ---- log ---- */

static void log_lines(void **state)
{
    (void)state;
    char text[512];
    const eg_access_line line = {.request_id = "id-1",
                                 .peer = "10.0.0.1",
                                 .method = "POST",
                                 .route = "/ballots/{id}",
                                 .status = 200,
                                 .bytes_in = 5,
                                 .bytes_out = 7,
                                 .ms = 1.26};
    (void)eg_log_format(text, sizeof text, &line, EG_LOG_JSON, 0);
    assert_string_equal(
        text, "{\"time\":\"1970-01-01T00:00:00Z\",\"request_id\":\"id-1\",\"peer\":"
              "\"10.0.0.1\",\"method\":\"POST\",\"path\":\"/ballots/{id}\",\"status\":200,"
              "\"bytes_in\":5,\"bytes_out\":7,\"ms\":1.3}");
    (void)eg_log_format(text, sizeof text, &line, EG_LOG_GUNICORN, 0);
    assert_string_equal(text, "10.0.0.1 - - [01/Jan/1970:00:00:00 +0000] \"POST /ballots/{id} "
                              "HTTP/1.1\" 200 7 \"-\" \"-\" 1.3ms id-1");
    assert_int_equal(eg_log_format(text, 20, &line, EG_LOG_JSON, 0), 19);
}

/* ---- traces ---- */

#define TRACE  "4bf92f3577b34da6a3ce929d0e0e4736"
#define PARENT "00f067aa0ba902b7"

static void traces(void **state)
{
    static const char *const good[] = {
        "00-" TRACE "-" PARENT "-01",
        "00-" TRACE "-" PARENT "-00",
        "cc-" TRACE "-" PARENT "-01",
        "cc-" TRACE "-" PARENT "-01-what-the-future-will-be-like",
    };
    static const char *const bad[] = {
        "",
        TRACE,
        "00-" TRACE "-" PARENT,
        "00-" TRACE "-" PARENT "-1",
        "00-" TRACE "-" PARENT "-01-more",
        "00-" TRACE "-" PARENT "-01 ",
        " 00-" TRACE "-" PARENT "-01",
        "cc-" TRACE "-" PARENT "-01.more",
        "ff-" TRACE "-" PARENT "-01",
        "0x-" TRACE "-" PARENT "-01",
        "00_" TRACE "-" PARENT "-01",
        "00-" TRACE "_" PARENT "-01",
        "00-" TRACE "-" PARENT "_01",
        "00-" TRACE "-" PARENT "-0x",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" PARENT "-01",
        "00-00000000000000000000000000000000-" PARENT "-01",
        "00-" TRACE "-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473\"-" PARENT "-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473\n-" PARENT "-01",
    };
    char trace[EG_TRACE_ID_HEX + 1];
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        eg_access_trace(trace, eg_str_from(good[i]));
        assert_string_equal(trace, TRACE);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        eg_access_trace(trace, eg_str_from(bad[i]));
        assert_string_equal(trace, "");
    }
    char endless[400];
    memset(endless, 'a', sizeof endless);
    memcpy(endless, good[3], strlen(good[3]));
    eg_access_trace(trace, (eg_str){endless, sizeof endless});
    assert_string_equal(trace, "");
}

static void audit_lines(void **state)
{
    char text[512];
    eg_audit_line line = {.access = {.request_id = "id-1",
                                     .trace_id = "",
                                     .peer = "10.0.0.1",
                                     .method = "POST",
                                     .route = "/publish_ballot",
                                     .status = 200}};
    (void)state;
    (void)eg_audit_format(text, sizeof text, &line, 0);
    assert_string_equal(
        text, "{\"audit\":1,\"time\":\"1970-01-01T00:00:00Z\",\"request_id\":\"id-1\",\"peer\":"
              "\"10.0.0.1\",\"authenticated\":false,\"method\":\"POST\",\"path\":"
              "\"/publish_ballot\",\"status\":200}");
    line.authenticated = true;
    line.access.trace_id = TRACE;
    (void)snprintf(line.noted.election, sizeof line.noted.election, "AB12");
    (void)snprintf(line.noted.ballot, sizeof line.noted.ballot, "CD34");
    const size_t n = eg_audit_format(text, sizeof text, &line, 0);
    assert_int_equal(n, strlen(text));
    assert_non_null(strstr(text, "\"authenticated\":true"));
    assert_non_null(
        strstr(text, ",\"trace_id\":\"" TRACE "\",\"election\":\"AB12\",\"ballot\":\"CD34\"}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traces),
        cmocka_unit_test(audit_lines),
        cmocka_unit_test(ids),
        cmocka_unit_test(keys),
        cmocka_unit_test(origins),
        cmocka_unit_test(a_good_request_comes_in),
        cmocka_unit_test(each_fault_has_its_refusal),
        cmocka_unit_test(what_has_two_lengths_is_refused),
        cmocka_unit_test(own_paths_and_options_need_no_key),
        cmocka_unit_test(room_is_bounded),
        cmocka_unit_test(log_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
