/* Shares of all guardians verified together: good ones hold, and the first false one is refused in
 * the words that it gets alone. */
#include "unit/election/make_decryption.h"

#include "election/decryption_batch.h"

enum { AVAILABLE = 2, MISSING = 1, CLAIMS = AVAILABLE * (MISSING + 1) };

static made_election e = {.guardians = 3, .quorum = 2, .candidates = 3, .limit = 1};
static eg_ballot ballot;
static eg_target target;
static made_shares good, shares;
static eg_share_claim claims[CLAIMS];

static int start(void **state)
{
    (void)state;
    seed_from_environment();
    made_election_init(&e);
    made_ballot(&e, &ballot, 0, 2);
    must(eg_target_from_ballot(&target, &ballot, &e.arena, NULL));
    make_shares(&e, &good, &target, AVAILABLE);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_election_free(&e);
    return 0;
}

static void *copied(const void *from, size_t bytes)
{
    void *to = made_room(&e, 1, bytes);
    memcpy(to, from, bytes);
    return to;
}

/* Fresh copies of the good shares, each share and selection its own. */
static void restore(void)
{
    shares = good;
    for (size_t i = 0; i < AVAILABLE; i++) {
        eg_decryption_share *s = &shares.own[i];
        s->contests = copied(s->contests, s->contest_count * sizeof *s->contests);
        eg_decryption_contest *c = &s->contests[0];
        c->selections = copied(c->selections, c->selection_count * sizeof *c->selections);
        claims[i] = (eg_share_claim){
            .share = s, .origin = {.guardian_id = e.ids[i], .public_key = &e.records[i].key}};
    }
    for (size_t i = 0; i < AVAILABLE * MISSING; i++) {
        eg_decryption_share *s = &shares.parts[i];
        s->contests = copied(s->contests, s->contest_count * sizeof *s->contests);
        eg_decryption_contest *c = &s->contests[0];
        c->selections = copied(c->selections, c->selection_count * sizeof *c->selections);
        claims[AVAILABLE + i] =
            (eg_share_claim){.share = s,
                             .origin = {.guardian_id = e.ids[i % AVAILABLE],
                                        .missing_guardian_id = e.ids[AVAILABLE + i / AVAILABLE],
                                        .public_key = &e.records[i % AVAILABLE].key,
                                        .recovery_key = &shares.recovery_keys[i]}};
    }
}

static eg_result verify(size_t count, size_t *failed, eg_error *err)
{
    return eg_share_claims_verify(claims, count, &target, &e.context.extended_base_hash,
                                  &seeded_rng, &e.arena, failed, err);
}

static eg_result verify_alone(const eg_share_claim *c, eg_error *err)
{
    return eg_decryption_share_verify(c->share, &target, &c->origin, &e.context.extended_base_hash,
                                      &e.arena, NULL, err);
}

static void good_shares_hold(void **state)
{
    size_t failed;
    (void)state;
    for (size_t count = 0; count <= CLAIMS; count++) {
        restore();
        must(verify(count, &failed, NULL));
    }
}

/* Each selection one place on, the last one to the first. */
#define ROTATE(selections, count)                                                                  \
    do {                                                                                           \
        for (size_t at = (count); --at > 0;) {                                                     \
            void *one = copied(&(selections)[at], sizeof *(selections));                           \
            (selections)[at] = (selections)[at - 1];                                               \
            memcpy(&(selections)[at - 1], one, sizeof *(selections));                              \
        }                                                                                          \
    } while (0)

static void rotate_all(void)
{
    restore();
    for (size_t i = 0; i < AVAILABLE; i++) {
        ROTATE(shares.own[i].contests[0].selections, target.contests[0].selection_count);
        ROTATE(shares.parts[i].contests[0].selections, target.contests[0].selection_count);
    }
}

static void assert_all_in_order(void)
{
    for (size_t j = 0; j < target.contests[0].selection_count; j++) {
        eg_str id = target.contests[0].selections[j].object_id;
        for (size_t i = 0; i < AVAILABLE; i++) {
            assert_true(eg_str_equal(shares.own[i].contests[0].selections[j].object_id, id));
            assert_true(eg_str_equal(shares.parts[i].contests[0].selections[j].object_id, id));
        }
    }
}

/* The order of selections is free, and put right. */
static void any_order_holds(void **state)
{
    size_t failed;
    (void)state;
    rotate_all();
    must(verify(CLAIMS, &failed, NULL));
    assert_all_in_order();
    rotate_all();
    for (size_t i = 0; i < CLAIMS; i++) {
        must(verify_alone(&claims[i], NULL));
    }
    assert_all_in_order();
}

typedef void tamper(eg_modp *share, eg_generic_proof *proof);

static void response(eg_modp *share, eg_generic_proof *proof)
{
    (void)share;
    eg_modq_add(&proof->response, &proof->response, &eg_modq_one);
}
static void challenge(eg_modp *share, eg_generic_proof *proof)
{
    (void)share;
    eg_modq_add(&proof->challenge, &proof->challenge, &eg_modq_one);
}
static void negative_share(eg_modp *share, eg_generic_proof *proof)
{
    (void)proof;
    *share = negated(share);
}
static void other_share(eg_modp *share, eg_generic_proof *proof)
{
    (void)proof;
    *share = seeded_member();
}
static void negative_commitment(eg_modp *share, eg_generic_proof *proof)
{
    (void)share;
    proof->data = negated(&proof->data);
}
static tamper *const tampers[] = {response, challenge, negative_share, other_share,
                                  negative_commitment};
