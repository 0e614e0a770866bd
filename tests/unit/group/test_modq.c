/* Integers mod q against GMP. */
#include "unit/group/gmp_oracle.h"

enum { ROUNDS = 2000 };

typedef struct numbers {
    mpz_t a, b, c, q, want;
} numbers;

static void numbers_init(numbers *n)
{
    mpz_inits(n->a, n->b, n->c, n->q, n->want, NULL);
    mpz_q(n->q);
}

static void numbers_free(numbers *n)
{
    mpz_clears(n->a, n->b, n->c, n->q, n->want, NULL);
}

static void check_pair(numbers *n, const eg_modq *a, const eg_modq *b, const eg_modq *c)
{
    eg_modq r;
    mpz_from_limbs(n->a, a->limb, EG_Q_LIMBS);
    mpz_from_limbs(n->b, b->limb, EG_Q_LIMBS);
    mpz_from_limbs(n->c, c->limb, EG_Q_LIMBS);

    eg_modq_add(&r, a, b);
    mpz_add(n->want, n->a, n->b);
    mpz_mod(n->want, n->want, n->q);
    assert_modq(&r, n->want);

    eg_modq_sub(&r, a, b);
    mpz_sub(n->want, n->a, n->b);
    mpz_mod(n->want, n->want, n->q);
    assert_modq(&r, n->want);

    eg_modq_neg(&r, a);
    mpz_neg(n->want, n->a);
    mpz_mod(n->want, n->want, n->q);
    assert_modq(&r, n->want);

    eg_modq_mul(&r, a, b);
    mpz_mul(n->want, n->a, n->b);
    mpz_mod(n->want, n->want, n->q);
    assert_modq(&r, n->want);

    eg_modq_add_mul(&r, a, b, c);
    mpz_mul(n->want, n->b, n->c);
    mpz_add(n->want, n->want, n->a);
    mpz_mod(n->want, n->want, n->q);
    assert_modq(&r, n->want);

    r = *a; /* in place */
    eg_modq_mul(&r, &r, &r);
    mpz_mul(n->want, n->a, n->a);
    mpz_mod(n->want, n->want, n->q);
    assert_modq(&r, n->want);
    r = *a;
    eg_modq_sub(&r, b, &r);
    mpz_sub(n->want, n->b, n->a);
    mpz_mod(n->want, n->want, n->q);
    assert_modq(&r, n->want);
}

static void sums_and_products(void **state)
{
    (void)state;
    numbers n;
    numbers_init(&n);
    for (size_t i = 0; i < EDGE_MODQ_COUNT; i++) {
        for (size_t j = 0; j < EDGE_MODQ_COUNT; j++) {
            eg_modq a = edge_modq(i), b = edge_modq(j), c = edge_modq(i + j);
            check_pair(&n, &a, &b, &c);
        }
    }
    for (size_t i = 0; i < ROUNDS; i++) {
        eg_modq a = random_modq(), b = random_modq(), c = random_modq();
        check_pair(&n, &a, &b, &c);
    }
    numbers_free(&n);
}

static void powers_and_inverses(void **state)
{
    (void)state;
    numbers n;
    numbers_init(&n);
    for (size_t i = 0; i < EDGE_MODQ_COUNT + 60; i++) {
        eg_modq a = some_modq(i), e = some_modq(i / 2), r;
        mpz_from_limbs(n.a, a.limb, EG_Q_LIMBS);
        mpz_from_limbs(n.b, e.limb, EG_Q_LIMBS);
        eg_modq_pow(&r, &a, &e);
        mpz_powm(n.want, n.a, n.b, n.q);
        assert_modq(&r, n.want);

        uint64_t small = i < 3 ? i : seeded_u64() >> (i % 64);
        mpz_set_ui(n.b, small);
        eg_modq_pow_u64_vartime(&r, &a, small);
        mpz_powm(n.want, n.a, n.b, n.q);
        assert_modq(&r, n.want);

        eg_modq_inverse(&r, &a);
        if (mpz_sgn(n.a) == 0) {
            assert_true(eg_modq_is_zero(&r));
        } else {
            assert_int_not_equal(mpz_invert(n.want, n.a, n.q), 0);
            assert_modq(&r, n.want);
        }
    }
    numbers_free(&n);
}

