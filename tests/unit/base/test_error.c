/* Errors: the path of the field at fault, and nothing of the request that could do harm. */
#include "support/cmocka_all.h"

#include "base/error.h"

static void paths_are_written_in_the_requests_words(void **state)
{
    (void)state;
    eg_error err = {.code = EG_OK};
    eg_path list = eg_path_field(NULL, "encrypted_ballots");
    eg_path ballot = eg_path_index(&list, 3);
    eg_path contests = eg_path_field(&ballot, "contests");
    eg_path contest = eg_path_index(&contests, 0);
    eg_path proof = eg_path_field(&contest, "proof");
    eg_result r = EG_FAIL(&err, EG_E_PROOF_INVALID, &proof, "'%s' does not hold", "proof");
    assert_true(eg_failed(r));
    assert_int_equal(r.code, EG_E_PROOF_INVALID);
    assert_int_equal(err.code, EG_E_PROOF_INVALID);
    assert_string_equal(err.path, "encrypted_ballots[3].contests[0].proof");
    assert_string_equal(err.text, "'proof' does not hold");
    assert_non_null(strstr(err.where, "test_error.c:"));
}

static void without_a_path_there_is_none(void **state)
{
    (void)state;
    eg_error err = {.code = EG_OK};
    (void)EG_FAIL(&err, EG_E_BUSY, NULL, "full");
    assert_string_equal(err.path, "");
    assert_true(eg_failed(EG_FAIL(NULL, EG_E_BUSY, NULL, "full")));
}

static void foreign_keys_are_made_harmless(void **state)
{
    (void)state;
    eg_error err = {.code = EG_OK};
    eg_path key = eg_path_key(NULL, "a\"b\\c\nd\xff\0e", 10);
    (void)EG_FAIL(&err, EG_E_BAD_TYPE, &key, "wrong");
    assert_string_equal(err.path, "a?b?c?d??e");
}

static void long_paths_are_cut(void **state)
{
    (void)state;
    eg_error err = {.code = EG_OK};
    char name[5000];
    memset(name, 'n', sizeof name);
    eg_path steps[90] = {eg_path_key(NULL, name, sizeof name)};
    for (size_t i = 1; i < 90; i++) {
        steps[i] = eg_path_key(&steps[i - 1], name, sizeof name);
    }
    (void)EG_FAIL(&err, EG_E_BAD_TYPE, &steps[89], "wrong");
    assert_true(strlen(err.path) < EG_ERROR_PATH_BYTES);
    (void)EG_FAIL(&err, EG_E_BAD_TYPE, NULL, "%.*s", 5000, name);
    assert_int_equal(strlen(err.text), EG_ERROR_TEXT_BYTES - 1);
}

static eg_result bug(eg_error *err, bool condition)
{
    EG_BUG_IF(err, condition);
    return EG_SUCCESS;
}

static eg_result passes_up(eg_error *err, bool condition)
{
    EG_TRY(bug(err, condition));
    return EG_FAIL(err, EG_E_BUSY, NULL, "was reached");
}

static void our_own_mistakes_say_nothing_to_the_client(void **state)
{
    (void)state;
    eg_error err = {.code = EG_OK};
    assert_int_equal(passes_up(&err, true).code, EG_E_INTERNAL);
    assert_string_equal(err.text, "internal error");
    assert_int_equal(passes_up(&err, false).code, EG_E_BUSY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_written_in_the_requests_words),
        cmocka_unit_test(without_a_path_there_is_none),
        cmocka_unit_test(foreign_keys_are_made_harmless),
        cmocka_unit_test(long_paths_are_cut),
        cmocka_unit_test(our_own_mistakes_say_nothing_to_the_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
