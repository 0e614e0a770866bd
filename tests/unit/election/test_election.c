/* Random elections in process, from keys to counts: any number of guardians and quorum, missing
 * ones, several votes in a contest, tallies in parts, spoiled ballots. */
#include "unit/election/make_decryption.h"

#include "election/ballot_verify.h"

enum { BALLOTS_MAX = 12, ELECTIONS = 4 };

typedef struct run {
    made_election e;
    eg_ballot ballots[BALLOTS_MAX];
    unsigned votes[BALLOTS_MAX];
    size_t ballot_count;
    size_t available;
} run;

/* At most `limit` bits of `width`. */
static unsigned random_votes(size_t width, size_t limit)
{
    unsigned votes = 0;
    for (size_t i = seeded_below(limit + 1); i > 0; i--) {
        votes |= 1u << seeded_below(width);
    }
    return votes;
}

static void begin(run *r)
{
    *r = (run){.ballot_count = 1 + seeded_below(BALLOTS_MAX)};
    r->e.guardians = 1 + seeded_below(MADE_GUARDIANS_MAX);
    r->e.quorum = 1 + seeded_below(r->e.guardians);
    r->e.candidates = 1 + seeded_below(5);
    r->e.limit = 1 + seeded_below(r->e.candidates);
    r->available = r->e.quorum + seeded_below(r->e.guardians - r->e.quorum + 1);
    made_election_init(&r->e);
    for (size_t i = 0; i < r->ballot_count; i++) {
        r->votes[i] = random_votes(r->e.candidates, r->e.limit);
        made_ballot(&r->e, &r->ballots[i], i, r->votes[i]);
        must(eg_ballot_check_structure(&r->ballots[i], &r->e.election, &r->e.arena, NULL, NULL));
        must(eg_ballot_verify_proofs(&r->ballots[i], &r->e.election, &r->e.arena, NULL, NULL));
    }
}

/* In two parts that are merged, each ballot in one of them. */
static void tally_in_parts(run *r, eg_tally *tally)
{
    eg_tally_sum part[2];
    for (size_t p = 0; p < 2; p++) {
        must(eg_tally_sum_init(&part[p], &r->e.manifest, &r->e.arena, NULL));
    }
    for (size_t i = 0; i < r->ballot_count; i++) {
        eg_tally_sum_add(&part[seeded_below(2)], &r->ballots[i], &r->e.manifest);
    }
    eg_tally_sum_merge(&part[0], &part[1]);
    *tally = (eg_tally){.object_id = EG_STR(""), .cast_count = r->ballot_count};
    must(eg_tally_from_sum(tally, &part[0], &r->e.manifest, &r->e.arena, NULL));
    must(eg_tally_check(tally, &r->e.election, &r->e.arena, NULL, NULL));
}

static void decrypt(run *r, const eg_target *target, uint64_t max, uint64_t counts[])
{
    made_shares *shares = made_room(&r->e, 1, sizeof *shares);
    eg_plain_result results[MADE_CANDIDATES_MAX];
    size_t count;
    eg_plain_result *room = made_room(&r->e, eg_target_selection_count(target), sizeof *room);
    make_shares(&r->e, shares, target, r->available);
    must(combine_shares(&r->e, shares, target, max, room, &count, NULL));
    assert_int_equal(count, r->e.candidates); /* placeholders are left out */
    memcpy(results, room, count * sizeof *room);
    for (size_t i = 0; i < count; i++) {
        assert_true(eg_str_equal(results[i].object_id, r->e.names[i]));
        counts[i] = results[i].tally;
    }
}

static void counts_are_those_of_the_votes(void **state)
{
    (void)state;
    for (size_t n = 0; n < ELECTIONS; n++) {
        run r;
        eg_tally tally;
        eg_target target;
        uint64_t counts[MADE_CANDIDATES_MAX];
        begin(&r);
        tally_in_parts(&r, &tally);
        must(eg_target_from_tally(&target, &tally, &r.e.arena, NULL));
        decrypt(&r, &target, r.ballot_count, counts);
        for (size_t c = 0; c < r.e.candidates; c++) {
            uint64_t want = 0;
            for (size_t i = 0; i < r.ballot_count; i++) {
                want += r.votes[i] >> c & 1;
            }
            assert_int_equal(counts[c], want);
        }
        made_election_free(&r.e);
    }
}

static void spoiled_ballots_show_their_votes(void **state)
{
    run r;
    (void)state;
    begin(&r);
    for (size_t i = 0; i < r.ballot_count && i < 3; i++) {
        eg_target target;
        uint64_t counts[MADE_CANDIDATES_MAX];
        must(eg_target_from_ballot(&target, &r.ballots[i], &r.e.arena, NULL));
        decrypt(&r, &target, 1, counts);
        for (size_t c = 0; c < r.e.candidates; c++) {
            assert_int_equal(counts[c], r.votes[i] >> c & 1);
        }
    }
    made_election_free(&r.e);
}

/* More votes for one than ballots were cast: the bound is what the search ends at. */
static void impossible_counts_are_refused(void **state)
{
    run r;
    eg_tally tally;
    eg_target target;
    eg_error err = {.code = EG_OK};
    (void)state;
    begin(&r);
    r.votes[0] = 1;
    made_ballot(&r.e, &r.ballots[0], 0, 1);
    tally_in_parts(&r, &tally);
    must(eg_target_from_tally(&target, &tally, &r.e.arena, NULL));
    made_shares *shares = made_room(&r.e, 1, sizeof *shares);
    eg_plain_result results[MADE_CANDIDATES_MAX];
    size_t count;
    make_shares(&r.e, shares, &target, r.available);
    assert_true(eg_failed(combine_shares(&r.e, shares, &target, 0, results, &count, &err)));
    assert_int_equal(err.code, EG_E_PROOF_INVALID);
    made_election_free(&r.e);
}

/* An element outside the group, or another election's description: a tally is refused. */
static void foreign_tallies_are_refused(void **state)
{
    run r;
    eg_tally tally;
    eg_error err = {.code = EG_OK};
    (void)state;
    begin(&r);
    tally_in_parts(&r, &tally);
    eg_tally_selection *s = &tally.contests[0].selections[seeded_below(r.e.candidates)];
    eg_ciphertext kept = s->ciphertext;
    s->ciphertext.data = negated(&s->ciphertext.data);
    assert_true(eg_failed(eg_tally_check(&tally, &r.e.election, &r.e.arena, NULL, &err)));
    assert_int_equal(err.code, EG_E_NOT_IN_GROUP);
    s = &tally.contests[0].selections[0];
    s->ciphertext = kept;
    eg_modq_add(&s->description_hash, &s->description_hash, &eg_modq_one);
    assert_true(eg_failed(eg_tally_check(&tally, &r.e.election, &r.e.arena, NULL, &err)));
    assert_int_equal(err.code, EG_E_WRONG_ELECTION);
    tally.contest_count = 0;
    assert_true(eg_failed(eg_tally_check(&tally, &r.e.election, &r.e.arena, NULL, &err)));
    assert_int_equal(err.code, EG_E_WRONG_ELECTION);
    made_election_free(&r.e);
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
        cmocka_unit_test(counts_are_those_of_the_votes),
        cmocka_unit_test(spoiled_ballots_show_their_votes),
        cmocka_unit_test(impossible_counts_are_refused),
        cmocka_unit_test(foreign_tallies_are_refused),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
