/* Pads seen before: each is found again, with whoever had it first, and no other is. */
#include "unit/election/make_election.h"

#include "election/pad_set.h"

enum { PADS = 3000 };

static eg_pad_key key;

/* What only says whether marks differ: no element of the group. */
static eg_pad_mark mark_of(uint64_t n)
{
    eg_modp pad = {{0}};
    eg_pad_mark mark;
    pad.limb[0] = n;
    eg_pad_mark_make(&mark, &key, &pad);
    return mark;
}

static void every_pad_is_found_again(void **state)
{
    eg_arena arena;
    eg_pad_set set;
    (void)state;
    eg_arena_init(&arena, NULL);
    must(eg_pad_key_new(&key, &seeded_rng, NULL));
    must(eg_pad_set_init(&set, PADS, &arena, NULL));
    for (uint64_t i = 0; i < PADS; i++) {
        eg_pad_mark mark = mark_of(i);
        size_t owner = i / 3;
        assert_true(eg_pad_set_add(&set, &mark, &owner));
        assert_int_equal(owner, i / 3);
    }
    for (uint64_t i = 0; i < PADS; i++) {
        eg_pad_mark mark = mark_of(i);
        size_t owner = PADS;
        assert_false(eg_pad_set_add(&set, &mark, &owner));
        assert_int_equal(owner, i / 3);
    }
    eg_arena_free(&arena);
}

static void room_for_none(void **state)
{
    eg_arena arena;
    eg_pad_set set;
    (void)state;
    eg_arena_init(&arena, NULL);
    must(eg_pad_set_init(&set, 0, &arena, NULL));
    eg_arena_free(&arena);
}

static void memory_is_of_the_budget(void **state)
{
    eg_budget budget;
    eg_arena arena;
    eg_pad_set set;
    eg_error err = {.code = EG_OK};
    (void)state;
    eg_budget_init(&budget, 64 * 1024, NULL);
    eg_arena_init(&arena, &budget);
    assert_int_equal(eg_pad_set_init(&set, PADS, &arena, &err).code, EG_E_NO_MEMORY);
    eg_arena_free(&arena);
}

static void marks_depend_on_the_key(void **state)
{
    eg_pad_mark one = mark_of(7);
    (void)state;
    must(eg_pad_key_new(&key, &seeded_rng, NULL));
    eg_pad_mark other = mark_of(7);
    assert_memory_not_equal(&one, &other, sizeof one);
}

static void a_ballot_has_a_mark_for_each_selection(void **state)
{
    made_election e = {.guardians = 1, .quorum = 1, .candidates = 3, .limit = 2};
    eg_ballot ballot;
    eg_pad_mark marks[5], again;
    eg_path steps[EG_PAD_PATH_STEPS];
    eg_error err;
    (void)state;
    made_election_init(&e);
    made_ballot(&e, &ballot, 0, 1);
    assert_int_equal(eg_ballot_pad_count(&ballot), 5);
    eg_ballot_pad_marks(marks, &key, &ballot);
    for (size_t i = 0; i < 5; i++) {
        eg_pad_mark_make(&again, &key, &ballot.contests[0].selections[i].ciphertext.pad);
        assert_memory_equal(&again, &marks[i], sizeof again);
    }
    const eg_path *path = eg_ballot_pad_path(steps, &ballot, 4, NULL);
    (void)EG_FAIL(&err, EG_E_DUPLICATE, path, "at");
    assert_string_equal(err.path, "contests[0].ballot_selections[4].ciphertext.pad");
    made_election_free(&e);
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
        cmocka_unit_test(every_pad_is_found_again),
        cmocka_unit_test(room_for_none),
        cmocka_unit_test(memory_is_of_the_budget),
        cmocka_unit_test(marks_depend_on_the_key),
        cmocka_unit_test(a_ballot_has_a_mark_for_each_selection),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
