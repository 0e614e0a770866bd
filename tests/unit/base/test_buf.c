/* The growing buffer: what is kept, what is cut, what it charges. */
#include "support/cmocka_all.h"

#include "base/buf.h"

#include <stdatomic.h>

static void grows_and_keeps_what_it_has(void **state)
{
    (void)state;
    eg_budget budget;
    eg_buf buf;
    eg_budget_init(&budget, 1 << 20, NULL);
    eg_buf_init(&buf, &budget);
    for (int i = 0; i < 100000; i++) {
        eg_buf_append_char(&buf, (char)('a' + i % 26));
    }
    assert_false(buf.failed);
    assert_int_equal(buf.len, 100000);
    for (int i = 0; i < 100000; i++) {
        assert_int_equal(buf.data[i], 'a' + i % 26);
    }
    assert_int_equal(atomic_load(&budget.used_bytes), buf.capacity);
    eg_buf_free(&buf);
    assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

static void a_guess_beyond_the_budget_fails_nothing(void **state)
{
    (void)state;
    static const char block[4096];
    eg_budget budget;
    eg_buf buf;
    eg_budget_init(&budget, 20000, NULL);
    eg_buf_init(&buf, &budget);
    eg_buf_expect(&buf, 1 << 20);
    eg_buf_expect(&buf, SIZE_MAX);
    assert_false(buf.failed);
    eg_buf_expect(&buf, sizeof block);
    size_t room = buf.capacity;
    assert_true(room >= sizeof block);
    eg_buf_append(&buf, block, sizeof block);
    assert_false(buf.failed);
    assert_int_equal(buf.capacity, room);
    eg_buf_free(&buf);
}

static void fails_for_good_where_the_budget_ends(void **state)
{
    (void)state;
    static const char block[4096];
    eg_budget budget;
    eg_buf buf;
    eg_budget_init(&budget, 6000, NULL);
    eg_buf_init(&buf, &budget);
    eg_buf_append(&buf, block, sizeof block);
    eg_buf_append(&buf, block, sizeof block);
    assert_true(buf.failed);
    eg_buf_append_char(&buf, 'x');
    assert_true(buf.failed);
    assert_int_equal(buf.len, sizeof block);
    eg_buf_free(&buf);
    assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

static void printed_text_is_cut(void **state)
{
    (void)state;
    eg_buf buf;
    eg_buf_init(&buf, NULL);
    eg_buf_printf(&buf, "%s %d;", "worker", 7);
    assert_true(eg_str_equal(eg_buf_str(&buf), EG_STR("worker 7;")));
    eg_buf_clear(&buf);
    eg_buf_printf(&buf, "%511d", 1);
    assert_int_equal(buf.len, 511);
    eg_buf_clear(&buf);
    eg_buf_printf(&buf, "%512d", 1);
    assert_int_equal(buf.len, 511);
    assert_int_equal(buf.data[510], ' ');
    eg_buf_free(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_and_keeps_what_it_has),
        cmocka_unit_test(a_guess_beyond_the_budget_fails_nothing),
        cmocka_unit_test(fails_for_good_where_the_budget_ends),
        cmocka_unit_test(printed_text_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
