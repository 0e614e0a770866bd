/* Names and numbers from records, in a page. */
#include "support/cmocka_all.h"

#include "report/html.h"

static void is(eg_buf *out, const char *expected)
{
    assert_int_equal(out->len, strlen(expected));
    assert_memory_equal(out->len > 0 ? out->data : "", expected, out->len);
    eg_buf_clear(out);
}

static void text_from_elsewhere_is_no_markup(void **state)
{
    (void)state;
    eg_buf out;
    eg_buf_init(&out, NULL);
    eg_html_text(&out, EG_STR("<script>\"&\"</script>"));
    is(&out, "&lt;script&gt;&quot;&amp;&quot;&lt;/script&gt;");
    eg_html_text(&out, EG_STR("a\nb\tc\x01\x7f"
                              "d é"));
    is(&out, "a b c&#xfffd;&#xfffd;d é");
    eg_html_name(&out, EG_STR("<i>"));
    is(&out, "<bdi>&lt;i&gt;</bdi>");
    eg_html_text(&out, EG_STR(""));
    is(&out, "");
    eg_buf_free(&out);
}

static void languages_are_marked(void **state)
{
    (void)state;
    static const eg_language names[] = {
        {EG_STR("A & B"), EG_STR("en")}, {EG_STR(""), EG_STR("fr")}, {EG_STR("C"), EG_STR("e\"s")}};
    eg_text text = {.kind = EG_TEXT_LANGUAGES, .languages = names, .language_count = 3};
    eg_buf out;
    eg_buf_init(&out, NULL);
    eg_html_languages(&out, &text, EG_STR("x"));
    is(&out, "<bdi lang=\"en\">A &amp; B</bdi> <bdi class=\"other\" lang=\"e&quot;s\">C</bdi>");
    text.language_count = 0;
    eg_html_languages(&out, &text, EG_STR("x"));
    is(&out, "<bdi>x</bdi>");
    text = (eg_text){.kind = EG_TEXT_PLAIN, .plain = EG_STR("plain")};
    eg_html_languages(&out, &text, EG_STR("x"));
    is(&out, "<bdi>plain</bdi>");
    text.kind = EG_TEXT_NULL;
    eg_html_languages(&out, &text, EG_STR("x"));
    is(&out, "<bdi>x</bdi>");
    eg_buf_free(&out);
}

static void numbers_are_for_people(void **state)
{
    (void)state;
    static const struct {
        uint64_t count;
        const char *text;
    } rows[] = {{0, "0"},
                {999, "999"},
                {1000, "1,000"},
                {12345678, "12,345,678"},
                {UINT64_MAX, "18,446,744,073,709,551,615"}};
    eg_buf out;
    eg_buf_init(&out, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        eg_html_count(&out, rows[i].count);
        is(&out, rows[i].text);
    }
    eg_html_counted(&out, 1, "ballot");
    is(&out, "1 ballot");
    eg_html_counted(&out, 2000, "ballot");
    is(&out, "2,000 ballots");
    eg_html_share(&out, 3, 8);
    is(&out, "37.5 %");
    eg_html_share(&out, 0, 0);
    is(&out, "–");
    eg_buf_free(&out);
}

static void a_bar_stays_in_its_track(void **state)
{
    (void)state;
    eg_buf out;
    eg_buf_init(&out, NULL);
    eg_html_bar(&out, 1, 4);
    is(&out, "<span class=\"bar\" aria-hidden=\"true\"><i style=\"width:25.00%\"></i></span>");
    eg_html_bar(&out, 9, 4);
    is(&out, "<span class=\"bar\" aria-hidden=\"true\"><i style=\"width:100.00%\"></i></span>");
    eg_html_bar(&out, 0, 0);
    is(&out, "<span class=\"bar\" aria-hidden=\"true\"><i style=\"width:0.00%\"></i></span>");
    eg_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_from_elsewhere_is_no_markup),
        cmocka_unit_test(languages_are_marked),
        cmocka_unit_test(numbers_are_for_people),
        cmocka_unit_test(a_bar_stays_in_its_track),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
