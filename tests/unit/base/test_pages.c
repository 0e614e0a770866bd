/* Pages: where they begin and end, what is in them, that they go back. */
#include "support/cmocka_all.h"

#include "base/pages.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static bool is_mapped(const char *at)
{
    unsigned char in_memory;
    uintptr_t page = (uintptr_t)at / (uintptr_t)sysconf(_SC_PAGESIZE);
    void *start = (void *)(page * (uintptr_t)sysconf(_SC_PAGESIZE));
    int result = mincore(start, 1, &in_memory);
    assert_true(result == 0 || errno == ENOMEM);
    return result == 0;
}

static void they_begin_at_a_huge_page_and_are_zeros(void **state)
{
    (void)state;
    const size_t sizes[] = {1, 4096, 100001, EG_HUGE_PAGE, EG_HUGE_PAGE + 1, 5000000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *pages = eg_pages_new(sizes[i]);
        assert_non_null(pages);
        assert_int_equal((uintptr_t)pages % EG_HUGE_PAGE, 0);
        for (size_t at = 0; at < sizes[i]; at++) {
            if (pages[at] != 0) {
                fail_msg("byte %zu of %zu is not zero", at, sizes[i]);
            }
        }
        memset(pages, 1, sizes[i]);
        assert_true(is_mapped(pages + sizes[i] - 1));
        eg_pages_free(pages, sizes[i]);
        assert_false(is_mapped(pages));
        assert_false(is_mapped(pages + sizes[i] - 1));
    }
}

/* What was mapped to find a place does not stay: a thousand tables would hold two gigabytes. */
static void nothing_else_stays_mapped(void **state)
{
    (void)state;
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes = 3 * page;
    enum { MANY = 16 };
    char *pages[MANY];
    size_t alone_before = 0, alone_behind = 0;
    for (size_t i = 0; i < MANY; i++) {
        pages[i] = eg_pages_new(bytes);
        assert_non_null(pages[i]);
        alone_before += is_mapped(pages[i] - page) ? 0 : 1;
        alone_behind += is_mapped(pages[i] + bytes) ? 0 : 1;
    }
    /* at most the first and the last touch what was there before */
    assert_true(alone_before >= MANY - 1);
    assert_true(alone_behind >= MANY - 1);
    for (size_t i = 0; i < MANY; i++) {
        eg_pages_free(pages[i], bytes);
    }
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    assert_null(eg_pages_new(0));
    assert_null(eg_pages_new(SIZE_MAX));
    assert_null(eg_pages_new(SIZE_MAX / 4));
    eg_pages_free(NULL, 1);
}

/* Advice about any memory changes nothing in it. */
static void advice_leaves_memory_alone(void **state)
{
    (void)state;
    static char memory[3 * 4096];
    memset(memory, 7, sizeof memory);
    eg_pages_prefer_huge(memory + 1, sizeof memory - 1);
    eg_pages_prefer_huge(memory + 1, 1);
    eg_pages_prefer_huge(memory, 0);
    for (size_t i = 0; i < sizeof memory; i++) {
        assert_int_equal(memory[i], 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_begin_at_a_huge_page_and_are_zeros),
        cmocka_unit_test(nothing_else_stays_mapped),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(advice_leaves_memory_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