enum { TAMPERS = sizeof tampers / sizeof tampers[0] };

static void tamper_with(size_t claim, tamper *how)
{
    size_t i = seeded_below(eg_target_selection_count(&target));
    eg_decryption_selection *s = &claims[claim].share->contests[0].selections[i];
    how(&s->share, &s->proof);
}

static void assert_refused(size_t claim)
{
    size_t failed;
    eg_error among = {.code = EG_OK}, alone = {.code = EG_OK};
    assert_true(eg_failed(verify(CLAIMS, &failed, &among)));
    assert_int_equal(failed, claim);
    assert_true(eg_failed(verify_alone(&claims[claim], &alone)));
    assert_int_equal(among.code, alone.code);
    assert_string_equal(among.text, alone.text);
    assert_string_equal(among.path, alone.path);
}

static void first_false_share_is_named(void **state)
{
    (void)state;
    for (size_t t = 0; t < TAMPERS; t++) {
        for (size_t claim = 0; claim < CLAIMS; claim++) {
            restore();
            tamper_with(claim, tampers[t]);
            if (claim + 1 < CLAIMS) {
                tamper_with(claim + 1 + seeded_below(CLAIMS - claim - 1), tampers[t]);
            }
            assert_refused(claim);
        }
    }
}

static void wrong_shapes_are_refused(void **state)
{
    (void)state;
    restore();
    shares.own[1].contests[0].selection_count--;
    assert_refused(1);
    restore();
    shares.own[0].contests[0].selections[1].has_proof = false;
    assert_refused(0);
    restore();
    shares.own[1].public_key = e.records[0].key;
    assert_refused(1);
    restore();
    shares.parts[0].contests[0].selections[0].recovery_key = &e.records[0].key;
    assert_refused(AVAILABLE);
    restore();
    shares.parts[0].contests[0].selections[0].recovery_key = NULL;
    assert_refused(AVAILABLE);
    restore();
    shares.parts[0].contests[0].selections[2].has_proof = false;
    assert_refused(AVAILABLE);
    restore();
    shares.own[0].contests[0].missing_guardian_id = e.ids[1];
    assert_refused(0);
    restore();
    shares.own[0].contests[0].selections[0].missing_guardian_id = e.ids[1];
    assert_refused(0);
    restore();
    shares.parts[1].missing_guardian_id = e.ids[0];
    assert_refused(AVAILABLE + 1);
}

/* The ballot's selections as those of two contests. */
static eg_target of_two_contests(void)
{
    eg_target two = target;
    const eg_target_contest *one = &target.contests[0];
    two.contest_count = 2;
    two.contests = made_room(&e, 2, sizeof *two.contests);
    two.contests[0] = two.contests[1] = *one;
    two.contests[0].selection_count = 1;
    two.contests[1].object_id = EG_STR("contest-2");
    two.contests[1].selections++;
    two.contests[1].selection_count--;
    return two;
}

static void swap_contests(eg_decryption_share *share)
{
    eg_decryption_contest first = share->contests[0];
    share->contests[0] = share->contests[1];
    share->contests[1] = first;
}

static void shares_of_several_contests_hold(void **state)
{
    const eg_modq *hash = &e.context.extended_base_hash;
    eg_target two = of_two_contests();
    eg_error among = {.code = EG_OK}, alone = {.code = EG_OK};
    size_t failed;
    (void)state;
    restore();
    make_shares(&e, &shares, &two, AVAILABLE);
    swap_contests(&shares.own[1]);
    swap_contests(&shares.parts[0]);
    must(eg_share_claims_verify(claims, CLAIMS, &two, hash, &seeded_rng, &e.arena, &failed, NULL));
    assert_string_equal(shares.own[1].contests[1].object_id.data, "contest-2");
    assert_string_equal(shares.parts[0].contests[1].object_id.data, "contest-2");
    response(NULL, &shares.parts[1].contests[1].selections[0].proof);
    assert_true(eg_failed(eg_share_claims_verify(claims, CLAIMS, &two, hash, &seeded_rng, &e.arena,
                                                 &failed, &among)));
    assert_int_equal(failed, CLAIMS - 1);
    assert_true(eg_failed(eg_decryption_share_verify(
        &shares.parts[1], &two, &claims[CLAIMS - 1].origin, hash, &e.arena, NULL, &alone)));
    assert_string_equal(among.path, "contests.contest-2.selections.Candidate 1.proof");
    assert_string_equal(alone.path, among.path);
}

static void broken_generator_is_an_error(void **state)
{
    size_t failed;
    eg_error err = {.code = EG_OK};
    (void)state;
    restore();
    assert_true(
        eg_failed(eg_share_claims_verify(claims, CLAIMS, &target, &e.context.extended_base_hash,
                                         &broken_rng, &e.arena, &failed, &err)));
    assert_int_equal(err.code, EG_E_INTERNAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_shares_hold),
        cmocka_unit_test(any_order_holds),
        cmocka_unit_test(first_false_share_is_named),
        cmocka_unit_test(wrong_shapes_are_refused),
        cmocka_unit_test(shares_of_several_contests_hold),
        cmocka_unit_test(broken_generator_is_an_error),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
