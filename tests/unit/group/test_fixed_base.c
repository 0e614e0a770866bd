/* Powers from tables against mpz_powm, under every kernel. */
#include "unit/group/gmp_oracle.h"

#include <pthread.h>
#include <sys/resource.h>

enum { BASES = 3, JOBS = 61 };

typedef void (*batch)(const eg_fixed_pow *jobs, size_t n);

static void check_exponents(const eg_fixed_base *table, batch run)
{
    const eg_modp *base = eg_fixed_base_value(table);
    for (size_t i = 0; i < EDGE_MODQ_COUNT + 6; i++) {
        eg_modq exponent = some_modq(i);
        eg_modp got, want = oracle_pow(base, &exponent);
        eg_fixed_pow job = {.base = table, .exponent = &exponent, .out = &got};
        run(&job, 1);
        assert_modp_equal(&got, &want);
    }
}

static void check_edges(void)
{
    for (size_t i = 0; i < EDGE_MODP_COUNT; i += 3) {
        eg_modp base = edge_modp(i);
        eg_fixed_base *table = eg_fixed_base_new(&base);
        assert_non_null(table);
        assert_modp_equal(eg_fixed_base_value(table), &base);
        check_exponents(table, eg_fixed_pow_batch);
        check_exponents(table, eg_fixed_pow_batch_vartime);
        eg_fixed_base_free(table);
    }
    eg_fixed_base_free(NULL);
    assert_modp_equal(eg_fixed_base_value(eg_fixed_base_g()), &eg_modp_g);
    check_exponents(eg_fixed_base_g(), eg_fixed_pow_batch);
    check_exponents(eg_fixed_base_g(), eg_fixed_pow_batch_vartime);
}

static void exponents_at_the_edges(void **state)
{
    (void)state;
    for_each_kernel(check_edges);
}

static void check_mixture(const eg_fixed_base *const table[BASES], batch run, size_t n)
{
    static eg_modq exponent[JOBS];
    static eg_modp got[JOBS];
    eg_fixed_pow job[JOBS] = {{0}};
    for (size_t i = 0; i < n; i++) {
        exponent[i] = random_modq();
        job[i] = (eg_fixed_pow){
            .base = table[seeded_u64() % BASES], .exponent = &exponent[i], .out = &got[i]};
    }
    run(job, n);
    for (size_t i = 0; i < n; i++) {
        eg_modp want = oracle_pow(eg_fixed_base_value(job[i].base), &exponent[i]);
        assert_modp_equal(&got[i], &want);
    }
}

/* Any order of bases, any number of jobs: every job gets its own power. */
static void check_mixtures(void)
{
    eg_modp a = random_modp(), b = random_modp();
    eg_fixed_base *table_a = eg_fixed_base_new(&a), *table_b = eg_fixed_base_new(&b);
    assert_non_null(table_a);
    assert_non_null(table_b);
    const eg_fixed_base *const table[BASES] = {eg_fixed_base_g(), table_a, table_b};
    const size_t sizes[] = {0, 1, 2, 7, 8, 9, 33, JOBS};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        check_mixture(table, eg_fixed_pow_batch, sizes[i]);
        check_mixture(table, eg_fixed_pow_batch_vartime, sizes[i]);
    }
    eg_fixed_base_free(table_a);
    eg_fixed_base_free(table_b);
}

static void mixtures_of_bases(void **state)
{
    (void)state;
    for_each_kernel(check_mixtures);
}

/* A table outlives the choice of another kernel; tables of two kernels meet in one batch. */
static void tables_of_two_kernels(void **state)
{
    (void)state;
    eg_modp a = random_modp(), b = random_modp();
    assert_true(eg_group_init("portable"));
    eg_fixed_base *table_a = eg_fixed_base_new(&a);
    assert_true(eg_group_init(NULL));
    eg_fixed_base *table_b = eg_fixed_base_new(&b);
    const eg_fixed_base *const table[BASES] = {eg_fixed_base_g(), table_a, table_b};
    check_mixture(table, eg_fixed_pow_batch, 20);
    check_mixture(table, eg_fixed_pow_batch_vartime, 20);
    eg_fixed_base_free(table_a);
    eg_fixed_base_free(table_b);
}

typedef struct runner {
    const eg_fixed_base *table;
    eg_modq exponent;
    eg_modp got;
} runner;

static void *run_vartime(void *given)
{
    runner *r = given;
    eg_fixed_pow job = {.base = r->table, .exponent = &r->exponent, .out = &r->got};
    eg_fixed_pow_batch_vartime(&job, 1);
    return NULL;
}

/* All threads want the wide table that none has made. */
static void first_use_by_many_threads(void **state)
{
    (void)state;
    enum { THREADS = 8 };
    pthread_t thread[THREADS];
    runner r[THREADS];
    eg_modp base = random_modp();
    eg_fixed_base *table = eg_fixed_base_new(&base);
    assert_non_null(table);
    for (size_t i = 0; i < THREADS; i++) {
        r[i].table = table;
        r[i].exponent = random_modq();
        assert_int_equal(pthread_create(&thread[i], NULL, run_vartime, &r[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
        eg_modp want = oracle_pow(&base, &r[i].exponent);
        assert_modp_equal(&r[i].got, &want);
    }
    eg_fixed_base_free(table);
}

/* So that it need not grow where there is no memory to be had. */
static void grow_stack(void)
{
    volatile unsigned char room[512 * 1024];
    for (size_t i = 0; i < sizeof room; i += 1024) {
        room[i] = 0;
    }
}

/* No memory for wide tables: the narrow ones serve public exponents too. */
static void check_short_memory(void)
{
    eg_modp base = random_modp();
    eg_modq exponent[2] = {random_modq(), random_modq()};
    eg_modp got[2];
    eg_fixed_base *table = eg_fixed_base_new(&base);
    assert_non_null(table);
    const eg_fixed_pow job[2] = {
        {.base = table, .exponent = &exponent[0], .out = &got[0]},
        {.base = eg_fixed_base_g(), .exponent = &exponent[1], .out = &got[1]},
    };
    grow_stack();
    struct rlimit before, none = {0};
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    none.rlim_max = before.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_AS, &none), 0);
    eg_fixed_base *refused = eg_fixed_base_new(&base);
    eg_fixed_pow_batch_vartime(job, 2);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_null(refused);
    for (size_t i = 0; i < 2; i++) {
        eg_modp want = oracle_pow(eg_fixed_base_value(job[i].base), &exponent[i]);
        assert_modp_equal(&got[i], &want);
    }
    eg_fixed_pow_batch_vartime(job, 2); /* and once there is memory, the wide ones */
    eg_modp want = oracle_pow(&base, &exponent[0]);
    assert_modp_equal(&got[0], &want);
    eg_fixed_base_free(table);
}

static void short_memory(void **state)
{
    (void)state;
    skip_if_emulated();
    for_each_kernel(check_short_memory);
}

int main(void)
{
    seed_from_environment();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_use_by_many_threads),
        cmocka_unit_test(exponents_at_the_edges),
        cmocka_unit_test(mixtures_of_bases),
        cmocka_unit_test(tables_of_two_kernels),
        cmocka_unit_test(short_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