static void bytes_there_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < 200; i++) {
        eg_modq a = some_modq(i), b;
        uint8_t bytes[EG_Q_BYTES + 3] = {0};
        eg_modq_to_bytes(bytes + 3, &a);
        for (size_t j = 0; j < EG_Q_BYTES; j++) {
            assert_int_equal(bytes[3 + j], (uint8_t)(a.limb[(31 - j) / 8] >> (8 * ((31 - j) % 8))));
        }
        assert_true(eg_modq_from_bytes(&b, bytes + 3, EG_Q_BYTES));
        assert_true(eg_modq_equal(&a, &b));
        assert_true(eg_modq_from_bytes(&b, bytes, sizeof bytes));
        assert_true(eg_modq_equal(&a, &b));
        size_t skip = 3;
        while (skip < sizeof bytes && bytes[skip] == 0) {
            skip++;
        }
        assert_true(eg_modq_from_bytes(&b, bytes + skip, sizeof bytes - skip));
        assert_true(eg_modq_equal(&a, &b));
    }
    eg_modq r;
    assert_true(eg_modq_from_bytes(&r, NULL, 0));
    assert_true(eg_modq_is_zero(&r));
}

static void too_large_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[EG_Q_BYTES + 1];
    eg_modq r = eg_modq_one;
    memset(bytes, 0xff, sizeof bytes);
    for (unsigned low = 0x43; low <= 0xff; low++) { /* q to 2^256 - 1 */
        bytes[EG_Q_BYTES] = (uint8_t)low;
        assert_false(eg_modq_from_bytes(&r, bytes + 1, EG_Q_BYTES));
    }
    bytes[EG_Q_BYTES] = 0x42;
    assert_true(eg_modq_from_bytes(&r, bytes + 1, EG_Q_BYTES));
    r = eg_modq_one;
    memset(bytes, 0, sizeof bytes);
    bytes[0] = 1;
    assert_false(eg_modq_from_bytes(&r, bytes, sizeof bytes));
    assert_true(eg_modq_equal(&r, &eg_modq_one));
}

static void digests_are_reduced(void **state)
{
    (void)state;
    uint8_t digest[EG_Q_BYTES];
    eg_modq r;
    memset(digest, 0xff, sizeof digest);
    for (unsigned low = 0x40; low <= 0xff; low++) {
        digest[EG_Q_BYTES - 1] = (uint8_t)low;
        eg_modq_from_digest(&r, digest);
        if (low >= 0x43) {
            eg_modq want = eg_modq_from_u64(low - 0x43);
            assert_true(eg_modq_equal(&r, &want));
        } else {
            assert_int_equal(r.limb[3], UINT64_MAX);
            assert_int_equal(r.limb[0] & 0xff, low);
        }
    }
}

static void selection(void **state)
{
    (void)state;
    eg_modq a = random_modq(), b = random_modq(), r;
    eg_modq_select(&r, &a, &b, false);
    assert_true(eg_modq_equal(&r, &a));
    eg_modq_select(&r, &a, &b, true);
    assert_true(eg_modq_equal(&r, &b));
    assert_false(eg_modq_equal(&a, &b));
    assert_false(eg_modq_is_zero(&eg_modq_one));
    assert_true(eg_modq_is_zero(&eg_modq_zero));
}

int main(void)
{
    seed_from_environment();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_and_products),    cmocka_unit_test(powers_and_inverses),
        cmocka_unit_test(bytes_there_and_back), cmocka_unit_test(too_large_is_refused),
        cmocka_unit_test(digests_are_reduced),  cmocka_unit_test(selection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
