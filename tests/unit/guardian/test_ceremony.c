/* A guardian's part of the ceremony: records and backups are taken when they hold, and what does
 * not is refused by its name. */
#include "three.h"

#include "base/hex.h"
#include "base/sha256.h"

static void assert_refused(eg_result result, eg_code code, const eg_error *err, const char *path,
                           const char *words)
{
    assert_int_equal(result.code, code);
    assert_string_equal(err->path, path);
    if (strstr(err->text, words) == NULL) {
        fail_msg("'%s' does not say '%s'", err->text, words);
    }
}

/* The text with its first `from` replaced by `to`. */
static void replace(eg_buf *out, eg_str text, const char *from, const char *to)
{
    const char *at = memmem(text.data, text.len, from, strlen(from));
    assert_non_null(at);
    const size_t before = (size_t)(at - text.data), after = before + strlen(from);
    eg_buf_init(out, NULL);
    eg_buf_append(out, text.data, before);
    eg_buf_append(out, to, strlen(to));
    eg_buf_append(out, text.data + after, text.len - after);
}

/* Another digit where the text has one behind these words. */
static void change_digit(eg_buf *out, const eg_buf *text, const char *words)
{
    eg_buf_init(out, NULL);
    eg_buf_append_str(out, text_of(text));
    char *at = memmem(out->data, out->len, words, strlen(words));
    assert_non_null(at);
    at += strlen(words);
    *at = *at == '1' ? '2' : '1';
}

/* ---- beginning ---- */

