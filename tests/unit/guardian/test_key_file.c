/* The sealed key file opens to the same guardian, and to nobody without the pass phrase: one
 * answer and one amount of work for whatever is not authentic, none for what is no key file. This
 * program is linked with eg_scrypt wrapped (mk/vault.mk), so that its runs can be counted. */
#include "three.h"

#include "base/base64.h"
#include "vault/kdf.h"

static const eg_str phrase = {"correct horse battery", 21};
static unsigned scrypt_runs;
static bool scrypt_is_real, scrypt_fails;

eg_result __real_eg_scrypt(uint8_t out[EG_KEY_BYTES], eg_str password,
                           const uint8_t salt[EG_SALT_BYTES], eg_error *err);
eg_result __wrap_eg_scrypt(uint8_t out[EG_KEY_BYTES], eg_str password,
                           const uint8_t salt[EG_SALT_BYTES], eg_error *err);
eg_result __wrap_eg_scrypt(uint8_t out[EG_KEY_BYTES], eg_str password,
                           const uint8_t salt[EG_SALT_BYTES], eg_error *err)
{
    scrypt_runs++;
    if (scrypt_fails) {
        return EG_FAIL(err, EG_E_BUSY, NULL, "no memory in this test");
    }
    if (scrypt_is_real) {
        return __real_eg_scrypt(out, password, salt, err);
    }
    eg_hmac_sha256(out, salt, password); /* a function of the same, for the sake of time */
    return EG_SUCCESS;
}

static void seal(const eg_guardian *g, eg_buf *out)
{
    eg_buf_init(out, NULL);
    assert_false(eg_failed(eg_guardian_seal(g, phrase, &seeded_rng, out, NULL)));
}

static eg_result open_text(eg_str file, eg_str pass_phrase, eg_error *err)
{
    eg_guardian *g = NULL;
    scrypt_runs = 0;
    eg_result result = eg_guardian_open(&g, file, pass_phrase, NULL, err);
    assert_true((g == NULL) == eg_failed(result));
    eg_guardian_free(g);
    return result;
}

static void the_same_guardian_comes_back(void **state)
{
    three t;
    (void)state;
    three_hold(&t);
    for (uint32_t i = 0; i < GUARDIANS; i++) {
        eg_buf file, record, again;
        eg_guardian *g = NULL;
        eg_guardian_info info;
        scrypt_is_real = i == 0;
        seal(t.of[i], &file);
        assert_false(eg_failed(eg_guardian_open(&g, text_of(&file), phrase, NULL, NULL)));
        scrypt_is_real = false;
        eg_buf_init(&record, NULL);
        assert_false(eg_failed(eg_guardian_record(g, &record, NULL)));
        assert_true(eg_str_equal(text_of(&record), text_of(&t.records[i])));
        eg_guardian_about(g, &info);
        assert_int_equal(info.quorum, QUORUM);
        assert_int_equal(info.records, GUARDIANS - 1);
        assert_int_equal(info.backups, GUARDIANS - 1);
        /* what it pinned stays pinned */
        for (uint32_t j = 0; j < GUARDIANS; j++) {
            assert_false(
                eg_failed(eg_guardian_take_record(g, text_of(&t.records[j]), NULL, NULL, NULL)));
        }
        /* salt and nonce are fresh each time */
        seal(g, &again);
        assert_false(eg_str_equal(text_of(&file), text_of(&again)));
        eg_guardian_free(g);
        eg_buf_free(&file);
        eg_buf_free(&again);
        eg_buf_free(&record);
    }
    three_free(&t);
}

static void nothing_of_the_key_stands_in_the_file(void **state)
{
    three t;
    eg_buf file;
    (void)state;
    three_make(&t);
    seal(t.of[0], &file);
    assert_null(memmem(file.data, file.len, "coefficients", 12));
    assert_null(memmem(file.data, file.len, phrase.data, phrase.len));
    assert_non_null(memmem(file.data, file.len, "\"sequence_order\":1", 18));
    eg_buf_free(&file);
    three_free(&t);
}

/* Every byte changed in turn. What still is a key file by its form gets the one answer, after the
 * same work as the wrong pass phrase; what is none costs nothing. */
static void changes_are_not_told_from_a_wrong_pass_phrase(void **state)
{
    three t;
    eg_buf file;
    eg_error wrong = {0}, err = {0};
    size_t told = 0;
    (void)state;
    three_make(&t);
    seal(t.of[1], &file);
    assert_int_equal(open_text(text_of(&file), EG_STR("correct horse batterz"), &wrong).code,
                     EG_E_TAMPERED);
    assert_int_equal(scrypt_runs, 1);
    for (size_t i = 0; i + 1 < file.len; i++) {
        const char was = file.data[i];
        file.data[i] = was == '4' ? '5' : '4';
        eg_result result = open_text(text_of(&file), phrase, &err);
        file.data[i] = was;
        assert_true(eg_failed(result));
        if (result.code == EG_E_TAMPERED) {
            assert_int_equal(scrypt_runs, 1);
            assert_string_equal(err.text, wrong.text);
            assert_string_equal(err.path, wrong.path);
            told++;
        } else {
            assert_int_equal(scrypt_runs, 0);
        }
    }
    assert_true(told > file.len / 2);
    assert_int_equal(open_text(text_of(&file), phrase, NULL).code, EG_OK);
    eg_buf_free(&file);
    three_free(&t);
}

