/* Ballots in clear laid out whole: what a ballot leaves out is not told by the work that it makes,
 * and faults are named where the ballot has them. */
#include "unit/election/make_election.h"

#include "crypto/hashed_elgamal.h"
#include "election/ballot_fill.h"

enum { CONTESTS = 40, SELECTIONS = 30 };

static eg_arena arena;
static eg_manifest manifest;
static eg_manifest_index by_id;
static eg_str contest_ids[CONTESTS], selection_ids[SELECTIONS];

static void *room(size_t count, size_t size)
{
    void *memory = eg_arena_alloc_array(&arena, count, size);
    assert_non_null(memory);
    return memory;
}

static eg_str numbered(const char *format, size_t i)
{
    char *text = room(16, 1);
    return (eg_str){text, (size_t)snprintf(text, 16, format, i)};
}

static eg_contest_description contest_at(size_t c)
{
    eg_selection_description *selections = room(SELECTIONS, sizeof *selections);
    for (size_t i = 0; i < SELECTIONS; i++) {
        selections[i] = (eg_selection_description){.object_id = selection_ids[i],
                                                   .candidate_id = selection_ids[i],
                                                   .sequence_order = (uint32_t)i};
    }
    return (eg_contest_description){.object_id = contest_ids[c],
                                    .sequence_order = (uint32_t)c,
                                    .electoral_district_id = EG_STR("u"),
                                    .vote_variation = EG_STR("one_of_m"),
                                    .number_elected = 1,
                                    .name = contest_ids[c],
                                    .selections = selections,
                                    .selection_count = SELECTIONS};
}

static int start(void **state)
{
    static const eg_str unit_ids[] = {{"u", 1}};
    static eg_unit unit = {.object_id = {"u", 1}, .name = {"U", 1}, .type = {"county", 6}};
    eg_ballot_style *style;
    eg_contest_description *contests;
    (void)state;
    eg_arena_init(&arena, NULL);
    style = room(1, sizeof *style);
    contests = room(CONTESTS, sizeof *contests);
    for (size_t i = 0; i < SELECTIONS; i++) {
        selection_ids[i] = numbered("s%zu", i);
    }
    for (size_t c = 0; c < CONTESTS; c++) {
        contest_ids[c] = numbered("k%zu", c);
        contests[c] = contest_at(c);
    }
    style->object_id = EG_STR("style");
    style->unit_ids = (eg_str_list){unit_ids, 1, true};
    manifest = (eg_manifest){.election_scope_id = EG_STR("e"),
                             .spec_version = EG_STR("1.0"),
                             .type = EG_STR("general"),
                             .start_date = EG_STR("2025-01-01"),
                             .end_date = EG_STR("2025-01-01"),
                             .units = &unit,
                             .unit_count = 1,
                             .contests = contests,
                             .contest_count = CONTESTS,
                             .styles = style,
                             .style_count = 1};
    must(eg_manifest_complete(&manifest, &arena, NULL));
    must(eg_manifest_index_init(&by_id, &manifest, &arena, NULL));
    return 0;
}

static int stop(void **state)
{
    (void)state;
    eg_arena_free(&arena);
    return 0;
}

/* Names the last `named` contests, in each the first `chosen` selections. */
static eg_plain_ballot ballot_of(size_t named, size_t chosen)
{
    eg_plain_contest *contests = room(named + 1, sizeof *contests);
    for (size_t c = 0; c < named; c++) {
        eg_plain_selection *selections = room(chosen + 1, sizeof *selections);
        for (size_t i = 0; i < chosen; i++) {
            selections[i] = (eg_plain_selection){.object_id = selection_ids[i], .vote = 1};
        }
        contests[c] = (eg_plain_contest){contest_ids[CONTESTS - named + c], selections, chosen};
    }
    return (eg_plain_ballot){EG_STR("b"), EG_STR("style"), contests, named};
}

static void expect_filled(eg_plain_ballot *out, const eg_plain_ballot *ballot)
{
    must(eg_plain_ballot_fill(out, ballot, &by_id, &arena, NULL, NULL));
    assert_int_equal(out->contest_count, CONTESTS);
    for (size_t c = 0; c < CONTESTS; c++) {
        assert_true(eg_str_equal(out->contests[c].object_id, contest_ids[c]));
        assert_int_equal(out->contests[c].selection_count, SELECTIONS);
    }
}

/* Of scratch memory. */
static size_t bytes_to_judge(const eg_plain_ballot *ballot)
{
    eg_plain_ballot filled;
    eg_budget budget;
    eg_arena scratch;
    expect_filled(&filled, ballot);
    eg_budget_init(&budget, 0, NULL);
    eg_arena_init(&scratch, &budget);
    must(eg_plain_ballot_judge(&filled, ballot, &by_id, &scratch, NULL, NULL));
    size_t used = budget.used_bytes;
    eg_arena_free(&scratch);
    return used;
}

static void what_is_left_out_is_judged_as_well(void **state)
{
    const eg_plain_ballot all = ballot_of(CONTESTS, 1), none = ballot_of(0, 0);
    const eg_plain_ballot half = ballot_of(CONTESTS / 2, SELECTIONS);
    (void)state;
    size_t used = bytes_to_judge(&all);
    assert_true(used > (size_t)CONTESTS * SELECTIONS);
    assert_int_equal(bytes_to_judge(&none), used);
    assert_int_equal(bytes_to_judge(&half), used);
}

/* By its place among the ballot's contests, not among the style's. */
static void a_fault_is_named_where_the_ballot_has_it(void **state)
{
    static char text[EG_PADDED_MESSAGE_MAX];
    eg_plain_ballot ballot = ballot_of(3, 1), filled;
    eg_error err = {.code = EG_OK};
    (void)state;
    memset(text, 'x', sizeof text);
    eg_plain_selection *s = (eg_plain_selection *)(uintptr_t)ballot.contests[2].selections;
    s->write_in = (eg_opt_str){{text, sizeof text}, true};
    expect_filled(&filled, &ballot);
    assert_true(eg_failed(eg_plain_ballot_judge(&filled, &ballot, &by_id, &arena, NULL, &err)));
    assert_int_equal(err.code, EG_E_OUT_OF_RANGE);
    assert_string_equal(err.path, "contests[2]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left_out_is_judged_as_well),
        cmocka_unit_test(a_fault_is_named_where_the_ballot_has_it),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