static void numbers_are_checked(void **state)
{
    static const struct {
        const char *id;
        uint32_t order, guardians, quorum;
        eg_code code;
        const char *path;
    } cases[] = {
        {"", 1, 3, 2, EG_E_BAD_ENCODING, "id"},
        {" ", 1, 3, 2, EG_E_BAD_ENCODING, "id"},
        {"a/b", 1, 3, 2, EG_E_BAD_ENCODING, "id"},
        {"\xff", 1, 3, 2, EG_E_BAD_ENCODING, "id"},
        {"a", 0, 3, 2, EG_E_OUT_OF_RANGE, "sequence_order"},
        {"a", 4, 3, 2, EG_E_OUT_OF_RANGE, "sequence_order"},
        {"a", 1, 0, 1, EG_E_OUT_OF_RANGE, "number_of_guardians"},
        {"a", 1, 101, 2, EG_E_OUT_OF_RANGE, "number_of_guardians"},
        {"a", 1, 3, 0, EG_E_OUT_OF_RANGE, "quorum"},
        {"a", 1, 3, 4, EG_E_OUT_OF_RANGE, "quorum"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        eg_error err = {0};
        eg_guardian *g = (eg_guardian *)&err;
        eg_result result = eg_guardian_new(&g, eg_str_from(cases[i].id), cases[i].order,
                                           cases[i].guardians, cases[i].quorum, &seeded_rng, &err);
        assert_int_equal(result.code, cases[i].code);
        assert_string_equal(err.path, cases[i].path);
        assert_null(g);
    }
}

static void a_broken_generator_makes_no_key(void **state)
{
    eg_guardian *g = NULL;
    (void)state;
    assert_int_equal(eg_guardian_new(&g, EG_STR("a"), 1, 1, 1, &broken_rng, NULL).code,
                     EG_E_INTERNAL);
    assert_null(g);
}

static void a_ceremony_is_held(void **state)
{
    three t;
    eg_guardian_info info;
    (void)state;
    three_hold(&t);
    for (uint32_t i = 0; i < GUARDIANS; i++) {
        eg_guardian_about(t.of[i], &info);
        assert_int_equal(info.records, GUARDIANS - 1);
        assert_int_equal(info.backups, GUARDIANS - 1);
        assert_true(eg_str_equal(info.id, eg_str_from(three_ids[i])));
        assert_false(eg_guardian_has_backup(t.of[i], i + 1));
        assert_true(eg_guardian_has_backup(t.of[i], (i + 1) % GUARDIANS + 1));
        assert_ptr_equal(eg_guardian_known(t.of[i], i + 1), info.record);
    }
    assert_null(eg_guardian_known(t.of[0], 0));
    assert_null(eg_guardian_known(t.of[0], GUARDIANS + 1));
    three_free(&t);
}

/* ---- records ---- */

static void a_fingerprint_is_of_the_text(void **state)
{
    three t;
    char shown[EG_FINGERPRINT_CHARACTERS + 1], seen[EG_FINGERPRINT_CHARACTERS + 1];
    uint8_t digest[EG_SHA256_BYTES], first[2];
    (void)state;
    three_make(&t);
    three_take_records(&t);
    assert_false(eg_failed(eg_guardian_fingerprint(shown, eg_guardian_known(t.of[0], 1), NULL)));
    assert_false(eg_failed(eg_guardian_fingerprint(seen, eg_guardian_known(t.of[1], 1), NULL)));
    assert_string_equal(shown, seen);
    assert_int_equal(strlen(shown), EG_FINGERPRINT_CHARACTERS);
    eg_sha256_of(digest, t.records[0].data, t.records[0].len);
    assert_true(eg_hex_decode(first, shown, 2));
    assert_memory_equal(first, digest, 2);
    three_free(&t);
}

static void a_record_stays_once_it_was_taken(void **state)
{
    three t, other;
    eg_error err = {0};
    (void)state;
    three_make(&t);
    three_make(&other); /* of the same ids and orders, with other keys */
    three_take_records(&t);
    three_take_records(&t);
    assert_refused(eg_guardian_take_record(t.of[0], text_of(&other.records[1]), NULL, NULL, &err),
                   EG_E_DUPLICATE, &err, "", "another record of guardian guardian_2 was taken");
    assert_refused(eg_guardian_take_record(t.of[0], text_of(&other.records[0]), NULL, NULL, &err),
                   EG_E_DUPLICATE, &err, "", "own record was altered");
    three_free(&t);
    three_free(&other);
}

static void orders_and_ids_are_of_one_guardian_each(void **state)
{
    three t;
    eg_buf changed;
    eg_error err = {0};
    eg_path file = eg_path_field(NULL, "record-2.json");
    (void)state;
    three_make(&t);
    replace(&changed, text_of(&t.records[1]), "\"sequence_order\":2", "\"sequence_order\":1");
    assert_refused(eg_guardian_take_record(t.of[0], text_of(&changed), &file, NULL, &err),
                   EG_E_DUPLICATE, &err, "record-2.json.sequence_order", "both have number 1");
    eg_buf_free(&changed);
    replace(&changed, text_of(&t.records[1]), "\"sequence_order\":2", "\"sequence_order\":4");
    assert_refused(eg_guardian_take_record(t.of[0], text_of(&changed), NULL, NULL, &err),
                   EG_E_OUT_OF_RANGE, &err, "sequence_order", "has number 4");
    eg_buf_free(&changed);
    replace(&changed, text_of(&t.records[1]), "guardian_2", "3");
    assert_false(
        eg_failed(eg_guardian_take_record(t.of[0], text_of(&t.records[2]), NULL, NULL, NULL)));
    assert_refused(eg_guardian_take_record(t.of[0], text_of(&changed), NULL, NULL, &err),
                   EG_E_DUPLICATE, &err, "owner_id", "guardian number 3 has the id 3");
    eg_buf_free(&changed);
    three_free(&t);
}

static void records_must_prove_their_keys(void **state)
{
    three t;
    eg_buf changed, own;
    eg_error err = {0};
    eg_guardian *odd = NULL;
    (void)state;
    three_make(&t);
    change_digit(&changed, &t.records[1], "\"response\":\"");
    assert_refused(eg_guardian_take_record(t.of[0], text_of(&changed), NULL, NULL, &err),
                   EG_E_PROOF_INVALID, &err, "coefficient_proofs[0]",
                   "the record of guardian guardian_2 is not valid");
    eg_buf_free(&changed);
    assert_null(eg_guardian_known(t.of[0], 2));
    assert_false(
        eg_failed(eg_guardian_new(&odd, EG_STR("guardian_2"), 2, 3, 3, &seeded_rng, NULL)));
    eg_buf_init(&own, NULL);
    assert_false(eg_failed(eg_guardian_record(odd, &own, NULL)));
    assert_refused(eg_guardian_take_record(t.of[0], text_of(&own), NULL, NULL, &err), EG_E_QUORUM,
                   &err, "coefficient_commitments", "guardian guardian_2");
    eg_buf_free(&own);
    eg_guardian_free(odd);
    three_free(&t);
}

static void other_texts_are_refused(void **state)
{
    three t;
    eg_error err = {0};
    (void)state;
    three_hold(&t);
    static char large[EG_GUARDIAN_TEXT_BYTES_MAX + 1];
    memset(large, ' ', sizeof large);
    const eg_str texts[] = {EG_STR(""),
                            EG_STR("[]"),
                            EG_STR("{}"),
                            EG_STR("\x89PNG"),
                            {t.records[0].data, t.records[0].len / 2},
                            {large, sizeof large},
                            text_of(&t.backups[1][0])};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_true(eg_failed(eg_guardian_take_record(t.of[0], texts[i], NULL, NULL, &err)));
        assert_true(err.code == EG_E_BAD_ENCODING || err.code == EG_E_BAD_TYPE ||
                    err.code == EG_E_MISSING_FIELD || err.code == EG_E_TOO_LARGE);
        const eg_str text =
            i + 1 == sizeof texts / sizeof *texts ? text_of(&t.records[1]) : texts[i];
        assert_true(eg_failed(eg_guardian_take_backup(t.of[0], text, NULL, NULL, &err)));
    }
    three_free(&t);
}

