/* The table of a job's states, read as a whole: what may follow what, what runs where. */
#include "support/cmocka_all.h"

#include "server/work/job_state.h"

#define B(state) (1u << EG_JOB_##state)

/* All that may ever follow, said a second time and in another way. */
static const unsigned followers[EG_JOB_STATES] = {
    [EG_JOB_READING] = B(PLANNING) | B(FAILING) | B(STOPPED) | B(ABANDONED),
    [EG_JOB_PLANNING] = B(COMPUTING) | B(FAILING) | B(STOPPED) | B(ABANDONED),
    [EG_JOB_COMPUTING] = B(CHOOSING) | B(FINISHING) | B(FAILING) | B(STOPPED) | B(ABANDONED),
    [EG_JOB_CHOOSING] = B(COMPUTING) | B(FINISHING) | B(FAILING) | B(STOPPED) | B(ABANDONED),
    [EG_JOB_FINISHING] = B(WRITING) | B(FAILING) | B(STOPPED) | B(ABANDONED),
    [EG_JOB_WRITING] = B(ENDING) | B(FAILING) | B(STOPPED) | B(ABANDONED),
    [EG_JOB_ENDING] = B(DONE) | B(FAILING) | B(STOPPED) | B(ABANDONED),
    [EG_JOB_DONE] = B(STOPPED) | B(ABANDONED),
    [EG_JOB_FAILING] = B(FAILED) | B(STOPPED) | B(ABANDONED),
    [EG_JOB_FAILED] = B(STOPPED) | B(ABANDONED),
    [EG_JOB_STOPPED] = B(ABANDONED),
    [EG_JOB_ABANDONED] = 0,
};

static void each_pair_of_states_may_follow_or_not(void **context)
{
    (void)context;
    for (unsigned from = 0; from < EG_JOB_STATES; from++) {
        for (unsigned to = 0; to < EG_JOB_STATES; to++) {
            if (eg_state_may_follow(from, to) != ((followers[from] >> to & 1u) != 0)) {
                fail_msg("%s to %s", eg_state(from)->name, eg_state(to)->name);
            }
        }
    }
}

/* The contract of endpoint.h: each stage in one state, and serial but for these. */
static void each_stage_runs_in_one_state(void **context)
{
    (void)context;
    for (eg_unit_kind kind = EG_UNIT_FEED; kind <= EG_UNIT_RELEASE; kind++) {
        unsigned in = 0;
        for (unsigned state = 0; state < EG_JOB_STATES; state++) {
            in += eg_state_runs(state, kind) ? 1 : 0;
        }
        assert_int_equal(in, 1);
    }
    for (unsigned state = 0; state < EG_JOB_STATES; state++) {
        const eg_state_row *row = eg_state(state);
        assert_non_null(row->name);
        assert_false(eg_state_runs(state, EG_UNIT_NONE));
        for (size_t i = 0; i < EG_STATE_UNITS && row->units[i].kind != EG_UNIT_NONE; i++) {
            eg_unit_kind kind = row->units[i].kind;
            bool parallel =
                kind == EG_UNIT_ITEM || kind == EG_UNIT_COMPUTE || kind == EG_UNIT_OUTPUT;
            assert_int_equal(row->units[i].mode, parallel               ? EG_RUNS_BESIDE
                                                 : kind == EG_UNIT_FEED ? EG_RUNS_IN_ORDER
                                                                        : EG_RUNS_ALONE);
        }
    }
}

/* What failed starts nothing more, and no state with units forgets to move on. */
static void who_runs_units_moves_on_and_who_failed_runs_none(void **context)
{
    (void)context;
    for (unsigned state = 0; state < EG_JOB_ABANDONED; state++) {
        const eg_state_row *row = eg_state(state);
        bool has_units = row->units[0].kind != EG_UNIT_NONE;
        assert_false(row->failed && has_units);
        assert_true(row->moves_on || !has_units);
        assert_true((row->answer == EG_ANSWER_WHOLE) == (state == EG_JOB_DONE));
        assert_false(!row->failed && row->answer == EG_ANSWER_ERROR);
    }
}

/* From each state the answer, or an error, is reached by moving on alone. */
static void every_way_ends(void **context)
{
    (void)context;
    for (unsigned from = 0; from < EG_JOB_ABANDONED; from++) {
        eg_job_state state = from;
        unsigned steps = 0;
        while (eg_state(state)->moves_on) {
            state = eg_state(state)->shortcut;
            assert_true(++steps < EG_JOB_STATES);
        }
        assert_true(eg_state(state)->answer == EG_ANSWER_WHOLE ||
                    eg_state(state)->answer == EG_ANSWER_ERROR);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_pair_of_states_may_follow_or_not),
        cmocka_unit_test(each_stage_runs_in_one_state),
        cmocka_unit_test(who_runs_units_moves_on_and_who_failed_runs_none),
        cmocka_unit_test(every_way_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
