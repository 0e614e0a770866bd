/* Text of others on a terminal: columns as terminals count them, and nothing that acts on one. */
#include "support/cmocka_all.h"

#include "cli/screen_text.h"

static const char *shown(const char *text)
{
    static eg_buf out;
    eg_buf_clear(&out);
    eg_screen_append(&out, eg_str_from(text));
    eg_buf_append_char(&out, '\0');
    return out.data;
}

static void widths(void **state)
{
    static const struct {
        const char *text;
        size_t columns;
    } cases[] = {
        {"", 0},
        {"Ann", 3},
        {"Jos\xC3\xA9", 4},              /* composed */
        {"Jose\xCC\x81", 4},             /* decomposed */
        {"\xE6\x9D\x8E\xE5\x9B\x9B", 4}, /* two wide characters */
        {"\xED\x95\x9C", 2},             /* Hangul */
        {"\xE0\xB8\x81\xE0\xB8\xB4", 1}, /* Thai with a vowel above */
        {"\xF0\x9F\x97\xB3", 1},         /* a ballot box: narrow by Unicode */
        {"\xEF\xBD\xB1", 1},             /* half-width katakana */
        {"a\x1B[2Jb", 6},                /* as it is shown */
        {"\xFF\xC3", 2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(eg_screen_width(eg_str_from(cases[i].text)), cases[i].columns);
    }
}

static void what_acts_on_a_terminal_is_replaced(void **state)
{
    (void)state;
    assert_string_equal(shown("A\x1B[31mnn\r\n\x7F\t"), "A?[31mnn????");
    assert_string_equal(shown("\xC2\x9B"
                              "2J"),
                        "?2J"); /* CSI of one character */
    assert_string_equal(shown("\xE2\x80\xAE"
                              "nnA"),
                        "?nnA");                                    /* right to left from here */
    assert_string_equal(shown("A\xE2\x81\xA9"), "A?");              /* end of an isolate */
    assert_string_equal(shown("A\xE2\x80\xA8\xE2\x80\xA9"), "A??"); /* separators of lines */
    assert_string_equal(shown("\xEF\xBB\xBF\xC2\xAD"), "??");
    assert_string_equal(shown("\xF3\xA0\x81\x81"), "?");          /* a tag */
    assert_string_equal(shown("\xFF\xC3\xC3\xA9"), "??\xC3\xA9"); /* no UTF-8 */
    assert_string_equal(shown("\xEF\xBF\xBF"), "?");
    assert_string_equal(shown("\xE2\x80\x8D\xE2\x80\x8C"),
                        "\xE2\x80\x8D\xE2\x80\x8C"); /* joiners */
}

static void fills_up_and_never_cuts(void **state)
{
    eg_buf out;
    (void)state;
    eg_buf_init(&out, NULL);
    eg_screen_append_padded(&out, EG_STR("Jos\xC3\xA9"), 6);
    eg_screen_append_padded(&out, EG_STR("longer"), 3);
    assert_true(eg_str_equal(eg_buf_str(&out), EG_STR("Jos\xC3\xA9  longer")));
    eg_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths),
        cmocka_unit_test(what_acts_on_a_terminal_is_replaced),
        cmocka_unit_test(fills_up_and_never_cuts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
