/* Guardians' records and backups: what is made is accepted, and each refusal that key_ceremony.h
 * states happens. */
#include "unit/election/make_election.h"

static made_election e = {.guardians = 3, .quorum = 3, .candidates = 2, .limit = 1};

static int start(void **state)
{
    (void)state;
    seed_from_environment();
    made_election_init(&e);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_election_free(&e);
    return 0;
}

/* A copy whose commitments and proofs are its own. */
static eg_guardian_public copied_record(size_t guardian)
{
    const eg_guardian_public *from = &e.records[guardian];
    eg_guardian_public to = *from;
    to.commitments = made_room(&e, from->commitment_count, sizeof *to.commitments);
    to.proofs = made_room(&e, from->proof_count, sizeof *to.proofs);
    memcpy(to.commitments, from->commitments, from->commitment_count * sizeof *to.commitments);
    memcpy(to.proofs, from->proofs, from->proof_count * sizeof *to.proofs);
    return to;
}

static void assert_record_refused(const eg_guardian_public *record, eg_code code, const char *path)
{
    eg_error err = {.code = EG_OK};
    assert_true(eg_failed(eg_guardian_public_check(record, (uint32_t)e.quorum, NULL, &err)));
    assert_int_equal(err.code, code);
    assert_string_equal(err.path, path);
}

static void generated_records_are_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < e.guardians; i++) {
        must(eg_guardian_public_check(&e.records[i], (uint32_t)e.quorum, NULL, NULL));
        must(eg_polynomial_check(&e.polynomials[i], (uint32_t)e.quorum, NULL, NULL));
    }
}

static void wrong_counts_are_refused(void **state)
{
    (void)state;
    eg_guardian_public r = copied_record(0);
    r.commitment_count--;
    assert_record_refused(&r, EG_E_QUORUM, "coefficient_commitments");
    r = copied_record(0);
    r.proof_count--;
    assert_record_refused(&r, EG_E_QUORUM, "coefficient_proofs");
    r = copied_record(0);
    r.key = e.records[1].key;
    assert_record_refused(&r, EG_E_PROOF_INVALID, "key");
    r = copied_record(0);
    r.key = r.commitments[0] = r.proofs[0].public_key = eg_modp_one;
    assert_record_refused(&r, EG_E_NOT_IN_GROUP, "key");
}

static void wrong_coefficients_are_refused(void **state)
{
    (void)state;
    eg_guardian_public r = copied_record(0);
    r.commitments[2] = r.proofs[2].public_key = negated(&r.commitments[2]);
    assert_record_refused(&r, EG_E_NOT_IN_GROUP, "coefficient_commitments[2]");
    r = copied_record(0);
    r.proofs[1] = e.records[1].proofs[1]; /* good, but for another key */
    assert_record_refused(&r, EG_E_PROOF_INVALID, "coefficient_proofs[1]");
    r = copied_record(0);
    r.commitments[1] = seeded_stranger(); /* and outside the group at that */
    assert_record_refused(&r, EG_E_NOT_IN_GROUP, "coefficient_commitments[1]");
    r = copied_record(0);
    eg_modq_add(&r.proofs[0].response, &r.proofs[0].response, &eg_modq_one);
    eg_modq_add(&r.proofs[2].response, &r.proofs[2].response, &eg_modq_one);
    assert_record_refused(&r, EG_E_PROOF_INVALID, "coefficient_proofs[0]");
}

static void wrong_polynomials_are_refused(void **state)
{
    eg_coefficient coefficients[3];
    eg_error err = {.code = EG_OK};
    (void)state;
    memcpy(coefficients, e.polynomials[0].coefficients, sizeof coefficients);
    eg_polynomial p = {.coefficients = coefficients, .count = 2};
    assert_true(eg_failed(eg_polynomial_check(&p, 3, NULL, &err)));
    assert_int_equal(err.code, EG_E_QUORUM);
    p.count = 3;
    eg_modq_add(&coefficients[1].value, &coefficients[1].value, &eg_modq_one);
    assert_true(eg_failed(eg_polynomial_check(&p, 3, NULL, &err)));
    assert_int_equal(err.code, EG_E_PROOF_INVALID);
    assert_string_equal(err.path, "coefficients[1]");
}

