/* The constants against their formulas. */
#include "unit/group/gmp_oracle.h"

static void q_and_p(void **state)
{
    (void)state;
    mpz_t p, q, t, r;
    mpz_inits(p, q, t, r, NULL);
    mpz_p(p);
    mpz_q(q);
    mpz_setbit(t, 256);
    mpz_sub_ui(t, t, 189);
    assert_int_equal(mpz_cmp(q, t), 0);
    assert_int_not_equal(mpz_probab_prime_p(q, 20), 0);
    assert_int_not_equal(mpz_probab_prime_p(p, 5), 0);
    for (size_t i = 0; i < 4; i++) { /* what the reduction rests on */
        assert_true(eg_p_limbs[i] == UINT64_MAX);
        assert_true(eg_p_limbs[EG_P_LIMBS - 1 - i] == UINT64_MAX);
    }
    mpz_sub_ui(t, p, 1); /* p - 1 = 2 q r' */
    mpz_tdiv_qr(t, r, t, q);
    assert_int_equal(mpz_sgn(r), 0);
    assert_int_equal(mpz_tdiv_q_ui(t, t, 2), 0);
    assert_int_not_equal(mpz_probab_prime_p(t, 2), 0);
    mpz_clears(p, q, t, r, NULL);
}

static void generator(void **state)
{
    (void)state;
    mpz_t p, q, t;
    mpz_inits(p, q, t, NULL);
    mpz_p(p);
    mpz_q(q);
    mpz_sub_ui(t, p, 1);
    mpz_divexact(t, t, q);
    mpz_t two;
    mpz_init_set_ui(two, 2);
    mpz_powm(t, two, t, p);
    assert_modp(&eg_modp_g, t);
    mpz_clears(p, q, t, two, NULL);
}

static void zeros_and_ones(void **state)
{
    (void)state;
    mpz_t v;
    mpz_init(v);
    assert_modp(&eg_modp_zero, v);
    assert_modq(&eg_modq_zero, v);
    mpz_set_ui(v, 1);
    assert_modp(&eg_modp_one, v);
    assert_modq(&eg_modq_one, v);
    mpz_clear(v);
}

int main(void)
{
    seed_from_environment();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(q_and_p),
        cmocka_unit_test(generator),
        cmocka_unit_test(zeros_and_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
