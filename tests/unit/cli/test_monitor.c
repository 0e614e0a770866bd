/* The monitor's page: rates between two looks, percentiles from the histogram, hostile texts. */
#include "support/cmocka_all.h"

#include "cli/monitor.h"

#include <stdio.h>

#define SECOND 1000000000u

static const char first[] =
    "egserve_requests_total{endpoint=\"/b\",status=\"200\"} 100\n"
    "egserve_requests_total{endpoint=\"/b\",status=\"400\"} 10\n"
    "egserve_request_duration_seconds_bucket{endpoint=\"/b\",le=\"0.01\"} 50\n"
    "egserve_request_duration_seconds_bucket{endpoint=\"/b\",le=\"0.1\"} 110\n"
    "egserve_request_duration_seconds_bucket{endpoint=\"/b\",le=\"+Inf\"} 110\n"
    "egserve_request_duration_seconds_count{endpoint=\"/b\"} 110\n"
    "egserve_uptime_seconds 55\n";

/* Four seconds later: 100 more, half of them within 10 ms, 45 within 100 ms, 5 beyond. */
static const char second[] =
    "egserve_requests_total{endpoint=\"/b\",status=\"200\"} 180\n"
    "egserve_requests_total{endpoint=\"/b\",status=\"400\"} 22\n"
    "egserve_requests_total{endpoint=\"/b\",status=\"503\"} 8\n"
    "egserve_request_duration_seconds_bucket{endpoint=\"/b\",le=\"0.01\"} 100\n"
    "egserve_request_duration_seconds_bucket{endpoint=\"/b\",le=\"0.1\"} 205\n"
    "egserve_request_duration_seconds_bucket{endpoint=\"/b\",le=\"+Inf\"} 210\n"
    "egserve_request_duration_seconds_count{endpoint=\"/b\"} 210\n"
    "egserve_workers{state=\"serving\"} 3\negserve_workers_wanted 5\n"
    "egserve_worker_restarts_total{cause=\"died\"} 2\n"
    "egserve_memory_resident_bytes 41943040\n"
    "egserve_kernel_info{kernel=\"ifma\"} 1\n"
    "egserve_uptime_seconds 3725\n";

typedef struct fixture {
    eg_look before, now;
    eg_buf page;
} fixture;

static int start(void **state)
{
    static fixture f;
    eg_look_init(&f.before);
    eg_look_init(&f.now);
    eg_buf_init(&f.page, NULL);
    *state = &f;
    return 0;
}

static int stop(void **state)
{
    fixture *f = *state;
    eg_look_free(&f->before);
    eg_look_free(&f->now);
    eg_buf_free(&f->page);
    return 0;
}

static eg_code look(eg_look *out, const char *metrics, const char *health, uint64_t at_ns)
{
    eg_error err = {0};
    return eg_look_read(out, eg_str_from(metrics), eg_str_from(health),
                        EG_STR("{\"status\":\"ready\"}"), at_ns, &err)
        .code;
}

static const char *sized_page(fixture *f, bool with_before, size_t columns, size_t rows)
{
    const eg_page_size size = {columns, rows};
    eg_buf_clear(&f->page);
    eg_monitor_page(&f->page, "http://h:1", with_before ? &f->before : NULL, &f->now, size,
                    "the last line");
    eg_buf_append_char(&f->page, '\0');
    assert_false(f->page.failed);
    return f->page.data;
}

static const char *page(fixture *f, bool with_before)
{
    return sized_page(f, with_before, EG_PAGE_COLUMNS, 0);
}

static void assert_has(const char *text, const char *wanted)
{
    if (strstr(text, wanted) == NULL) {
        fail_msg("'%s' is not in:\n%s", wanted, text);
    }
}