/* ---- backups ---- */

static void backups_want_records_first(void **state)
{
    three t;
    eg_buf out;
    eg_error err = {0};
    (void)state;
    three_make(&t);
    eg_buf_init(&out, NULL);
    assert_refused(eg_guardian_make_backup(t.of[0], 2, &seeded_rng, &out, &err), EG_E_NOT_FOUND,
                   &err, "sequence_order", "number 2 was not taken yet");
    assert_refused(eg_guardian_make_backup(t.of[0], 1, &seeded_rng, &out, &err), EG_E_OUT_OF_RANGE,
                   &err, "sequence_order", "for another guardian");
    assert_refused(eg_guardian_make_backup(t.of[0], 4, &seeded_rng, &out, &err), EG_E_OUT_OF_RANGE,
                   &err, "sequence_order", "for another guardian");
    assert_int_equal(out.len, 0);
    assert_false(
        eg_failed(eg_guardian_take_record(t.of[1], text_of(&t.records[0]), NULL, NULL, NULL)));
    assert_false(eg_failed(eg_guardian_make_backup(t.of[1], 1, &seeded_rng, &out, NULL)));
    assert_refused(eg_guardian_take_backup(t.of[0], text_of(&out), NULL, NULL, &err),
                   EG_E_NOT_FOUND, &err, "owner_id", "guardian_2, whose record was not taken yet");
    eg_buf_free(&out);
    three_free(&t);
}

static void refuse_backup(three *t, uint32_t to, const eg_buf *backup, eg_code code,
                          const char *path, const char *words)
{
    eg_error err = {0};
    eg_guardian_info before, after;
    eg_path file = eg_path_field(NULL, "b");
    eg_guardian_about(t->of[to], &before);
    assert_refused(eg_guardian_take_backup(t->of[to], text_of(backup), &file, NULL, &err), code,
                   &err, path, words);
    eg_guardian_about(t->of[to], &after);
    assert_int_equal(before.backups, after.backups);
}

static void a_bad_backup_is_named(void **state)
{
    three t, second, third;
    eg_buf changed, foreign, other_key;
    (void)state;
    three_make(&t);
    three_take_records(&t);
    three_make_backups(&t);
    change_digit(&changed, &t.backups[1][0], "\"mac\":\"");
    refuse_backup(&t, 0, &changed, EG_E_TAMPERED, "b.encrypted_coordinate",
                  "the backup from guardian guardian_2 is not valid");

    /* sealed for this guardian, but of another polynomial */
    three_make(&second);
    eg_buf_init(&foreign, NULL);
    assert_false(
        eg_failed(eg_guardian_take_record(second.of[1], text_of(&t.records[0]), NULL, NULL, NULL)));
    assert_false(eg_failed(eg_guardian_make_backup(second.of[1], 1, &seeded_rng, &foreign, NULL)));
    refuse_backup(&t, 0, &foreign, EG_E_PROOF_INVALID, "b",
                  "the backup from guardian guardian_2 is not valid: the backup does not fit");

    /* sealed for another key under this guardian's name */
    three_make(&third);
    three_take_records(&third);
    eg_buf_init(&other_key, NULL);
    assert_false(eg_failed(eg_guardian_make_backup(third.of[2], 2, &seeded_rng, &other_key, NULL)));
    refuse_backup(&t, 1, &other_key, EG_E_TAMPERED, "b.encrypted_coordinate",
                  "the backup from guardian 3 is not valid");
    eg_buf_free(&changed);
    eg_buf_free(&foreign);
    eg_buf_free(&other_key);
    three_free(&third);
    three_free(&second);
    three_free(&t);
}

static void backups_of_others_are_refused(void **state)
{
    three t;
    eg_error err = {0};
    (void)state;
    three_hold(&t);
    assert_refused(eg_guardian_take_backup(t.of[0], text_of(&t.backups[1][2]), NULL, NULL, &err),
                   EG_E_WRONG_ELECTION, &err, "designated_id",
                   "from guardian guardian_2 for guardian 3, number 3, not for this one");
    assert_refused(eg_guardian_take_backup(t.of[0], text_of(&t.backups[0][1]), NULL, NULL, &err),
                   EG_E_WRONG_ELECTION, &err, "designated_id", "not for this one");
    three_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_checked),
        cmocka_unit_test(a_broken_generator_makes_no_key),
        cmocka_unit_test(a_ceremony_is_held),
        cmocka_unit_test(a_fingerprint_is_of_the_text),
        cmocka_unit_test(a_record_stays_once_it_was_taken),
        cmocka_unit_test(orders_and_ids_are_of_one_guardian_each),
        cmocka_unit_test(records_must_prove_their_keys),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(backups_want_records_first),
        cmocka_unit_test(a_bad_backup_is_named),
        cmocka_unit_test(backups_of_others_are_refused),
    };
    seed_from_environment();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
