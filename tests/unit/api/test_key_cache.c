/* The cache of election keys' tables; the index of names. */
#include "requests.h"

#include "api/fields/key_cache.h"
#include "base/str_index.h"
#include "crypto/elgamal.h"

static eg_modp key_of(uint64_t secret)
{
    eg_modq exponent = eg_modq_from_u64(secret);
    eg_modp key;
    eg_public_key(&key, &exponent);
    return key;
}

static void tables_are_shared_and_bounded(void **s)
{
    enum { CAPACITY = 2, KEYS = 4 };
    const eg_api_settings settings = {.key_table_cache = CAPACITY};
    eg_key_entry *held[KEYS];
    eg_key_entry *again;
    size_t count;
    size_t in_use;
    (void)s;
    for (uint64_t i = 0; i < KEYS; i++) {
        eg_modp key = key_of(i + 5);
        assert_false(eg_failed(eg_key_acquire(&held[i], &key, &settings, NULL)));
        assert_true(eg_modp_equal(eg_fixed_base_value(eg_key_table(held[i])), &key));
    }
    eg_modp first = key_of(5);
    assert_false(eg_failed(eg_key_acquire(&again, &first, &settings, NULL)));
    assert_ptr_equal(again, held[0]);
    eg_key_cache_count(&count, &in_use);
    assert_int_equal(count, KEYS);
    assert_int_equal(in_use, KEYS);
    for (size_t i = 0; i < KEYS; i++) {
        eg_key_release(held[i]);
    }
    eg_key_cache_count(&count, &in_use);
    assert_int_equal(count, CAPACITY + 1); /* the first is still held once */
    assert_int_equal(in_use, 1);
    eg_key_release(again);
    eg_key_cache_count(&count, &in_use);
    assert_int_equal(count, CAPACITY);
    eg_key_cache_rest(UINT64_MAX);
    eg_key_cache_count(&count, &in_use);
    assert_int_equal(count, 0);
    eg_key_release(NULL);
}

/* In use they are charged, once however many use them; unused they go when they rest. */
static void tables_in_use_are_charged(void **s)
{
    eg_budget memory;
    const eg_api_settings settings = {.key_table_cache = 2, .shared = &memory};
    eg_key_entry *one, *same, *other;
    eg_modp first = key_of(11), second = key_of(12);
    size_t count, in_use;
    eg_error err = {0};
    (void)s;
    eg_budget_init(&memory, eg_fixed_base_bytes() + 1, NULL);
    assert_false(eg_failed(eg_key_acquire(&one, &first, &settings, NULL)));
    assert_false(eg_failed(eg_key_acquire(&same, &first, &settings, NULL)));
    assert_int_equal(memory.used_bytes, eg_fixed_base_bytes());
    assert_true(eg_failed(eg_key_acquire(&other, &second, &settings, &err)));
    assert_int_equal(err.code, EG_E_NO_MEMORY);
    eg_key_release(one);
    assert_int_equal(memory.used_bytes, eg_fixed_base_bytes());
    eg_key_release(same);
    assert_int_equal(memory.used_bytes, 0);
    assert_false(eg_failed(eg_key_acquire(&other, &second, &settings, NULL)));
    eg_key_cache_rest(UINT64_MAX);
    eg_key_cache_count(&count, &in_use);
    assert_int_equal(count, 1);
    assert_int_equal(in_use, 1);
    eg_key_release(other);
    eg_key_cache_rest(1);
    eg_key_cache_count(&count, &in_use);
    assert_int_equal(count, 1);
    eg_key_cache_rest(UINT64_MAX);
    eg_key_cache_count(&count, &in_use);
    assert_int_equal(count, 0);
    assert_int_equal(memory.used_bytes, 0);
}

static void repetitions_are_found(void **s)
{
    const eg_str strs[] = {EG_STR("b"), EG_STR(""),  EG_STR("a"),
                           EG_STR(""),  EG_STR("b"), EG_STR("a")};
    eg_str_index index;
    size_t position;
    (void)s;
    eg_arena_init(&test_arena, NULL);
    assert_false(eg_failed(eg_str_index_init(&index, strs, sizeof strs[0], 6, &test_arena, NULL)));
    assert_true(eg_str_index_find(&index, EG_STR("a"), &position));
    assert_int_equal(position, 2);
    assert_false(eg_str_index_find(&index, EG_STR("c"), &position));
    assert_true(eg_str_index_repeated(&index, &position));
    assert_int_equal(position, 4);
    assert_true(eg_str_index_is_repetition(&index, EG_STR("a"), 5));
    assert_false(eg_str_index_is_repetition(&index, EG_STR("a"), 2));
    assert_false(eg_failed(eg_str_index_init(&index, strs, sizeof strs[0], 3, &test_arena, NULL)));
    assert_false(eg_str_index_repeated(&index, &position));
    eg_arena_free(&test_arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_shared_and_bounded),
        cmocka_unit_test(tables_in_use_are_charged),
        cmocka_unit_test(repetitions_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
