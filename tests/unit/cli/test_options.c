/* Flags: what is read, what is refused, and that a refusal says so by its result. */
#include "support/cmocka_all.h"

#include "cli/options.h"

typedef struct values {
    uint64_t count;
    const char *text;
    bool flag;
    eg_option_texts texts;
    const char *argument;
} values;

static eg_options_result parse(values *v, bool required, const char *const words[], int count)
{
    const eg_option options[] = {
        {"--count", EG_OPTION_COUNT, "N", &v->count, "a count", 2, 9, required},
        {"--text", EG_OPTION_TEXT, "TEXT", &v->text, "a text", 0, 0, false},
        {"--flag", EG_OPTION_SWITCH, NULL, &v->flag, "a switch", 0, 0, false},
        {"--texts", EG_OPTION_TEXTS, "TEXT", &v->texts, "texts", 0, 0, false},
    };
    const eg_usage usage = {.command = "test",
                            .summary = "Tests.",
                            .options = options,
                            .option_count = sizeof options / sizeof *options,
                            .argument = "DIR",
                            .argument_to = &v->argument};
    char *argv[8];
    for (int i = 0; i < count; i++) {
        argv[i] = (char *)(uintptr_t)words[i];
    }
    return eg_options_read(&usage, count, argv);
}

#define PARSE(v, required, ...)                                                                    \
    parse((v), (required), (const char *const[]){__VA_ARGS__},                                     \
          (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)))

static void reads_every_kind(void **state)
{
    values v = {.count = 3};
    (void)state;
    assert_int_equal(PARSE(&v, true, "--count", "9", "--text=a=b", "--flag", "folder"),
                     EG_OPTIONS_READ);
    assert_int_equal(v.count, 9);
    assert_string_equal(v.text, "a=b");
    assert_true(v.flag);
    assert_string_equal(v.argument, "folder");
}

static void reads_texts_again_and_again(void **state)
{
    values v = {.count = 3};
    (void)state;
    assert_int_equal(PARSE(&v, false, "--texts", "a", "--texts=b", "--texts", "a", "folder"),
                     EG_OPTIONS_READ);
    assert_int_equal(v.texts.count, 3);
    assert_string_equal(v.texts.items[1], "b");
    assert_int_equal(PARSE(&v, false, "--texts=", "folder"), EG_OPTIONS_WRONG);
}

static void keeps_defaults(void **state)
{
    values v = {.count = 3};
    (void)state;
    assert_int_equal(PARSE(&v, false, "folder"), EG_OPTIONS_READ);
    assert_int_equal(v.count, 3);
    assert_null(v.text);
    assert_false(v.flag);
}

static void takes_flags_as_arguments_after_two_dashes(void **state)
{
    values v = {.count = 3};
    (void)state;
    assert_int_equal(PARSE(&v, false, "--", "--flag"), EG_OPTIONS_READ);
    assert_string_equal(v.argument, "--flag");
    assert_false(v.flag);
}

static void switches_are_on_or_off(void **state)
{
    values v = {.count = 3};
    (void)state;
    assert_int_equal(PARSE(&v, false, "--flag=1", "d"), EG_OPTIONS_READ);
    assert_true(v.flag);
    assert_int_equal(PARSE(&v, false, "--flag=off", "d"), EG_OPTIONS_READ);
    assert_false(v.flag);
}

static void wrong_values_are_refused(void **state)
{
    values v = {.count = 3};
    (void)state;
    assert_int_equal(PARSE(&v, false, "--count", "1", "d"), EG_OPTIONS_WRONG);
    assert_int_equal(PARSE(&v, false, "--count", "10", "d"), EG_OPTIONS_WRONG);
    assert_int_equal(PARSE(&v, false, "--count", " 4", "d"), EG_OPTIONS_WRONG);
    assert_int_equal(PARSE(&v, false, "--count=", "d"), EG_OPTIONS_WRONG);
    assert_int_equal(PARSE(&v, false, "d", "--count"), EG_OPTIONS_WRONG);
    assert_int_equal(PARSE(&v, false, "--coun", "4", "d"), EG_OPTIONS_WRONG);
    assert_int_equal(PARSE(&v, false, "--text=", "d"), EG_OPTIONS_WRONG);
    assert_int_equal(PARSE(&v, false, "--flag=maybe", "d"), EG_OPTIONS_WRONG);
    assert_int_equal(PARSE(&v, false, "--flag", "--flag", "d"), EG_OPTIONS_WRONG);
    assert_int_equal(PARSE(&v, false, "d", "e"), EG_OPTIONS_WRONG);
    assert_int_equal(PARSE(&v, false, ""), EG_OPTIONS_WRONG);
    assert_int_equal(PARSE(&v, false, "--flag"), EG_OPTIONS_WRONG); /* no DIR */
    assert_int_equal(PARSE(&v, true, "d"), EG_OPTIONS_WRONG);       /* no --count */
    assert_int_equal(v.count, 3);
}

static void help_comes_before_what_is_missing(void **state)
{
    values v = {.count = 3};
    (void)state;
    assert_int_equal(PARSE(&v, true, "--help"), EG_OPTIONS_HELP);
}

static void takes_several_arguments(void **state)
{
    static eg_option_texts texts;
    bool once = false;
    const eg_option options[] = {
        {"--once", EG_OPTION_SWITCH, NULL, &once, "help", 0, 0, false},
    };
    const eg_usage usage = {.command = "test",
                            .summary = "summary",
                            .options = options,
                            .option_count = 1,
                            .argument = "URL",
                            .arguments_to = &texts};
    char *many[] = {"one", "--once", "two", "--", "--three"};
    char *empty[] = {"one", ""};
    (void)state;
    assert_int_equal(eg_options_read(&usage, 5, many), EG_OPTIONS_READ);
    assert_int_equal(texts.count, 3);
    assert_string_equal(texts.items[0], "one");
    assert_string_equal(texts.items[1], "two");
    assert_string_equal(texts.items[2], "--three");
    assert_true(once);
    assert_int_equal(eg_options_read(&usage, 2, empty), EG_OPTIONS_WRONG);
    assert_int_equal(eg_options_read(&usage, 0, many), EG_OPTIONS_WRONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_kind),
        cmocka_unit_test(reads_texts_again_and_again),
        cmocka_unit_test(keeps_defaults),
        cmocka_unit_test(takes_flags_as_arguments_after_two_dashes),
        cmocka_unit_test(takes_several_arguments),
        cmocka_unit_test(switches_are_on_or_off),
        cmocka_unit_test(wrong_values_are_refused),
        cmocka_unit_test(help_comes_before_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
