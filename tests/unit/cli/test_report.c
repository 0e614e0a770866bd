/* The verdict over a result: equal counts agree, one vote too many or exchanged counts do not. */
#include "support/cmocka_all.h"

#include "cli/report.h"

static void tells_whether_counts_agree(void **state)
{
    const eg_str names[] = {EG_STR("Ann"), EG_STR("B\x1b[2J")};
    const eg_election_spec spec = {.candidates = names, .candidate_count = 2};
    (void)state;
    assert_true(eg_report_counts(&spec, (uint64_t[]){3, 4}, (uint64_t[]){3, 4}));
    assert_false(eg_report_counts(&spec, (uint64_t[]){3, 5}, (uint64_t[]){3, 4}));
    assert_false(eg_report_counts(&spec, (uint64_t[]){4, 3}, (uint64_t[]){3, 4}));
}

static void counts_with_their_noun(void **state)
{
    (void)state;
    assert_string_equal(eg_counted_of(0, "fault").text, "0 faults");
    assert_string_equal(eg_counted_of(1, "fault").text, "1 fault");
    assert_string_equal(eg_counted_of(2, "fault").text, "2 faults");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_whether_counts_agree),
        cmocka_unit_test(counts_with_their_noun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