static void shows_what_lies_between_two_looks(void **state)
{
    fixture *f = *state;
    assert_int_equal(EG_OK, look(&f->before, first, "{}", 10ull * SECOND));
    assert_int_equal(EG_OK, look(&f->now, second, "{}", 14ull * SECOND));
    const char *text = page(f, true);
    assert_has(text, "egserve at http://h:1: ready, up 1 h 02 min, kernel ifma\n");
    assert_has(text, "workers    3 serving of 5; 0 starting; 0 retiring\nreplaced   died 2\n");
    assert_has(text, "memory     40.0 MB resident");
    assert_has(text, "per second 25.0 requests: 20.0 2xx, 3.0 4xx, 2.0 5xx");
    /* 50 of 100 within the first bucket, 95 within the second, 5 beyond all bounds */
    assert_has(text, "\n/b                                        25.0"
                     "   \xE2\x89\xA4 10 ms  \xE2\x89\xA4 100 ms  > 100 ms\n");
}

static void shows_all_since_the_start_without_an_earlier_look(void **state)
{
    fixture *f = *state;
    assert_int_equal(EG_OK, look(&f->now, first, "{}", 10ull * SECOND));
    assert_has(page(f, false), "per second 2.0 requests: 1.8 2xx, 0.2 4xx, 0.0 5xx");
}

static void counts_from_nothing_after_a_restart(void **state)
{
    fixture *f = *state;
    assert_int_equal(EG_OK, look(&f->before, second, "{}", 10ull * SECOND));
    assert_int_equal(EG_OK, look(&f->now, first, "{}", 20ull * SECOND));
    assert_has(page(f, true), "per second 11.0 requests: 10.0 2xx, 1.0 4xx, 0.0 5xx");
}

static void lists_the_oldest_requests_first(void **state)
{
    fixture *f = *state;
    char health[4096] = "{\"requests\":[";
    for (int i = 0; i < 20; i++) {
        size_t n = strlen(health);
        (void)snprintf(health + n, sizeof health - n,
                       "%s{\"request_id\":\"r%d\",\"endpoint\":\"/b\",\"elapsed_seconds\":%d,"
                       "\"thread_id\":7}",
                       i == 0 ? "" : ",", i, i * 7 % 20);
    }
    strcat(health, "]}");
    assert_int_equal(EG_OK, look(&f->now, first, health, SECOND));
    const char *text = page(f, false);
    const char *at = text;
    for (int age = 19; age >= 8; age--) {
        char wanted[32];
        (void)snprintf(wanted, sizeof wanted, " %d s       7  r", age);
        at = strstr(at, wanted);
        assert_non_null(at);
    }
    assert_null(strstr(text, " 7 s       7  r"));
    assert_has(text, "\nand 8 more\n");
}

static void nothing_of_the_service_moves_the_cursor(void **state)
{
    fixture *f = *state;
    const char *metrics = "egserve_kernel_info{kernel=\"\x1b[2J\r\"} 1\n"
                          "egserve_request_duration_seconds_count{endpoint=\"\x1b[H\"} 1\n";
    const char *health =
        "{\"requests\":[{\"request_id\":\"\\u001b[H\",\"endpoint\":\"\\u009b\"},3]}";
    assert_int_equal(EG_OK, look(&f->now, metrics, health, SECOND));
    for (const char *c = page(f, false); *c != '\0'; c++) {
        assert_true((*c >= 0x20 && *c < 0x7f) || *c == '\n' || strncmp(c, "\xE2\x89\xA4", 3) == 0 ||
                    strncmp(c, "\x89\xA4", 2) == 0 || *c == '\xA4');
    }
}

/* What the monitor and balancers ask is no load, and its connection is not one of others. */
static void does_not_count_watching(void **state)
{
    fixture *f = *state;
    static const char metrics[] =
        "egserve_requests_total{endpoint=\"/metrics\",status=\"200\"} 400\n"
        "egserve_requests_total{endpoint=\"/health\",status=\"200\"} 400\n"
        "egserve_requests_total{endpoint=\"/ready\",status=\"503\"} 400\n"
        "egserve_requests_total{endpoint=\"/b\",status=\"200\"} 10\n"
        "egserve_request_duration_seconds_count{endpoint=\"/metrics\"} 400\n"
        "egserve_request_duration_seconds_count{endpoint=\"/b\"} 10\n"
        "egserve_connections 3\negserve_connections_max 9\negserve_uptime_seconds 10\n";
    assert_int_equal(EG_OK, look(&f->now, metrics, "{}", SECOND));
    const char *text = page(f, false);
    assert_has(text, "per second 1.0 requests: 1.0 2xx, 0.0 4xx, 0.0 5xx");
    assert_has(text, "; 2 of 9 connections");
    assert_null(strstr(text, "/metrics"));
}

