/* What a name that nobody knows looks like. */
#include "support/cmocka_all.h"

#include "wire/name_hint.h"

static const eg_str known[] = {{"Ann", 3}, {"Zo\xc3\xab", 4}, {"Bob Lee", 7}};

static void hints(void **state)
{
    static const struct {
        const char *name;
        const char *hint;
    } cases[] = {
        {"Ann ", "; looks like candidate 'Ann', with a trailing space"},
        {" Ann", "; looks like candidate 'Ann', with a leading space"},
        {"Ann\xc2\xa0", "; looks like candidate 'Ann', with a trailing no-break space"},
        {"Ann\xe2\x80\x8b",
         "; looks like candidate 'Ann', with a trailing character that does not show"},
        {"Zoe\xcc\x88", "; looks like candidate 'Zo\xc3\xab', in another Unicode normalisation"},
        {"ann", "; looks like candidate 'Ann', in other case"},
        {"ZO\xc3\x8b", "; looks like candidate 'Zo\xc3\xab', in other case"},
        {"Bob\xc2\xa0Lee", "; looks like candidate 'Bob Lee', in other characters"},
        {"Anne", ""},
        {"", ""},
        {"  ", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char hint[EG_NAME_HINT_BYTES];
        eg_name_hint(hint, eg_str_from(cases[i].name), known, sizeof *known, 3);
        assert_string_equal(hint, cases[i].hint);
    }
}

static void long_names_are_cut(void **state)
{
    char text[400], hint[EG_NAME_HINT_BYTES];
    (void)state;
    memset(text, 'a', sizeof text);
    eg_str candidate = {text, sizeof text - 1};
    text[sizeof text - 1] = ' ';
    eg_name_hint(hint, (eg_str){text, sizeof text}, &candidate, sizeof candidate, 1);
    assert_non_null(strstr(hint, "', with a trailing space"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(hints),
                                       cmocka_unit_test(long_names_are_cut)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
