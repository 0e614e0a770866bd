/* Ballots verified in batches: the first false one is found, wherever it is and whatever is wrong
 * with it; and what the exact way says of each ballot is what the batch says. */
#include "unit/election/make_election.h"

#include "election/ballot_batch.h"
#include "election/ballot_pieces.h"

enum { BALLOTS = 7 };

static made_election e = {.guardians = 2, .quorum = 2, .candidates = 2, .limit = 1};
static eg_ballot made[BALLOTS];
static const eg_ballot *ballots[BALLOTS];
static eg_arena scratch;

static int start(void **state)
{
    (void)state;
    seed_from_environment();
    eg_arena_init(&scratch, NULL);
    made_election_init(&e);
    for (size_t i = 0; i < BALLOTS; i++) {
        made_ballot(&e, &made[i], i, 1u << seeded_below(e.candidates));
    }
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_election_free(&e);
    eg_arena_free(&scratch);
    return 0;
}

static void restore(void)
{
    for (size_t i = 0; i < BALLOTS; i++) {
        ballots[i] = &made[i];
    }
}

static size_t count_valid(size_t count)
{
    size_t valid;
    must(eg_ballots_count_valid(&valid, ballots, count, &e.election, &seeded_rng, &scratch, NULL));
    eg_arena_reset(&scratch);
    return valid;
}

static bool is_exactly_valid(const eg_ballot *ballot)
{
    eg_result r = eg_ballot_verify_proofs(ballot, &e.election, &scratch, NULL, NULL);
    eg_arena_reset(&scratch);
    return !eg_failed(r);
}

static void good_ballots_are_all_valid(void **state)
{
    (void)state;
    restore();
    for (size_t n = 0; n <= BALLOTS; n++) {
        assert_int_equal(count_valid(n), n);
    }
}

/* ---- ways to be wrong ---- */

typedef struct victim {
    eg_ballot_selection *selection;
    eg_ballot_contest *contest;
    const eg_ballot_selection *other; /* of the same contest */
} victim;

static void add_one(eg_modq *x)
{
    eg_modq_add(x, x, &eg_modq_one);
}

static void zero_response(victim *v)
{
    add_one(&v->selection->proof.zero_response);
}
static void one_response(victim *v)
{
    add_one(&v->selection->proof.one_response);
}
static void challenge(victim *v)
{
    add_one(&v->selection->proof.challenge);
}
/* The sum and the hash stay right. */
static void shifted_challenges(victim *v)
{
    eg_disjunctive_proof *p = &v->selection->proof;
    eg_modq by = seeded_q();
    eg_modq_add(&p->zero_challenge, &p->zero_challenge, &by);
    eg_modq_sub(&p->one_challenge, &p->one_challenge, &by);
}
static void swapped_branches(victim *v)
{
    eg_disjunctive_proof *p = &v->selection->proof, was = *p;
    p->zero_challenge = was.one_challenge;
    p->one_challenge = was.zero_challenge;
    p->zero_response = was.one_response;
    p->one_response = was.zero_response;
}
static void proof_of_another(victim *v)
{
    v->selection->proof = v->other->proof;
}
static void ciphertext_of_another(victim *v)
{
    v->selection->ciphertext = v->other->ciphertext;
}
static void negative_pad(victim *v)
{
    v->selection->ciphertext.pad = negated(&v->selection->ciphertext.pad);
}
static void negative_data(victim *v)
{
    v->selection->ciphertext.data = negated(&v->selection->ciphertext.data);
}
static void negative_commitment(victim *v)
{
    eg_disjunctive_proof *p = &v->selection->proof;
    eg_modp *const commitment[] = {&p->zero_pad, &p->zero_data, &p->one_pad, &p->one_data};
    size_t i = seeded_below(4);
    *commitment[i] = negated(commitment[i]);
}
static void stranger(victim *v)
{
    v->selection->ciphertext.data = seeded_stranger();
}
static void accumulation(victim *v)
{
    v->contest->accumulation = v->selection->ciphertext;
}
static void negative_accumulation(victim *v)
{
    v->contest->accumulation.data = negated(&v->contest->accumulation.data);
}
static void limit_response(victim *v)
{
    add_one(&v->contest->proof.response);
}
static void limit_challenge(victim *v)
{
    add_one(&v->contest->proof.challenge);
}
static void limit_constant(victim *v)
{
    v->contest->proof.constant++;
}
static void limit_commitment(victim *v)
{
    v->contest->proof.pad = seeded_member();
}
static void no_limit_proof(victim *v)
{
    v->contest->has_proof = false;
}