/* A busy service: 12 endpoints, the later the busier, and 20 requests in flight. */
static void busy(fixture *f)
{
    static char metrics[8192], health[8192];
    size_t n = 0;
    size_t m = (size_t)snprintf(health, sizeof health, "{\"requests\":[");
    for (int i = 0; i < 12; i++) {
        n += (size_t)snprintf(
            metrics + n, sizeof metrics - n,
            "egserve_request_duration_seconds_count{endpoint=\"/name_%02d\"} %d\n", i, 10 + i);
    }
    for (int i = 0; i < 20; i++) {
        m += (size_t)snprintf(health + m, sizeof health - m,
                              "%s{\"request_id\":\"0123456789abcdef0123456789abcdef\",\"endpoint\":"
                              "\"/b\",\"elapsed_seconds\":%d,\"thread_id\":7}",
                              i == 0 ? "" : ",", i);
    }
    (void)snprintf(health + m, sizeof health - m, "]}");
    assert_int_equal(EG_OK, look(&f->now, metrics, health, SECOND));
}

static void assert_fits(const char *text, size_t columns, size_t rows)
{
    size_t lines = 0, width = 0;
    for (const char *c = text; *c != '\0'; c++) {
        bool starts_character = (*c & 0xc0) != 0x80;
        width = *c == '\n' ? 0 : width + starts_character;
        lines += *c == '\n';
        assert_true(width <= columns);
    }
    assert_true(rows == 0 || lines <= rows);
}

static void fits_every_terminal(void **state)
{
    fixture *f = *state;
    static const size_t sizes[][2] = {{80, 24}, {120, 40}, {60, 20}, {50, 18}, {80, 0}, {200, 100}};
    busy(f);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const char *text = sized_page(f, false, sizes[i][0], sizes[i][1]);
        assert_fits(text, sizes[i][0], sizes[i][1]);
        assert_has(text, "egserve at http://h:1:");
        assert_has(text, "endpoint");
        if (sizes[i][0] >= 60) {
            assert_has(text, "in flight, the oldest"); /* both tables share what room there is */
        }
        assert_has(text, "\nthe last line\n");
    }
}

static void the_busiest_endpoints_are_shown(void **state)
{
    fixture *f = *state;
    busy(f);
    const char *text = sized_page(f, false, 80, 24);
    assert_has(text, "_11 ");
    assert_null(strstr(text, "_00 "));
    assert_has(text, " more\n");
    text = sized_page(f, false, 80, 0);
    assert_has(text, "_00 ");
}

static void refuses_answers_of_something_else(void **state)
{
    fixture *f = *state;
    assert_int_equal(EG_E_BAD_ENCODING, look(&f->now, "<html>", "{}", 0));
    assert_int_equal(EG_E_BAD_TYPE, look(&f->now, first, "[]", 0));
    assert_int_equal(EG_E_BAD_ENCODING, look(&f->now, first, "", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(shows_what_lies_between_two_looks, start, stop),
        cmocka_unit_test_setup_teardown(shows_all_since_the_start_without_an_earlier_look, start,
                                        stop),
        cmocka_unit_test_setup_teardown(counts_from_nothing_after_a_restart, start, stop),
        cmocka_unit_test_setup_teardown(lists_the_oldest_requests_first, start, stop),
        cmocka_unit_test_setup_teardown(nothing_of_the_service_moves_the_cursor, start, stop),
        cmocka_unit_test_setup_teardown(does_not_count_watching, start, stop),
        cmocka_unit_test_setup_teardown(fits_every_terminal, start, stop),
        cmocka_unit_test_setup_teardown(the_busiest_endpoints_are_shown, start, stop),
        cmocka_unit_test_setup_teardown(refuses_answers_of_something_else, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
