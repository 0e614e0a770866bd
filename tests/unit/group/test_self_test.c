/* Kernels prove themselves before they are used. */
#include "unit/group/gmp_oracle.h"

static eg_kernel broken; /* a real one with one operation replaced */
static const eg_kernel *original;

/* One bit of one lane's result is wrong. */
static void off_by_one_bit(eg_block *r, const eg_block *a, const eg_block *b)
{
    original->mul(r, a, b);
    r->word[0] ^= 2;
}

static void square_is_product_with_one(eg_block *r, const eg_block *a)
{
    eg_block one;
    original->one(&one);
    original->mul(r, a, &one);
}

static void every_kernel_of_this_cpu_passes(void **state)
{
    unsigned passed = 0;
    (void)state;
    for (size_t i = 0; eg_kernels[i] != NULL; i++) {
        if (eg_kernels[i]->is_supported()) {
            assert_true(eg_kernel_computes(eg_kernels[i]));
            passed++;
        }
    }
    assert_true(passed >= 1);
}

static void a_kernel_that_computes_wrong_numbers_does_not(void **state)
{
    (void)state;
    for (size_t i = 0; eg_kernels[i] != NULL; i++) {
        original = eg_kernels[i];
        if (!original->is_supported()) {
            continue;
        }
        broken = *original;
        broken.mul = off_by_one_bit;
        assert_false(eg_kernel_computes(&broken));
        broken = *original;
        broken.sqr = square_is_product_with_one;
        assert_false(eg_kernel_computes(&broken));
    }
}

static void unknown_names_are_no_kernel(void **state)
{
    (void)state;
    assert_null(eg_kernel_by_name("abacus"));
    assert_false(eg_group_init("abacus"));
    assert_ptr_equal(eg_kernel_by_name("portable"), &eg_kernel_portable);
    assert_true(eg_group_init("portable"));
    assert_string_equal(eg_group_kernel_name(), "portable");
    assert_true(eg_group_init(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_of_this_cpu_passes),
        cmocka_unit_test(a_kernel_that_computes_wrong_numbers_does_not),
        cmocka_unit_test(unknown_names_are_no_kernel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