typedef void tamper(victim *v);
static tamper *const tampers[] = {
    zero_response,
    one_response,
    challenge,
    shifted_challenges,
    swapped_branches,
    proof_of_another,
    ciphertext_of_another,
    negative_pad,
    negative_data,
    negative_commitment,
    stranger,
    accumulation,
    limit_response,
    negative_accumulation,
    limit_challenge,
    limit_constant,
    limit_commitment,
};
enum { TAMPERS = sizeof tampers / sizeof tampers[0] };

static eg_ballot *tampered(const eg_ballot *ballot, tamper *how)
{
    eg_ballot *copy = copied_ballot(&e, ballot);
    eg_ballot_contest *contest = &copy->contests[seeded_below(copy->contest_count)];
    size_t i = seeded_below(contest->selection_count);
    victim v = {&contest->selections[i], contest,
                &contest->selections[(i + 1) % contest->selection_count]};
    how(&v);
    return copy;
}

static void one_bad_ballot_is_found(void **state)
{
    (void)state;
    for (size_t t = 0; t < TAMPERS; t++) {
        restore();
        size_t at = seeded_below(BALLOTS);
        ballots[at] = tampered(&made[at], tampers[t]);
        assert_false(is_exactly_valid(ballots[at]));
        assert_int_equal(count_valid(BALLOTS), at);
    }
}

/* At every position, so that bisection takes every turn: a failure that only the powers show. */
static void every_position_is_found(void **state)
{
    (void)state;
    for (size_t at = 0; at < BALLOTS; at++) {
        restore();
        ballots[at] = tampered(&made[at], zero_response);
        assert_int_equal(count_valid(BALLOTS), at);
    }
}

static void lowest_of_several_is_found(void **state)
{
    (void)state;
    for (size_t round = 0; round < 6; round++) {
        restore();
        size_t lowest = BALLOTS;
        for (size_t k = 0; k < 3; k++) {
            size_t at = seeded_below(BALLOTS);
            ballots[at] = tampered(&made[at], tampers[seeded_below(TAMPERS)]);
            lowest = at < lowest ? at : lowest;
        }
        assert_int_equal(count_valid(BALLOTS), lowest);
    }
}

/* ---- pieces ---- */

/* As many as there are, after six whole ballots: a batch takes the equations, few are exact. */
static bool piece_holds(const eg_ballot_piece *piece, bool in_a_batch)
{
    eg_ballot_piece pieces[BALLOTS];
    size_t count = 0;
    bool hold;
    for (size_t i = 1; i < BALLOTS && in_a_batch; i++) {
        pieces[count++] = (eg_ballot_piece){&made[i], 0, eg_ballot_selection_count(&made[i])};
    }
    pieces[count++] = *piece;
    must(eg_ballot_pieces_hold(&hold, pieces, count, &e.election, &seeded_rng, &scratch, NULL));
    eg_arena_reset(&scratch);
    return hold;
}

