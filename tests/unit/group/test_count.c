/* The count of products: what tests of long units rely on. */
#include "support/cmocka_all.h"

#include "group/group.h"

static uint64_t of_powers(size_t n)
{
    enum { MOST = 64 };
    static eg_modp out[MOST];
    static const eg_modq exponent = {{~0ull, ~0ull, ~0ull, 1ull << 63}};
    eg_pow jobs[MOST];
    for (size_t i = 0; i < n; i++) {
        jobs[i] = (eg_pow){&eg_modp_g, &exponent, &out[i]};
    }
    uint64_t before = eg_group_products();
    eg_pow_batch_vartime(jobs, n);
    return eg_group_products() - before;
}

static void a_power_is_a_power(void **state)
{
    (void)state;
    size_t n = 2 * eg_group_lanes();
    uint64_t each = of_powers(n) / n;
    assert_in_range(each, EG_PRODUCTS_OF_POWER - 10, EG_PRODUCTS_OF_POWER + 10);
}

static void spare_lanes_count(void **state)
{
    (void)state;
    size_t lanes = eg_group_lanes();
    assert_true(of_powers(lanes + 1) > of_powers(lanes));
    if (lanes > 2) {
        assert_int_equal(of_powers(2), of_powers(lanes));
    }
}

/* Powers on a table, several powers of one base, products of powers and single products. */
static void every_way_counts(void **state)
{
    eg_modp out;
    const eg_modq exponent = {{3, 5, 7, 9}};
    const eg_fixed_pow fixed = {eg_fixed_base_g(), &exponent, &out};
    eg_chain chain = {.base = &eg_modp_g};
    const eg_modp *base = &eg_modp_g;
    (void)state;
    uint64_t before = eg_group_products();
    eg_modp_mul(&out, &eg_modp_g, &eg_modp_g);
    uint64_t product = eg_group_products() - before;
    assert_true(product >= 1);
    before = eg_group_products();
    eg_fixed_pow_batch(&fixed, 1);
    assert_true(eg_group_products() - before > 20 * product / 2);
    before = eg_group_products();
    eg_chain_batch_vartime(&chain, 1);
    assert_true(eg_group_products() - before >= 256);
    before = eg_group_products();
    assert_true(eg_multi_pow_vartime(&out, &base, &exponent, 1, 256));
    assert_true(eg_group_products() - before >= 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_power_is_a_power),
        cmocka_unit_test(spare_lanes_count),
        cmocka_unit_test(every_way_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
