/* What is said on the way: rates of what this run did, estimates in the units of people. */
#include "support/cmocka_all.h"

#include "client/progress.h"

#define SECONDS(n) ((uint64_t)((n)*1e9))

static void assert_text(const eg_progress *p, double seconds, const char *wanted)
{
    eg_buf out;
    eg_buf_init(&out, NULL);
    eg_progress_text(&out, p, SECONDS(100 + seconds));
    eg_buf_append_char(&out, '\0');
    assert_string_equal(out.data, wanted);
    eg_buf_free(&out);
}

static eg_progress at(size_t done, size_t found, size_t total)
{
    return (eg_progress){.step = "ballots",
                         .done = done,
                         .found = found,
                         .total = total,
                         .started_ns = SECONDS(100)};
}

static void tells_rate_and_estimate(void **state)
{
    eg_progress p = at(1280, 0, 4000);
    (void)state;
    assert_text(&p, 6, "1280 of 4000, 213 per second, about 13 s left");
    assert_text(&p, 640, "1280 of 4000, 2.0 per second, about 23 min left");
    assert_text(&p, 12800, "1280 of 4000, 10.0 s each, about 7 h 33 min left");
    p = at(4000, 0, 4000);
    assert_text(&p, 8, "4000 of 4000, 500 per second");
}

static void what_was_found_says_nothing_about_the_rate(void **state)
{
    eg_progress p = at(1000, 900, 2000);
    (void)state;
    assert_text(&p, 10, "1000 of 2000, 10 per second, about 2 min left");
    p = at(900, 900, 2000);
    assert_text(&p, 7, "900 of 2000, 7 s");
}

static void promises_nothing_at_the_start(void **state)
{
    eg_progress p = at(0, 0, 64);
    (void)state;
    assert_text(&p, 0, "0 of 64");
    assert_text(&p, 12, "0 of 64, 12 s");
    p.done = 5;
    assert_text(&p, 0.1, "5 of 64");
}

static void put_two(eg_buf *out, void *context)
{
    eg_buf_append_str(out, *(const eg_str *)context);
}

static void shows_what_the_rate_is_made_of(void **state)
{
    eg_progress p = at(1280, 0, 4000);
    eg_str parts = EG_STR("110 + 105");
    (void)state;
    eg_progress_split(&p, put_two, &parts);
    assert_text(&p, 6, "1280 of 4000, 213 per second (110 + 105), about 13 s left");
    parts = EG_STR("");
    assert_text(&p, 6, "1280 of 4000, 213 per second, about 13 s left");
    eg_progress_split(&p, NULL, NULL);
    assert_text(&p, 6, "1280 of 4000, 213 per second, about 13 s left");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_rate_and_estimate),
        cmocka_unit_test(what_was_found_says_nothing_about_the_rate),
        cmocka_unit_test(promises_nothing_at_the_start),
        cmocka_unit_test(shows_what_the_rate_is_made_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
