/* Remembered keys: a key is tested once, what is no key is refused each time, and the memory of
 * keys is bounded. */
#include "support/cmocka_all.h"

#include "api/fields/known_keys.h"

/* g^exponent: a key */
static eg_modp key_of(uint64_t exponent)
{
    eg_modp key;
    eg_modq e = eg_modq_from_u64(exponent);
    eg_fixed_pow job = {.base = eg_fixed_base_g(), .exponent = &e, .out = &key};
    eg_fixed_pow_batch_vartime(&job, 1);
    return key;
}

static void a_key_is_remembered_once(void **state)
{
    (void)state;
    eg_modp key = key_of(11);
    size_t before = eg_known_keys_count();
    assert_true(eg_key_is_member_vartime(&key));
    assert_int_equal(eg_known_keys_count(), before + 1);
    assert_true(eg_key_is_member_vartime(&key));
    assert_int_equal(eg_known_keys_count(), before + 1);
}

static void what_is_no_key_is_refused_each_time(void **state)
{
    (void)state;
    eg_modp key = key_of(12), minus_one, negative, two;
    memcpy(minus_one.limb, eg_p_limbs, sizeof minus_one.limb);
    minus_one.limb[0]--;                      /* p is odd */
    eg_modp_mul(&negative, &key, &minus_one); /* of order 2q */
    eg_modp_from_u64(&two, 2);
    const eg_modp *foreign[] = {&eg_modp_zero, &eg_modp_one, &two, &minus_one, &negative};
    size_t before = eg_known_keys_count();
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
            assert_false(eg_key_is_member_vartime(foreign[i]));
        }
    }
    assert_int_equal(eg_known_keys_count(), before);
}

static void the_memory_is_bounded(void **state)
{
    (void)state;
    for (uint64_t e = 100; e < 100 + EG_KNOWN_KEYS_MAX + 5; e++) {
        eg_modp key = key_of(e);
        assert_true(eg_key_is_member_vartime(&key));
    }
    assert_int_equal(eg_known_keys_count(), EG_KNOWN_KEYS_MAX);
    eg_modp forgotten = key_of(100);
    assert_true(eg_key_is_member_vartime(&forgotten));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_remembered_once),
        cmocka_unit_test(what_is_no_key_is_refused_each_time),
        cmocka_unit_test(the_memory_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
