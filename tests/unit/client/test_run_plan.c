/* A run cut into chunks, and the tree in which their tallies become one: every chunk is in one sum
 * of each level, whatever their number. */
#include "support/cmocka_all.h"

#include "client/run_task.h"

static eg_run_plan plan_of(size_t chunks, eg_arena *arena)
{
    static eg_ballot_file ballots;
    static const eg_election_spec spec;
    eg_run_plan plan;
    eg_error err;
    ballots.count = chunks;
    assert_false(
        eg_failed(eg_arena_new(arena, chunks, sizeof *ballots.votes, &ballots.votes, &err)));
    assert_false(eg_failed(eg_run_plan_init(&plan, &spec, &ballots, NULL, 1, arena, &err)));
    return plan;
}

static void check_level(const eg_run_plan *plan, unsigned level)
{
    size_t next = 1;
    for (size_t number = 1; number <= eg_plan_sums_on(plan, level); number++) {
        size_t first, last;
        eg_plan_sum_chunks(plan, level, number, &first, &last);
        assert_int_equal(first, next);
        assert_true(last >= first);
        next = last + 1;
    }
    assert_int_equal(next, plan->chunk_count + 1);
}

static void every_chunk_is_in_one_sum_of_each_level(void **state)
{
    static const size_t counts[] = {1, 2, 63, 64, 65, 4095, 4096, 4097, 262144, 262145};
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        eg_arena arena;
        eg_arena_init(&arena, NULL);
        const eg_run_plan plan = plan_of(counts[i], &arena);
        const unsigned levels = eg_plan_levels(&plan);
        assert_int_equal(eg_plan_sums_on(&plan, levels), 1);
        for (unsigned level = 0; level <= levels; level++) {
            check_level(&plan, level);
        }
        eg_arena_free(&arena);
    }
}

static void spoiled_ballots_are_in_no_tally(void **state)
{
    eg_arena arena;
    eg_ballot_file ballots = {.count = 7};
    static const eg_election_spec spec;
    eg_run_plan plan;
    eg_error err;
    (void)state;
    eg_arena_init(&arena, NULL);
    assert_false(eg_failed(eg_arena_new(&arena, 7, sizeof *ballots.votes, &ballots.votes, &err)));
    ballots.votes[0].is_spoiled = ballots.votes[4].is_spoiled = ballots.votes[5].is_spoiled = true;
    assert_false(eg_failed(eg_run_plan_init(&plan, &spec, &ballots, NULL, 2, &arena, &err)));
    assert_int_equal(plan.chunk_count, 4);
    assert_int_equal(eg_plan_cast_in(&plan, 1, 1), 1);
    assert_int_equal(eg_plan_cast_in(&plan, 2, 2), 2);
    assert_int_equal(eg_plan_cast_in(&plan, 3, 3), 0);
    assert_int_equal(eg_plan_cast_in(&plan, 4, 4), 1);
    assert_int_equal(eg_plan_cast_in(&plan, 1, 4), 4);
    assert_int_equal(eg_task_ballots(&plan, &(eg_task){EG_TASK_ENCRYPT, 0, 3}), 2);
    assert_int_equal(eg_task_ballots(&plan, &(eg_task){EG_TASK_TALLY, 0, 3}), 0);
    assert_int_equal(eg_task_ballots(&plan, &(eg_task){EG_TASK_SUM, 1, 1}), 4);
    eg_arena_free(&arena);
}

static void assert_named(const eg_run_plan *plan, eg_task task, const char *file, const char *title)
{
    eg_buf text;
    eg_buf_init(&text, NULL);
    eg_task_title(&text, plan, &task);
    eg_buf_append_char(&text, '\0');
    assert_string_equal(eg_task_file(plan, &task).text, file);
    assert_string_equal(text.data, title);
    eg_buf_free(&text);
}

static void tasks_have_names(void **state)
{
    eg_arena arena;
    (void)state;
    eg_arena_init(&arena, NULL);
    const eg_run_plan plan = plan_of(130, &arena);
    assert_named(&plan, (eg_task){EG_TASK_ENCRYPT, 0, 130}, "private/ballots/000130.jsonl",
                 "chunk 130");
    assert_named(&plan, (eg_task){EG_TASK_TALLY, 0, 1}, "private/tallies/000001.json",
                 "the tally of chunk 1");
    assert_named(&plan, (eg_task){EG_TASK_SUM, 1, 3}, "private/tallies/sum-1-000003.json",
                 "the tally of chunks 129 to 130");
    assert_named(&plan, (eg_task){EG_TASK_SUM, 2, 1}, "private/tally.json",
                 "the tally of chunks 1 to 130");
    eg_arena_free(&arena);
}

static void ids_make_a_request_long(void **state)
{
    eg_arena arena;
    (void)state;
    eg_arena_init(&arena, NULL);
    eg_run_plan plan = plan_of(3, &arena);
    plan.ballots->votes[0].ballot_id = EG_STR("b-1");
    plan.ballots->votes[1].ballot_id = EG_STR("a\"b");
    plan.ballots->votes[2].ballot_id = EG_STR("not in it");
    plan.ballots->votes[2].is_spoiled = true;
    /* \"b-1\", and \"a\\\"b\", */
    assert_int_equal(eg_plan_longest_body(&plan), 8 + 11);
    eg_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_chunk_is_in_one_sum_of_each_level),
        cmocka_unit_test(spoiled_ballots_are_in_no_tally),
        cmocka_unit_test(tasks_have_names),
        cmocka_unit_test(ids_make_a_request_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
