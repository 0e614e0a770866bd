/* Opening selections from shares of any quorum of those who compensate: the same counts as from all
 * of them, whoever they are and however selections are divided. */
#include "unit/election/make_decryption.h"

#include "election/decryption_open.h"

enum { AVAILABLE = 3, MISSING = 2, QUORUM = 2, CANDIDATES = 5, BALLOTS = 3, SELECTIONS_MAX = 16 };

static made_election e = {
    .guardians = AVAILABLE + MISSING, .quorum = QUORUM, .candidates = CANDIDATES, .limit = 2};
static eg_ballot ballot;
static eg_target target;
static made_shares shares;
static eg_dlog *counts;

static int start(void **state)
{
    (void)state;
    seed_from_environment();
    made_election_init(&e);
    made_ballot(&e, &ballot, 0, 1u << 1 | 1u << 3);
    must(eg_target_from_ballot(&target, &ballot, &e.arena, NULL));
    make_shares(&e, &shares, &target, AVAILABLE);
    must(eg_dlog_new(&counts, BALLOTS, CANDIDATES, &e.arena, NULL));
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_election_free(&e);
    return 0;
}

/* The guardians of the bits in `who` compensate for missing guardian m. */
typedef struct helpers {
    const eg_decryption_share *parts[AVAILABLE];
    eg_modq coefficients[AVAILABLE];
    eg_compensation compensation;
} helpers;

static void take_helpers(helpers *h, size_t m, unsigned who)
{
    uint64_t orders[AVAILABLE];
    size_t n = 0;
    for (size_t a = 0; a < AVAILABLE; a++) {
        if ((who >> a & 1) != 0) {
            orders[n] = a + 1;
            h->parts[n++] = &shares.parts[m * AVAILABLE + a];
        }
    }
    for (size_t i = 0; i < n; i++) {
        uint64_t others[AVAILABLE] = {0};
        size_t count = 0;
        for (size_t j = 0; j < n; j++) {
            if (j != i) {
                others[count++] = orders[j];
            }
        }
        must(eg_lagrange(&h->coefficients[i], orders[i], others, count, NULL));
    }
    h->compensation =
        (eg_compensation){.parts = h->parts, .coefficients = h->coefficients, .count = n};
}

static eg_result open_all(eg_plain_result results[], const unsigned who[MISSING], size_t each,
                          eg_error *err)
{
    helpers h[MISSING];
    eg_compensation missing[MISSING];
    const eg_decryption_share *own[AVAILABLE];
    for (size_t m = 0; m < MISSING; m++) {
        take_helpers(&h[m], m, who[m]);
        missing[m] = h[m].compensation;
    }
    for (size_t a = 0; a < AVAILABLE; a++) {
        own[a] = &shares.own[a];
    }
    const eg_opening o = {&target, own, AVAILABLE, missing, MISSING, counts};
    size_t total = eg_target_selection_count(&target);
    for (size_t first = 0; first < total; first += each) {
        size_t count = total - first < each ? total - first : each;
        EG_TRY(eg_selections_open(results + first, &o, first, count, &e.arena, NULL, err));
    }
    return EG_SUCCESS;
}

static void assert_votes(const eg_plain_result results[])
{
    for (size_t i = 0; i < CANDIDATES; i++) {
        assert_true(eg_str_equal(results[i].object_id, e.names[i]));
        assert_int_equal(results[i].tally, i == 1 || i == 3 ? 1 : 0);
    }
}

static void any_quorum_opens_the_same(void **state)
{
    static const unsigned sets[] = {3, 5, 6, 7}; /* of the three who are there, two or all */
    enum { SETS = sizeof sets / sizeof *sets };
    (void)state;
    for (size_t i = 0; i < SETS * SETS; i++) {
        const unsigned who[MISSING] = {sets[i / SETS], sets[i % SETS]};
        for (size_t each = 1; each <= SELECTIONS_MAX; each *= 3) {
            eg_plain_result results[SELECTIONS_MAX];
            must(open_all(results, who, each, NULL));
            assert_int_equal(eg_results_gather(results, &target), CANDIDATES);
            assert_votes(results);
        }
    }
}

/* As many as would be enough, but a single one is not what it should be. */
static void a_false_share_opens_nothing(void **state)
{
    const unsigned who[MISSING] = {6, 5};
    eg_plain_result results[SELECTIONS_MAX];
    eg_error error = {0};
    (void)state;
    eg_decryption_selection *one = &shares.parts[AVAILABLE + 2].contests[0].selections[2];
    eg_modp good = one->share;
    eg_modp_mul(&one->share, &one->share, &eg_modp_g);
    assert_true(eg_failed(open_all(results, who, 2, &error)));
    assert_int_equal(error.code, EG_E_PROOF_INVALID);
    assert_string_equal(error.path, "contests.contest-1.selections.Candidate 2");
    one->share = good;
    must(open_all(results, who, 2, NULL));
}

/* Reconstruction by itself, as the library's users do it. */
static void a_share_is_reconstructed_from_any_quorum(void **state)
{
    eg_decryption_share all, some;
    helpers h;
    (void)state;
    take_helpers(&h, 1, 7);
    must(eg_share_reconstruct(&all, &target, e.ids[4], &e.records[4].key, h.parts, h.coefficients,
                              3, &e.arena, NULL));
    take_helpers(&h, 1, 5);
    must(eg_share_reconstruct(&some, &target, e.ids[4], &e.records[4].key, h.parts, h.coefficients,
                              2, &e.arena, NULL));
    for (size_t i = 0; i < CANDIDATES; i++) {
        assert_true(eg_modp_equal(&all.contests[0].selections[i].share,
                                  &some.contests[0].selections[i].share));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_quorum_opens_the_same),
        cmocka_unit_test(a_false_share_opens_nothing),
        cmocka_unit_test(a_share_is_reconstructed_from_any_quorum),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
