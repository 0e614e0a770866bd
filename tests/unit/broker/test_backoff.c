/* Waiting after failures: longer each time, bounded, and not the same for everybody. */
#include "support/cmocka_all.h"

#include "broker/backoff.h"
#include "support/seeded.h"

static void longer_each_time_and_bounded(void **state)
{
    (void)state;
    for (unsigned failures = 1, most = EG_BACKOFF_FIRST_MS; failures < 100; failures++) {
        uint32_t ms = eg_backoff_ms(failures, &seeded_rng);
        assert_in_range(ms, most / 2, most);
        most = most * 2 < EG_BACKOFF_MOST_MS ? most * 2 : EG_BACKOFF_MOST_MS;
    }
}

static void not_the_same_for_everybody(void **state)
{
    uint32_t first = eg_backoff_ms(20, &seeded_rng);
    bool differs = false;
    (void)state;
    for (unsigned i = 0; i < 10; i++) {
        differs = differs || eg_backoff_ms(20, &seeded_rng) != first;
    }
    assert_true(differs);
}

static void without_random_bytes_it_waits_all_the_same(void **state)
{
    (void)state;
    assert_int_equal(eg_backoff_ms(1, &broken_rng), EG_BACKOFF_FIRST_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(longer_each_time_and_bounded),
        cmocka_unit_test(not_the_same_for_everybody),
        cmocka_unit_test(without_random_bytes_it_waits_all_the_same),
    };
    seed_from_environment();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
