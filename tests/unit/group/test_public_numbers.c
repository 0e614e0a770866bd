/* Symbols and decimal texts, from GMP or from what stands in for it, against GMP. */
#include "unit/group/gmp_oracle.h"

#include "group/public_numbers.h"

static void jacobi_symbols(void **state)
{
    (void)state;
    mpz_t a, p;
    mpz_inits(a, p, NULL);
    mpz_p(p);
    for (size_t i = 0; i < EDGE_MODP_COUNT + 20; i++) {
        eg_modp x = some_modp(i);
        mpz_from_limbs(a, x.limb, EG_P_LIMBS);
        assert_int_equal(eg_modp_jacobi_vartime(&x), mpz_jacobi(a, p));
    }
    eg_modp minus_one = edge_modp(3);
    assert_int_equal(eg_modp_jacobi_vartime(&minus_one), -1);
    assert_int_equal(eg_modp_jacobi_vartime(&eg_modp_g), 1);
    assert_int_equal(eg_modp_jacobi_vartime(&eg_modp_zero), 0);
    mpz_clears(a, p, NULL);
}

static void decimals_there_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < EDGE_MODP_COUNT + 20; i++) {
        eg_modp x = some_modp(i), back = eg_modp_zero;
        char want[EG_P_DECIMAL_MAX + 3], got[EG_P_DECIMAL_MAX + 1];
        mpz_t a;
        mpz_init(a);
        mpz_from_limbs(a, x.limb, EG_P_LIMBS);
        mpz_get_str(want, 10, a);
        mpz_clear(a);
        eg_modp_to_decimal_vartime(got, &x);
        assert_string_equal(got, want);
        assert_true(eg_modp_from_decimal_vartime(&back, got, strlen(got)));
        assert_modp_equal(&back, &x);
    }
}

static void decimals_of_p_and_more(void **state)
{
    (void)state;
    char text[EG_P_DECIMAL_MAX + 3];
    eg_modp r = eg_modp_g;
    mpz_t p;
    mpz_init(p);
    mpz_p(p);
    mpz_get_str(text, 10, p);
    assert_int_equal(strlen(text), EG_P_DECIMAL_MAX);
    assert_false(eg_modp_from_decimal_vartime(&r, text, EG_P_DECIMAL_MAX));
    memset(text, '9', EG_P_DECIMAL_MAX);
    assert_false(eg_modp_from_decimal_vartime(&r, text, EG_P_DECIMAL_MAX));
    assert_modp_equal(&r, &eg_modp_g);
    mpz_sub_ui(p, p, 1);
    mpz_get_str(text, 10, p);
    assert_true(eg_modp_from_decimal_vartime(&r, text, EG_P_DECIMAL_MAX));
    eg_modp most = modp_of(p);
    assert_modp_equal(&r, &most);
    mpz_clear(p);
}

static void decimals_with_leading_zeros(void **state)
{
    (void)state;
    eg_modp r = eg_modp_zero;
    assert_true(eg_modp_from_decimal_vartime(&r, "0001", 4));
    assert_true(eg_modp_is_one(&r));
    assert_true(eg_modp_from_decimal_vartime(&r, "0", 1));
    assert_true(eg_modp_is_zero(&r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jacobi_symbols),
        cmocka_unit_test(decimals_there_and_back),
        cmocka_unit_test(decimals_of_p_and_more),
        cmocka_unit_test(decimals_with_leading_zeros),
    };
    seed_from_environment();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