static void what_is_no_key_file_costs_nothing(void **state)
{
    static const struct {
        const char *from, *to;
        eg_code code;
        const char *path;
    } cases[] = {
        {"key 1", "key 2", EG_E_BAD_ENCODING, "format"},
        {"scrypt", "sCrypt", EG_E_BAD_ENCODING, "kdf"},
        {"\"n\":65536", "\"n\":1073741824", EG_E_OUT_OF_RANGE, "n"},
        {"\"n\":65536", "\"n\":2", EG_E_OUT_OF_RANGE, "n"},
        {"\"r\":8", "\"r\":1", EG_E_OUT_OF_RANGE, "r"},
        {"\"p\":1", "\"p\":1000", EG_E_OUT_OF_RANGE, "p"},
        {"AES-256-GCM", "none", EG_E_BAD_ENCODING, "cipher"},
        {"\"salt\":\"", "\"salt\":\"AAAA", EG_E_BAD_ENCODING, "salt"},
        {"\"tag\":\"", "\"tag\":\"*", EG_E_BAD_ENCODING, "tag"},
        {"{\"format\"", "{\"more\":1,\"format\"", EG_E_BAD_ENCODING, ""},
        {"\"sealed\"", "\"opened\"", EG_E_MISSING_FIELD, "sealed"},
        {"{", "[{", EG_E_BAD_ENCODING, "[1]"},
    };
    three t;
    eg_buf file;
    (void)state;
    three_make(&t);
    seal(t.of[1], &file);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        eg_error err = {0};
        eg_buf changed;
        const char *at = memmem(file.data, file.len, cases[i].from, strlen(cases[i].from));
        assert_non_null(at);
        const size_t before = (size_t)(at - file.data), after = before + strlen(cases[i].from);
        eg_buf_init(&changed, NULL);
        eg_buf_append(&changed, file.data, before);
        eg_buf_append(&changed, cases[i].to, strlen(cases[i].to));
        eg_buf_append(&changed, file.data + after, file.len - after);
        assert_int_equal(open_text(text_of(&changed), phrase, &err).code, cases[i].code);
        assert_int_equal(scrypt_runs, 0);
        assert_string_equal(err.path, cases[i].path);
        eg_buf_free(&changed);
    }
    for (size_t n = 0; n < file.len - 2; n += 37) {
        assert_true(eg_failed(open_text((eg_str){file.data, n}, phrase, NULL)));
        assert_int_equal(scrypt_runs, 0);
    }
    assert_true(eg_failed(open_text(text_of(&t.records[0]), phrase, NULL)));
    assert_int_equal(scrypt_runs, 0);
    eg_buf_free(&file);
    three_free(&t);
}

/* White space says nothing, so that an editor may have touched it. */
static void white_space_does_not_matter(void **state)
{
    three t;
    eg_buf file, spaced;
    (void)state;
    three_make(&t);
    seal(t.of[2], &file);
    eg_buf_init(&spaced, NULL);
    for (size_t i = 0; i < file.len; i++) {
        eg_buf_append_char(&spaced, file.data[i]);
        if (file.data[i] == ',') {
            eg_buf_append_str(&spaced, EG_STR("\r\n  "));
        }
    }
    assert_int_equal(open_text(text_of(&spaced), phrase, NULL).code, EG_OK);
    eg_buf_free(&spaced);
    eg_buf_free(&file);
    three_free(&t);
}

static void pass_phrases_have_bounds(void **state)
{
    three t;
    eg_buf file;
    eg_error err = {0};
    char longest[EG_PASS_PHRASE_BYTES_MAX + 1];
    (void)state;
    three_make(&t);
    eg_buf_init(&file, NULL);
    memset(longest, 'a', sizeof longest);
    assert_int_equal(
        eg_guardian_seal(t.of[0], EG_STR("eleven byte"), &seeded_rng, &file, &err).code,
        EG_E_OUT_OF_RANGE);
    assert_string_equal(err.path, "pass_phrase");
    assert_int_equal(
        eg_guardian_seal(t.of[0], (eg_str){longest, sizeof longest}, &seeded_rng, &file, &err).code,
        EG_E_OUT_OF_RANGE);
    assert_int_equal(file.len, 0);
    assert_false(eg_failed(eg_guardian_seal(t.of[0], (eg_str){longest, sizeof longest - 1},
                                            &seeded_rng, &file, &err)));
    /* a short one is wrong as others are */
    assert_int_equal(open_text(text_of(&file), EG_STR(""), &err).code, EG_E_TAMPERED);
    assert_int_equal(scrypt_runs, 1);
    eg_buf_free(&file);
    three_free(&t);
}

static void want_of_memory_is_said(void **state)
{
    three t;
    eg_buf file;
    eg_error err = {0};
    (void)state;
    three_make(&t);
    seal(t.of[0], &file);
    scrypt_fails = true;
    assert_int_equal(open_text(text_of(&file), phrase, &err).code, EG_E_NO_MEMORY);
    scrypt_fails = false;
    assert_non_null(strstr(err.text, "65 MiB"));
    eg_buf_free(&file);
    eg_buf_init(&file, NULL);
    assert_int_equal(eg_guardian_seal(t.of[0], phrase, &broken_rng, &file, NULL).code,
                     EG_E_INTERNAL);
    assert_int_equal(file.len, 0);
    three_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_guardian_comes_back),
        cmocka_unit_test(nothing_of_the_key_stands_in_the_file),
        cmocka_unit_test(changes_are_not_told_from_a_wrong_pass_phrase),
        cmocka_unit_test(what_is_no_key_file_costs_nothing),
        cmocka_unit_test(white_space_does_not_matter),
        cmocka_unit_test(pass_phrases_have_bounds),
        cmocka_unit_test(want_of_memory_is_said),
    };
    seed_from_environment();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
