/* Names of files: what is written reads back as what it is, and ids that cannot stand in a name are
 * told. */
#include "record/layout.h"

#include "support/cmocka_all.h"

static void names_read_back(void **state)
{
    (void)state;
    for (int which = EG_RECORD_CLASS_MANIFEST; which < EG_RECORD_CLASS_COUNT; which++) {
        char name[EG_RECORD_FILE_NAME_BYTES];
        const eg_str id = which >= EG_RECORD_CLASS_DEVICE ? EG_STR("b .. 1.json") : EG_STR("");
        eg_str found;
        eg_record_file_name(name, (eg_record_class)which, id);
        assert_int_equal(eg_record_classify(eg_str_from(name), &found), which);
        assert_true(eg_str_equal(found, id));
    }
}

static void longest_id_makes_the_longest_file_name(void **state)
{
    char id[EG_RECORD_ID_BYTES_MAX + 1];
    char name[EG_RECORD_FILE_NAME_BYTES];
    (void)state;
    memset(id, 'x', sizeof id);
    const eg_str longest = {id, EG_RECORD_ID_BYTES_MAX};
    assert_null(eg_record_id_fault(longest));
    eg_record_file_name(name, EG_RECORD_CLASS_SUBMITTED_BALLOT, longest);
    assert_int_equal(strlen(strchr(name, '/') + 1), 255);
    assert_non_null(eg_record_id_fault((eg_str){id, sizeof id}));
}

static void ids_that_cannot_be_names(void **state)
{
    const eg_str bad[] = {EG_STR(""),     EG_STR("a/b"), EG_STR("a\\b"),
                          EG_STR("a\nb"), {"a\0b", 3},   EG_STR("\xff")};
    const eg_str good[] = {EG_STR(".."), EG_STR("~"), EG_STR(" "), EG_STR("Z\xc3\xbcrich")};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_non_null(eg_record_id_fault(bad[i]));
    }
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_null(eg_record_id_fault(good[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_read_back),
        cmocka_unit_test(longest_id_makes_the_longest_file_name),
        cmocka_unit_test(ids_that_cannot_be_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
