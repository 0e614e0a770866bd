/* Powers of any base against mpz_powm, under every kernel. */
#include "unit/group/gmp_oracle.h"

typedef void (*batch)(const eg_pow *jobs, size_t n);

static void check_all(batch run)
{
    enum { MOST = 45 };
    static eg_modp base[MOST], got[MOST];
    static eg_modq exponent[MOST];
    eg_pow job[MOST] = {{0}};
    const size_t sizes[] = {0, 1, 2, 3, 5, 8, 9, MOST};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        for (size_t i = 0; i < sizes[s]; i++) {
            base[i] = some_modp(i);
            exponent[i] = some_modq((i + s) % 20);
            if (s % 3 == 2) { /* short ones, as public exponents may be */
                exponent[i] = eg_modq_from_u64(seeded_u64() >> (seeded_u64() % 64));
            }
            job[i] = (eg_pow){.base = &base[i], .exponent = &exponent[i], .out = &got[i]};
        }
        run(job, sizes[s]);
        for (size_t i = 0; i < sizes[s]; i++) {
            eg_modp want = oracle_pow(&base[i], &exponent[i]);
            assert_modp_equal(&got[i], &want);
        }
    }
}

static void check_edges(batch run)
{
    for (size_t i = 0; i < EDGE_MODP_COUNT; i++) {
        for (size_t j = 0; j < 5; j++) {
            eg_modp base = edge_modp(i), got;
            eg_modq exponent = edge_modq(j);
            eg_modp want = oracle_pow(&base, &exponent);
            run(&(eg_pow){.base = &base, .exponent = &exponent, .out = &got}, 1);
            assert_modp_equal(&got, &want);
        }
    }
}

static void check_secret(void)
{
    check_all(eg_pow_batch);
    check_edges(eg_pow_batch);
}

static void check_public(void)
{
    check_all(eg_pow_batch_vartime);
    check_edges(eg_pow_batch_vartime);
}

static void secret_exponents(void **state)
{
    (void)state;
    for_each_kernel(check_secret);
}

static void public_exponents(void **state)
{
    (void)state;
    for_each_kernel(check_public);
}

int main(void)
{
    seed_from_environment();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secret_exponents),
        cmocka_unit_test(public_exponents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
