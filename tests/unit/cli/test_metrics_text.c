/* Prometheus' text: what is read, what is refused. */
#include "support/cmocka_all.h"

#include "cli/metrics_text.h"

static eg_arena arena;
static eg_metrics metrics;

static eg_code read_text(const char *text)
{
    eg_error err = {0};
    return eg_metrics_read(&metrics, eg_str_from(text), &arena, &err).code;
}

static void assert_label(const char *name, const char *expected)
{
    assert_true(eg_str_equal(eg_metric_label(&metrics.items[0], name), eg_str_from(expected)));
}

static void reads_names_labels_and_values(void **state)
{
    (void)state;
    assert_int_equal(EG_OK, read_text("# HELP a Some.\n# TYPE a counter\n"
                                      "a{x=\"1\",path=\"/b/{id}\"} 12\n\na{x=\"2\"} 0.5\nb 1e3"));
    assert_int_equal(3, metrics.count);
    assert_true(eg_str_equal(metrics.items[0].name, EG_STR("a")));
    assert_label("path", "/b/{id}");
    assert_label("x", "1");
    assert_label("y", "");
    assert_true(eg_metrics_sum(&metrics, "a") == 12.5);
    assert_true(eg_metrics_sum(&metrics, "b") == 1000);
    assert_true(eg_metrics_sum(&metrics, "c") == 0);
    assert_true(eg_metrics_sum_where(&metrics, "a", "x", EG_STR("2")) == 0.5);
}

static void quotes_and_braces_inside_a_label(void **state)
{
    (void)state;
    assert_int_equal(EG_OK, read_text("a{x=\"}\\\"\",y=\"2\"} 3\n"));
    assert_label("x", "}\\\"");
    assert_label("y", "2");
}

static void refuses_what_is_no_metric(void **state)
{
    static const char *const wrong[] = {
        "a",       "a ",      "a 1x",       "a nan",   "a inf",          "{x=\"1\"} 1",
        "a{x=\"1", "a{x} ",   "a{x=\"1\"}", "a{ } 1 ", "a\t1",           "<html>",
        " a 1",    "a{\\ 1 ", "a{x=\"\\",   "a  ",     "a{x=\"1\"}  1 2"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(EG_E_BAD_ENCODING, read_text(wrong[i]));
    }
}

static void labels_that_are_none_have_no_value(void **state)
{
    static const char *const odd[] = {"a{x} 1", "a{x=1} 1", "a{=\"1\"} 1", "a{x=\"1\"y=\"2\"} 1"};
    (void)state;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        assert_int_equal(EG_OK, read_text(odd[i]));
        assert_label("z", "");
    }
}

static int release(void **state)
{
    (void)state;
    eg_arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_names_labels_and_values),
        cmocka_unit_test(quotes_and_braces_inside_a_label),
        cmocka_unit_test(refuses_what_is_no_metric),
        cmocka_unit_test(labels_that_are_none_have_no_value),
    };
    eg_arena_init(&arena, NULL);
    return cmocka_run_group_tests(tests, NULL, release);
}
