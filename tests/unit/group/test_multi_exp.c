/* Products of powers against GMP, for sizes on both sides of every choice of method. */
#include "unit/group/gmp_oracle.h"

enum { MOST = 700 };

static eg_modp base[MOST];
static const eg_modp *bases[MOST];
static eg_modq exponent[MOST];

/* exponent i below 2^bits, the largest one among them */
static eg_modq below(size_t i, unsigned bits)
{
    eg_modq e = i % 5 == 0 ? edge_modq(3) : random_modq();
    for (unsigned limb = 0; limb < EG_Q_LIMBS; limb++) {
        unsigned low = limb * 64;
        if (bits <= low) {
            e.limb[limb] = 0;
        } else if (bits - low < 64) {
            e.limb[limb] &= ((uint64_t)1 << (bits - low)) - 1;
        }
    }
    return e;
}

static void check_size(size_t n, unsigned bits)
{
    eg_modp want = eg_modp_one, got;
    for (size_t i = 0; i < n; i++) {
        exponent[i] = below(i, bits);
        eg_modp power = oracle_pow(&base[i], &exponent[i]);
        want = oracle_mul(&want, &power);
    }
    assert_true(eg_multi_pow_vartime(&got, bases, exponent, n, bits));
    assert_modp_equal(&got, &want);
}

static void check_sizes(void)
{
    for (size_t i = 0; i < MOST; i++) {
        base[i] = i > 0 && i < EDGE_MODP_COUNT ? edge_modp(i) : random_modp();
        bases[i] = &base[i];
    }
    const size_t sizes[] = {0, 1, 2, 3, 4, 5, 8, 9, 17, 40, 65, 130};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        check_size(sizes[s], 256);
        check_size(sizes[s], 128);
        check_size(sizes[s], 1 + (unsigned)(seeded_u64() % 255));
        check_size(sizes[s], 1);
    }
    check_size(MOST, 16);
    check_size(MOST, 64);
}

static void any_number_of_bases(void **state)
{
    (void)state;
    for_each_kernel(check_sizes);
}

/* Every bit's product of the bases that have it, and the same power as without them. */
static void check_bits(size_t n, unsigned bits)
{
    static eg_modp product[EG_BIT_PRODUCTS_MAX];
    eg_modp want, got;
    for (size_t i = 0; i < n; i++) {
        exponent[i] = below(i, bits);
    }
    assert_true(eg_multi_pow_vartime(&want, bases, exponent, n, bits));
    assert_true(eg_multi_pow_bits_vartime(&got, product, bases, exponent, n, bits));
    assert_modp_equal(&got, &want);
    for (unsigned bit = 0; bit < bits; bit++) {
        const eg_modp *factor[MOST];
        size_t count = 0;
        for (size_t i = 0; i < n; i++) {
            if ((exponent[i].limb[bit / 64] >> (bit % 64) & 1) != 0) {
                factor[count++] = &base[i];
            }
        }
        eg_modp_product(&want, factor, count);
        assert_modp_equal(&product[bit], &want);
    }
}

static void check_all_bits(void)
{
    const size_t sizes[] = {0, 1, 3, 8, 9, 40, 130};
    for (size_t i = 0; i < MOST; i++) {
        base[i] = random_modp();
        bases[i] = &base[i];
    }
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        check_bits(sizes[s], EG_BIT_PRODUCTS_MAX);
        check_bits(sizes[s], 1 + (unsigned)(seeded_u64() % EG_BIT_PRODUCTS_MAX));
    }
    check_bits(MOST, 16);
}

static void products_of_single_bits(void **state)
{
    (void)state;
    for_each_kernel(check_all_bits);
}

static void a_zero_base(void **state)
{
    (void)state;
    eg_modp got;
    for (size_t i = 0; i < 3; i++) {
        base[i] = i == 1 ? eg_modp_zero : random_modp();
        bases[i] = &base[i];
        exponent[i] = eg_modq_from_u64(5);
    }
    assert_true(eg_multi_pow_vartime(&got, bases, exponent, 3, 8));
    assert_true(eg_modp_is_zero(&got));
    exponent[1] = eg_modq_zero; /* 0^0 = 1 */
    assert_true(eg_multi_pow_vartime(&got, bases, exponent, 3, 8));
    assert_false(eg_modp_is_zero(&got));
}

int main(void)
{
    seed_from_environment();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_bases),
        cmocka_unit_test(products_of_single_bits),
        cmocka_unit_test(a_zero_base),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
