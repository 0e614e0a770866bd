/* Sorting: like qsort, for items of any size. */
#include "support/cmocka_all.h"
#include "support/seeded.h"

#include "base/sort.h"

#include <stdlib.h>

typedef struct wide {
    uint32_t key;
    char rest[97];
} wide;

static int by_key(const void *a, const void *b)
{
    uint32_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

static void small_items(void **state)
{
    enum { MOST = 200 };
    uint32_t ours[MOST], theirs[MOST];
    (void)state;
    for (size_t n = 0; n <= MOST; n++) {
        for (size_t i = 0; i < n; i++) {
            ours[i] = theirs[i] = (uint32_t)seeded_below(n % 3 == 0 ? 5 : 1000000);
        }
        eg_sort(ours, n, sizeof *ours, by_key);
        qsort(theirs, n, sizeof *theirs, by_key);
        assert_memory_equal(ours, theirs, n * sizeof *ours);
    }
}

static void wide_items_stay_whole(void **state)
{
    enum { COUNT = 1000 };
    static wide items[COUNT];
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        items[i].key = (uint32_t)seeded_below(100000);
        memset(items[i].rest, (int)(items[i].key % 251), sizeof items[i].rest);
    }
    eg_sort(items, COUNT, sizeof *items, by_key);
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(i == 0 || items[i - 1].key <= items[i].key);
        for (size_t j = 0; j < sizeof items[i].rest; j++) {
            assert_int_equal((unsigned char)items[i].rest[j], items[i].key % 251);
        }
    }
}

static int start(void **state)
{
    (void)state;
    seed_from_environment();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_items),
        cmocka_unit_test(wide_items_stay_whole),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
