/* Single numbers mod p, running products and inverses against GMP, under every kernel. */
#include "unit/group/gmp_oracle.h"

#include "group/internal.h"

static void check_products(void)
{
    for (size_t i = 0; i < EDGE_MODP_COUNT; i++) {
        for (size_t j = 0; j < EDGE_MODP_COUNT; j++) {
            eg_modp a = edge_modp(i), b = edge_modp(j), r;
            eg_modp want = oracle_mul(&a, &b);
            eg_modp_mul(&r, &a, &b);
            assert_modp_equal(&r, &want);
            eg_modp_mul(&a, &a, &b);
            assert_modp_equal(&a, &want);
        }
    }
    for (size_t i = 0; i < 300; i++) {
        eg_modp a = random_modp(), b = random_modp(), r;
        eg_modp want = oracle_mul(&a, &b);
        eg_modp_mul(&r, &a, &b);
        assert_modp_equal(&r, &want);
        want = oracle_mul(&a, &a);
        eg_modp_mul(&r, &a, &a);
        assert_modp_equal(&r, &want);
    }
}

static void products(void **state)
{
    (void)state;
    for_each_kernel(check_products);
}

static void check_long_products(void)
{
    enum { MOST = 40 };
    eg_modp value[MOST];
    const eg_modp *factor[MOST];
    for (size_t i = 0; i < MOST; i++) {
        value[i] = i < 6 ? edge_modp(i + 1) : random_modp();
        factor[i] = &value[i];
    }
    eg_modp want = eg_modp_one, r;
    for (size_t n = 0; n <= MOST; n++) {
        eg_modp_product(&r, factor, n);
        assert_modp_equal(&r, &want);
        if (n < MOST) {
            want = oracle_mul(&want, &value[n]);
        }
    }
}

static void long_products(void **state)
{
    (void)state;
    for_each_kernel(check_long_products);
}

static void check_accumulators(void)
{
    eg_modp_acc acc[3];
    eg_modp want[3], r;
    for (size_t k = 0; k < 3; k++) {
        eg_modp_acc_init(&acc[k]);
        want[k] = eg_modp_one;
        eg_modp_acc_value(&r, &acc[k]);
        assert_true(eg_modp_is_one(&r));
        for (size_t i = 0; i < k * 9; i++) {
            eg_modp factor = i == 0 ? edge_modp(3) : random_modp();
            eg_modp_acc_mul(&acc[k], &factor);
            want[k] = oracle_mul(&want[k], &factor);
            eg_modp_acc_value(&r, &acc[k]);
            assert_modp_equal(&r, &want[k]);
        }
    }
    eg_modp_acc_merge(&acc[0], &acc[1]);
    eg_modp_acc_merge(&acc[2], &acc[0]);
    want[2] = oracle_mul(&want[2], &want[1]);
    eg_modp_acc_value(&r, &acc[2]);
    assert_modp_equal(&r, &want[2]);
    eg_modp_acc_mul(&acc[2], &eg_modp_zero);
    eg_modp_acc_value(&r, &acc[2]);
    assert_true(eg_modp_is_zero(&r));
}

/* As one by one, whether their numbers of factors are the same or not. */
static void check_values_together(void)
{
    enum { PRODUCTS = 6 };
    static const unsigned factors[PRODUCTS] = {0, 1, 5, 5, 2, 0};
    eg_modp_acc acc[PRODUCTS];
    eg_modp got[PRODUCTS];
    eg_modp *values[PRODUCTS];
    const eg_modp_acc *products[PRODUCTS];
    for (size_t k = 0; k < PRODUCTS; k++) {
        eg_modp_acc_init(&acc[k]);
        for (size_t i = 0; i < factors[k]; i++) {
            eg_modp factor = random_modp();
            eg_modp_acc_mul(&acc[k], &factor);
        }
        values[k] = &got[k];
        products[k] = &acc[k];
    }
    eg_modp_acc_values(values, products, PRODUCTS);
    for (size_t k = 0; k < PRODUCTS; k++) {
        eg_modp want;
        eg_modp_acc_value(&want, &acc[k]);
        assert_modp_equal(&got[k], &want);
    }
}

static void accumulators(void **state)
{
    (void)state;
    for_each_kernel(check_accumulators);
    for_each_kernel(check_values_together);
}

static void check_times_g(void)
{
    for (size_t i = 0; i < EDGE_MODP_COUNT + 20; i++) {
        eg_modp a = some_modp(i), r;
        eg_modp want = oracle_mul(&a, &eg_modp_g);
        eg_modp_mul_g_if(&r, &a, true);
        assert_modp_equal(&r, &want);
        eg_modp_mul_g_if(&r, &a, false);
        assert_modp_equal(&r, &a);
        eg_modp_mul_g_if(&a, &a, true);
        assert_modp_equal(&a, &want);
    }
}

static void times_g(void **state)
{
    (void)state;
    for_each_kernel(check_times_g);
}

/* Counts below, at and above the kernels' lanes; one of the factors takes the product. */
static void check_product_batches(void)
{
    enum { JOBS = 19 };
    for (size_t n = 0; n <= JOBS; n++) {
        eg_modp a[JOBS], b[JOBS], r[JOBS], want[JOBS];
        eg_modp_pair jobs[JOBS] = {{NULL, NULL, NULL}};
        for (size_t i = 0; i < n; i++) {
            a[i] = some_modp(n + i);
            b[i] = some_modp(i);
            want[i] = oracle_mul(&a[i], &b[i]);
            jobs[i] = (eg_modp_pair){&a[i], &b[i], i % 3 == 0 ? &r[i] : i % 3 == 1 ? &a[i] : &b[i]};
        }
        eg_modp_mul_batch(jobs, n);
        for (size_t i = 0; i < n; i++) {
            assert_modp_equal(jobs[i].out, &want[i]);
        }
    }
}

