/* Names that may be in a record, and what the layout takes them for. */
#include "record/layout.h"
#include "record/source_parts.h"

#include "support/cmocka_all.h"

static void names_of_files(void **state)
{
    static const char *const good[] = {"a", "a/b.json", "a/", "..a", "a..", "x/...", "\xC3\xA9"};
    static const char *const bad[] = {"",      "/",    "/a",   "..",   "a/..",   "../a", ".",
                                      "a/./b", "a//b", "a\\b", "a\nb", "a/../b", "\xC3"};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_null(eg_source_name_fault(eg_str_from(good[i])));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_non_null(eg_source_name_fault(eg_str_from(bad[i])));
    }
    assert_non_null(eg_source_name_fault((eg_str){"a\0b", 3}));
}

static void lists_are_sorted_and_bounded(void **state)
{
    eg_arena arena;
    eg_source source = {0};
    eg_error err;
    (void)state;
    eg_arena_init(&arena, NULL);
    eg_source_list list = {.arena = &arena};
    assert_false(eg_failed(eg_source_list_add(&list, EG_STR("b"), 1, 7, &err)));
    assert_false(eg_failed(eg_source_list_add(&list, EG_STR("a"), 2, 8, &err)));
    assert_int_equal(
        eg_source_list_add(&list, EG_STR("c"), EG_SOURCE_FILE_BYTES_MAX + 1ull, 9, &err).code,
        EG_E_TOO_LARGE);
    assert_string_equal(err.path, "c");
    assert_false(eg_failed(eg_source_list_finish(&source, &list, &err)));
    assert_int_equal(source.count, 2);
    assert_int_equal(eg_source_find(&source, EG_STR("a"))->entry, 8);
    assert_int_equal(eg_source_find(&source, EG_STR("b"))->entry, 7);
    assert_null(eg_source_find(&source, EG_STR("aa")));
    assert_false(eg_failed(eg_source_list_add(&list, EG_STR("b"), 1, 9, &err)));
    assert_int_equal(eg_source_list_finish(&source, &list, &err).code, EG_E_DUPLICATE);
    eg_source_list_free(&list);
    eg_arena_free(&arena);
}

static void expect_class(const char *name, eg_record_class which, const char *id)
{
    eg_str found;
    assert_int_equal(eg_record_classify(eg_str_from(name), &found), which);
    assert_true(eg_str_equal(found, eg_str_from(id)));
}

static void classes_of_files(void **state)
{
    (void)state;
    expect_class("tally.json", EG_RECORD_CLASS_TALLY, "");
    expect_class("guardians/guardian_1.json", EG_RECORD_CLASS_GUARDIAN, "1");
    expect_class("submitted_ballots/submitted_ballot_a.json.json", EG_RECORD_CLASS_SUBMITTED_BALLOT,
                 "a.json");
    expect_class("spoiled_ballots/spoiled_ballot_b.json", EG_RECORD_CLASS_SPOILED_BALLOT, "b");
    expect_class("encryption_devices/device_7.json", EG_RECORD_CLASS_DEVICE, "7");
    static const char *const unknown[] = {"Tally.json",
                                          "tally.json/x",
                                          "guardians/guardian_.json",
                                          "guardians/guardian_1",
                                          "guardians/1.json",
                                          "guardian_1.json",
                                          "x/tally.json",
                                          "guardians/guardian_a/b.json"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        expect_class(unknown[i], EG_RECORD_CLASS_UNKNOWN, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_files),
        cmocka_unit_test(lists_are_sorted_and_bounded),
        cmocka_unit_test(classes_of_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