/* The first piece that is false is refused for the reason for which the ballot is. */
static void assert_judged_by_pieces(const eg_ballot *ballot, size_t size)
{
    const eg_path path = eg_path_field(NULL, "ballot");
    size_t all = eg_ballot_selection_count(ballot);
    eg_error whole = {.code = EG_OK}, found = {.code = EG_OK};
    eg_result expected = eg_ballot_verify_proofs(ballot, &e.election, &scratch, &path, &whole);
    for (size_t first = 0; first < all; first += size) {
        size_t count = all - first < size ? all - first : size;
        const eg_ballot_piece piece = {ballot, first, count};
        eg_error here = {.code = EG_OK};
        bool any = false;
        eg_result r = eg_ballot_piece_verify(&any, &piece, &e.election, &scratch, &path, &here);
        assert_int_equal(piece_holds(&piece, false), !eg_failed(r));
        assert_int_equal(piece_holds(&piece, true), !eg_failed(r));
        assert_true(any || eg_failed(r));
        found = found.code == EG_OK ? here : found;
    }
    assert_int_equal(found.code, expected.code);
    assert_string_equal(found.text, whole.text);
    assert_string_equal(found.path, whole.path);
}

static void pieces_are_judged_as_the_ballot(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 4; size++) {
        assert_judged_by_pieces(&made[0], size);
        for (size_t t = 0; t < TAMPERS; t++) {
            assert_judged_by_pieces(tampered(&made[0], tampers[t]), size);
        }
    }
}

/* One selection is false: whether any proof holds is known of the piece alone. */
static void any_that_holds_is_told(void **state)
{
    eg_ballot *ballot = copied_ballot(&e, &made[0]);
    eg_ballot_contest *contest = &ballot->contests[0];
    size_t all = contest->selection_count;
    (void)state;
    add_one(&contest->selections[0].proof.zero_response);
    for (size_t count = 1; count <= all; count++) {
        const eg_ballot_piece piece = {ballot, 0, count};
        bool any = false;
        assert_true(
            eg_failed(eg_ballot_piece_verify(&any, &piece, &e.election, &scratch, NULL, NULL)));
        assert_int_equal(any, count > 1);
    }
}

static void missing_proof_is_not_valid(void **state)
{
    (void)state;
    restore();
    ballots[4] = tampered(&made[4], no_limit_proof);
    assert_int_equal(count_valid(BALLOTS), 4);
}

/* Ballots of another election: every proof is wrong. */
static void ballots_of_another_key_are_refused(void **state)
{
    (void)state;
    made_election other = {.guardians = 1, .quorum = 1, .candidates = 2, .limit = 1};
    restore();
    made_election_init(&other);
    size_t valid;
    must(eg_ballots_count_valid(&valid, ballots, BALLOTS, &other.election, &seeded_rng, &scratch,
                                NULL));
    assert_int_equal(valid, 0);
    made_election_free(&other);
}

static void failures_of_means_are_errors(void **state)
{
    (void)state;
    size_t valid;
    eg_error err = {.code = EG_OK};
    eg_budget budget;
    eg_arena small;
    restore();
    assert_true(eg_failed(eg_ballots_count_valid(&valid, ballots, BALLOTS, &e.election, &broken_rng,
                                                 &scratch, &err)));
    assert_int_equal(err.code, EG_E_INTERNAL);
    eg_budget_init(&budget, 1, NULL);
    eg_arena_init(&small, &budget);
    assert_true(eg_failed(
        eg_ballots_count_valid(&valid, ballots, BALLOTS, &e.election, &seeded_rng, &small, &err)));
    assert_int_equal(err.code, EG_E_NO_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_ballots_are_all_valid),
        cmocka_unit_test(one_bad_ballot_is_found),
        cmocka_unit_test(every_position_is_found),
        cmocka_unit_test(lowest_of_several_is_found),
        cmocka_unit_test(pieces_are_judged_as_the_ballot),
        cmocka_unit_test(any_that_holds_is_told),
        cmocka_unit_test(missing_proof_is_not_valid),
        cmocka_unit_test(ballots_of_another_key_are_refused),
        cmocka_unit_test(failures_of_means_are_errors),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