/* (p - a) (p - b) for small b and a of every size: what a kernel has before its last subtraction
 * may be p more, and that may not fit 4096 bits. */
static void check_small_products(void)
{
    enum { JOBS = 8 };
    for (unsigned bits = 3; bits < 4090; bits += 13) {
        eg_modp a[JOBS], b[JOBS], r[JOBS];
        eg_modp_pair jobs[JOBS];
        for (size_t i = 0; i < JOBS; i++) {
            a[i] = b[i] = eg_modp_zero;
            a[i].limb[bits / 64] = (uint64_t)1 << bits % 64; /* 2^bits, with a few units */
            a[i].limb[0] += i;
            (void)eg_limbs_sub(a[i].limb, eg_p_limbs, a[i].limb, EG_P_LIMBS);
            b[i].limb[0] = 1 + i / 4;
            (void)eg_limbs_sub(b[i].limb, eg_p_limbs, b[i].limb, EG_P_LIMBS);
            jobs[i] = (eg_modp_pair){&a[i], &b[i], &r[i]};
        }
        eg_modp_mul_batch(jobs, JOBS);
        for (size_t i = 0; i < JOBS; i++) {
            eg_modp want = oracle_mul(&a[i], &b[i]);
            assert_modp_equal(&r[i], &want);
        }
    }
}

static void small_products(void **state)
{
    (void)state;
    for_each_kernel(check_small_products);
}

static void product_batches(void **state)
{
    (void)state;
    for_each_kernel(check_product_batches);
}

static void bytes_there_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < 100; i++) {
        eg_modp a = some_modp(i), b;
        uint8_t bytes[EG_P_BYTES + 2] = {0};
        eg_modp_to_bytes(bytes + 2, &a);
        for (size_t j = 0; j < EG_P_BYTES; j++) {
            size_t low = EG_P_BYTES - 1 - j;
            assert_int_equal(bytes[2 + j], (uint8_t)(a.limb[low / 8] >> (8 * (low % 8))));
        }
        assert_true(eg_modp_from_bytes(&b, bytes + 2, EG_P_BYTES));
        assert_modp_equal(&b, &a);
        assert_true(eg_modp_from_bytes(&b, bytes, sizeof bytes));
        assert_modp_equal(&b, &a);
        size_t skip = 2;
        while (skip < sizeof bytes && bytes[skip] == 0) {
            skip++;
        }
        assert_true(eg_modp_from_bytes(&b, bytes + skip, sizeof bytes - skip));
        assert_modp_equal(&b, &a);
    }
}

static void too_large_is_refused(void **state)
{
    (void)state;
    eg_modp p, r = eg_modp_one;
    memcpy(p.limb, eg_p_limbs, sizeof p.limb);
    uint8_t bytes[EG_P_BYTES + 1] = {0};
    eg_modp_to_bytes(bytes + 1, &p);
    assert_false(eg_modp_from_bytes(&r, bytes, sizeof bytes));
    bytes[EG_P_BYTES]--;
    assert_true(eg_modp_from_bytes(&r, bytes, sizeof bytes));
    memset(bytes + 1, 0xff, EG_P_BYTES);
    r = eg_modp_one;
    assert_false(eg_modp_from_bytes(&r, bytes, sizeof bytes));
    memset(bytes, 0, sizeof bytes);
    bytes[0] = 1;
    assert_false(eg_modp_from_bytes(&r, bytes, sizeof bytes));
    assert_true(eg_modp_is_one(&r));
    assert_true(eg_modp_from_bytes(&r, NULL, 0));
    assert_true(eg_modp_is_zero(&r));
}

static void comparison_and_selection(void **state)
{
    (void)state;
    eg_modp a = random_modp(), b = a, r;
    for (size_t i = 0; i < EG_P_LIMBS; i++) {
        b.limb[i] ^= 1;
        assert_false(eg_modp_equal(&a, &b));
        b.limb[i] ^= 1;
        assert_true(eg_modp_equal(&a, &b));
    }
    assert_true(eg_modp_is_zero(&eg_modp_zero) && !eg_modp_is_zero(&eg_modp_one));
    assert_true(eg_modp_is_one(&eg_modp_one) && !eg_modp_is_one(&eg_modp_zero));
    b = random_modp();
    eg_modp_select(&r, &a, &b, false);
    assert_modp_equal(&r, &a);
    eg_modp_select(&r, &a, &b, true);
    assert_modp_equal(&r, &b);
    eg_modp_from_u64(&r, 1);
    assert_true(eg_modp_is_one(&r));
}

static void check_inverses(void)
{
    eg_modp r = eg_modp_g, check;
    assert_false(eg_modp_inverse_vartime(&r, &eg_modp_zero));
    assert_modp_equal(&r, &eg_modp_g);
    for (size_t i = 1; i < EDGE_MODP_COUNT + 20; i++) {
        eg_modp a = some_modp(i);
        assert_true(eg_modp_inverse_vartime(&r, &a));
        check = oracle_mul(&r, &a);
        assert_true(eg_modp_is_one(&check));
    }
}

static void inverses(void **state)
{
    (void)state;
    for_each_kernel(check_inverses);
}

int main(void)
{
    seed_from_environment();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products),
        cmocka_unit_test(long_products),
        cmocka_unit_test(accumulators),
        cmocka_unit_test(times_g),
        cmocka_unit_test(product_batches),
        cmocka_unit_test(small_products),
        cmocka_unit_test(bytes_there_and_back),
        cmocka_unit_test(too_large_is_refused),
        cmocka_unit_test(comparison_and_selection),
        cmocka_unit_test(inverses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