static void joint_keys_are_products(void **state)
{
    eg_modp key, again, keys[3];
    eg_modq hash, hash_of_keys;
    eg_ciphertext product = {eg_modp_one, eg_modp_one};
    (void)state;
    for (size_t i = 0; i < e.guardians; i++) {
        const eg_ciphertext factor = {e.records[i].key, eg_modp_one};
        keys[i] = e.records[i].key;
        eg_ciphertext_add(&product, &product, &factor);
    }
    eg_joint_key(&key, &hash, e.records, e.guardians);
    eg_joint_key_from_keys(&again, &hash_of_keys, keys, e.guardians);
    assert_true(eg_modp_equal(&key, &product.pad));
    assert_true(eg_modp_equal(&key, &again));
    assert_false(eg_modq_equal(&hash, &hash_of_keys)); /* docs/crypto.md 10: two forms */
}

/* ---- backups ---- */

enum { OWNER = 0, RECIPIENT = 1 };

static eg_backup made_backup(void)
{
    eg_backup b;
    eg_modq nonce = seeded_q();
    must(eg_backup_make(&b, e.ids[OWNER], &e.polynomials[OWNER], e.ids[RECIPIENT], RECIPIENT + 1,
                        &e.records[RECIPIENT].key, &nonce, NULL));
    return b;
}

static eg_result open_as(const eg_backup *b, size_t guardian, eg_modq *out, eg_error *err)
{
    return eg_backup_open(out, b, e.ids[guardian], (uint32_t)guardian + 1,
                          &e.polynomials[guardian].coefficients[0].value, NULL, err);
}

static void backups_hold_the_coordinate(void **state)
{
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        eg_backup b = made_backup();
        eg_modq coordinate;
        must(open_as(&b, RECIPIENT, &coordinate, NULL));
        assert_true(eg_coordinate_verify(&coordinate, RECIPIENT + 1, e.records[OWNER].commitments,
                                         e.quorum));
    }
}

static void assert_not_opened(const eg_backup *b, size_t guardian, eg_code code)
{
    eg_modq coordinate;
    eg_error err = {.code = EG_OK};
    assert_true(eg_failed(open_as(b, guardian, &coordinate, &err)));
    assert_int_equal(err.code, code);
}

static void backups_of_others_stay_shut(void **state)
{
    (void)state;
    eg_backup b = made_backup();
    assert_not_opened(&b, 2, EG_E_TAMPERED); /* meant for another */
    b.designated_id = e.ids[2];
    b.designated_sequence_order = 3;
    assert_not_opened(&b, 2, EG_E_TAMPERED); /* says to be meant for it, but the key is wrong */
    b = made_backup();
    b.designated_sequence_order++;
    assert_not_opened(&b, RECIPIENT, EG_E_TAMPERED);
    b = made_backup();
    b.coordinate.mac[0] ^= 1;
    assert_not_opened(&b, RECIPIENT, EG_E_TAMPERED);
    b = made_backup();
    b.coordinate.pad = negated(&b.coordinate.pad); /* never raised to the key */
    assert_not_opened(&b, RECIPIENT, EG_E_NOT_IN_GROUP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generated_records_are_good),
        cmocka_unit_test(wrong_counts_are_refused),
        cmocka_unit_test(wrong_coefficients_are_refused),
        cmocka_unit_test(wrong_polynomials_are_refused),
        cmocka_unit_test(joint_keys_are_products),
        cmocka_unit_test(backups_hold_the_coordinate),
        cmocka_unit_test(backups_of_others_stay_shut),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
