/* Integers as printf writes them, at every number of digits. */
#include "support/cmocka_all.h"

#include "base/int_text.h"

#include <stdio.h>
#include <string.h>

static void expect_as_printed(int64_t value)
{
    char got[EG_INT_TEXT_MAX], want[32];
    int n = snprintf(want, sizeof want, "%lld", (long long)value);
    assert_int_equal(eg_int_text(got, value), n);
    assert_memory_equal(got, want, (size_t)n);
}

static void as_printf_writes_it(void **state)
{
    (void)state;
    expect_as_printed(INT64_MIN);
    expect_as_printed(INT64_MAX);
    expect_as_printed(0);
    for (int64_t power = 1; power <= INT64_MAX / 10; power *= 10) {
        for (int64_t step = -1; step <= 1; step++) {
            expect_as_printed(power + step);
            expect_as_printed(-power - step);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_printf_writes_it)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
