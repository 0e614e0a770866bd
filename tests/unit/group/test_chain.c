/* Several powers and the membership of one base from one chain, against mpz_powm. */
#include "unit/group/gmp_oracle.h"

static bool oracle_is_residue(const eg_modp *x)
{
    eg_modq q; /* not canonical, but an exponent to GMP */
    memcpy(q.limb, eg_q_limbs, sizeof q.limb);
    eg_modp power = oracle_pow(x, &q);
    return !eg_modp_is_zero(x) && eg_modp_is_one(&power);
}

/* members, members times -1, and numbers that are neither; the edges first */
static eg_modp some_base(size_t i)
{
    if (i < EDGE_MODP_COUNT) {
        return edge_modp(i);
    }
    eg_modq exponent = random_modq();
    eg_modp x = oracle_pow(&eg_modp_g, &exponent);
    if (i % 3 == 1) {
        eg_modp minus_one = edge_modp(3);
        x = oracle_mul(&x, &minus_one);
    }
    return i % 3 == 2 ? random_modp() : x;
}

static void check_chains(void)
{
    enum { MOST = 37 };
    static eg_modp base[MOST], got[MOST][EG_CHAIN_EXPONENTS];
    static eg_modq exponent[MOST][EG_CHAIN_EXPONENTS];
    eg_chain job[MOST] = {{0}};
    const size_t sizes[] = {0, 1, 2, 5, 8, 13, MOST};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        for (size_t i = 0; i < sizes[s]; i++) {
            base[i] = some_base(i);
            job[i] = (eg_chain){.base = &base[i],
                                .exponent_count = seeded_u64() % (EG_CHAIN_EXPONENTS + 1)};
            for (size_t e = 0; e < job[i].exponent_count; e++) {
                exponent[i][e] = some_modq((i + e + s) % 20);
                job[i].exponents[e] = &exponent[i][e];
                job[i].powers[e] = &got[i][e];
            }
        }
        eg_chain_batch_vartime(job, sizes[s]);
        for (size_t i = 0; i < sizes[s]; i++) {
            assert_int_equal(job[i].is_residue, oracle_is_residue(&base[i]));
            for (size_t e = 0; e < job[i].exponent_count; e++) {
                eg_modp want = oracle_pow(&base[i], &exponent[i][e]);
                assert_modp_equal(&got[i][e], &want);
            }
        }
    }
}

static void chains(void **state)
{
    (void)state;
    for_each_kernel(check_chains);
}

static void check_membership(void)
{
    for (size_t i = 0; i < EDGE_MODP_COUNT + 9; i++) {
        eg_modp x = some_base(i);
        assert_int_equal(eg_modp_is_residue_vartime(&x), oracle_is_residue(&x));
    }
    assert_true(eg_modp_is_residue_vartime(&eg_modp_g));
    assert_true(eg_modp_is_residue_vartime(&eg_modp_one));
    assert_false(eg_modp_is_residue_vartime(&eg_modp_zero));
}

static void membership(void **state)
{
    (void)state;
    for_each_kernel(check_membership);
}

int main(void)
{
    seed_from_environment();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chains),
        cmocka_unit_test(membership),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
