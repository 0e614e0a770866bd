/* Proofs in a batch: right ones are accepted, and each way to be wrong is found. Challenges are not
 * part of a batch's judgement, so equations can be made to hold for elements outside the group:
 * only membership is left to refuse those. */
#include "support/seeded.h"

#include "crypto/proofs_batch.h"

enum { SELECTIONS = 6, LIMIT = 2 };

typedef struct contest {
    eg_ciphertext ciphertext[SELECTIONS];
    eg_disjunctive_proof disjunctive[SELECTIONS];
    eg_ciphertext product;
    eg_constant_proof constant;
} contest;

typedef struct share {
    eg_ciphertext ciphertext;
    eg_modp public_key, share;
    eg_generic_proof proof;
} share;

static eg_arena arena;
static eg_fixed_base *key;
static eg_modq base_hash, key_secret;
static contest good;
static share good_share;

static void make_contest(contest *c)
{
    eg_modq sum = eg_modq_zero, u, seed = seeded_q();
    c->product = (eg_ciphertext){eg_modp_one, eg_modp_one};
    for (size_t i = 0; i < SELECTIONS; i++) {
        eg_modq nonce = seeded_q(), proof_seed = seeded_q();
        bool vote = i < LIMIT;
        eg_elgamal_encrypt(&c->ciphertext[i], vote, &nonce, key);
        eg_disjunctive_make(&c->disjunctive[i], &c->ciphertext[i], vote, &nonce, key, &proof_seed,
                            &base_hash);
        eg_modq_add(&sum, &sum, &nonce);
        eg_ciphertext_add(&c->product, &c->product, &c->ciphertext[i]);
    }
    eg_modp a, b;
    eg_constant_nonce(&u, &seed);
    const eg_fixed_pow jobs[] = {{eg_fixed_base_g(), &u, &a}, {key, &u, &b}};
    eg_fixed_pow_batch(jobs, 2);
    eg_constant_finish(&c->constant, &c->product, LIMIT, &sum, &u, &a, &b, &base_hash);
}

static void make_share(share *s)
{
    eg_modq secret = seeded_q(), u = seeded_q();
    eg_modp a, b;
    s->ciphertext = (eg_ciphertext){seeded_member(), seeded_member()};
    eg_public_key(&s->public_key, &secret);
    eg_public_key(&a, &u);
    const eg_pow jobs[] = {{&s->ciphertext.pad, &secret, &s->share}, {&s->ciphertext.pad, &u, &b}};
    eg_pow_batch(jobs, 2);
    eg_generic_finish(&s->proof, &s->ciphertext, &s->share, &secret, &u, &a, &b, &base_hash);
}

static int start(void **state)
{
    (void)state;
    seed_from_environment();
    eg_arena_init(&arena, NULL);
    base_hash = seeded_q();
    key_secret = seeded_q();
    eg_modp value;
    eg_public_key(&value, &key_secret);
    key = eg_fixed_base_new(&value);
    make_contest(&good);
    make_share(&good_share);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    eg_fixed_base_free(key);
    eg_arena_free(&arena);
    return 0;
}

static void add_contest(eg_proof_batch *batch, const contest *c)
{
    size_t first = batch->base_count;
    for (size_t i = 0; i < SELECTIONS; i++) {
        eg_proof_batch_disjunctive(batch, eg_proof_batch_ciphertext(batch, &c->ciphertext[i]),
                                   &c->disjunctive[i]);
    }
    eg_proof_batch_constant(batch, first, SELECTIONS, &c->constant);
}

static void add_share(eg_proof_batch *batch, const share *s)
{
    size_t ciphertext = eg_proof_batch_ciphertext(batch, &s->ciphertext);
    size_t public_key = eg_proof_batch_base(batch, &s->public_key);
    eg_proof_batch_generic(batch, ciphertext, public_key, eg_proof_batch_base(batch, &s->share),
                           &s->proof);
}

/* Both, between good ones. */
static bool holds(const contest *c, const share *s)
{
    enum {
        BASES = EG_BATCH_OF_CIPHERTEXT * SELECTIONS,
        ELEMENTS = BASES + EG_BATCH_OF_DISJUNCTIVE * SELECTIONS + EG_BATCH_OF_CONSTANT,
        SHARE_BASES = EG_BATCH_OF_CIPHERTEXT + 2,
        SHARE_ELEMENTS = SHARE_BASES + EG_BATCH_OF_GENERIC
    };
    eg_proof_batch batch;
    bool all;
    assert_false(
        eg_failed(eg_proof_batch_init(&batch, 2 * ELEMENTS + 2 * SHARE_ELEMENTS,
                                      2 * BASES + 2 * SHARE_BASES, &seeded_rng, &arena, NULL)));
    add_contest(&batch, &good);
    add_share(&batch, s);
    add_share(&batch, &good_share);
    add_contest(&batch, c);
    assert_int_equal(batch.element_count, 2 * ELEMENTS + 2 * SHARE_ELEMENTS);
    assert_false(eg_failed(eg_proof_batch_holds(&all, &batch, key, NULL)));
    eg_arena_reset(&arena);
    return all;
}

static void right_proofs_hold(void **state)
{
    (void)state;
    assert_true(holds(&good, &good_share));
}

static void multiply(eg_modp *x, const eg_modp *factor)
{
    eg_modp_mul(x, x, factor);
}

/* Every element of a contest, and every number. */
static size_t elements_of(contest *c, eg_modp *out[])
{
    size_t n = 0;
    for (size_t i = 0; i < SELECTIONS; i++) {
        eg_disjunctive_proof *p = &c->disjunctive[i];
        out[n++] = &c->ciphertext[i].pad;
        out[n++] = &c->ciphertext[i].data;
        out[n++] = &p->zero_pad;
        out[n++] = &p->zero_data;
        out[n++] = &p->one_pad;
        out[n++] = &p->one_data;
    }
    out[n++] = &c->constant.pad;
    out[n++] = &c->constant.data;
    return n;
}

static size_t numbers_of(contest *c, eg_modq *out[])
{
    size_t n = 0;
    for (size_t i = 0; i < SELECTIONS; i++) {
        eg_disjunctive_proof *p = &c->disjunctive[i];
        out[n++] = &p->zero_challenge;
        out[n++] = &p->one_challenge;
        out[n++] = &p->zero_response;
        out[n++] = &p->one_response;
    }
    out[n++] = &c->constant.challenge;
    out[n++] = &c->constant.response;
    return n;
}

static size_t share_elements(share *s, eg_modp *out[])
{
    eg_modp *all[] = {&s->ciphertext.pad, &s->public_key, &s->share, &s->proof.pad, &s->proof.data};
    memcpy(out, all, sizeof all);
    return sizeof all / sizeof *all;
}

static void wrong_element_is_found(void **state)
{
    eg_modp *element[8 * SELECTIONS];
    (void)state;
    contest c = good;
    for (size_t i = 0; i < elements_of(&c, element); i++) {
        c = good;
        eg_modp other = seeded_member();
        multiply(element[i], &other); /* of the group: an equation fails */
        assert_false(holds(&c, &good_share));
        c = good;
        *element[i] = negated(element[i]); /* only the sign */
        assert_false(holds(&c, &good_share));
        *element[i] = eg_modp_zero;
        assert_false(holds(&c, &good_share));
        c = good;
    }
    share s = good_share;
    for (size_t i = 0; i < share_elements(&s, element); i++) {
        s = good_share;
        eg_modp other = seeded_member();
        multiply(element[i], &other);
        assert_false(holds(&good, &s));
        s = good_share;
        *element[i] = negated(element[i]);
        assert_false(holds(&good, &s));
        s = good_share;
    }
    s.ciphertext.data = negated(&s.ciphertext.data); /* in no equation */
    assert_false(holds(&good, &s));
}

static void wrong_number_is_found(void **state)
{
    eg_modq *number[8 * SELECTIONS];
    (void)state;
    contest c = good;
    for (size_t i = 0; i < numbers_of(&c, number); i++) {
        c = good;
        eg_modq other = seeded_q();
        eg_modq_add(number[i], number[i], &other);
        assert_false(holds(&c, &good_share));
    }
    c = good;
    c.constant.constant++;
    assert_false(holds(&c, &good_share));
    share s = good_share;
    eg_modq_add(&s.proof.challenge, &s.proof.challenge, &eg_modq_one);
    assert_false(holds(&good, &s));
    s = good_share;
    eg_modq_add(&s.proof.response, &s.proof.response, &eg_modq_one);
    assert_false(holds(&good, &s));
}

static void swapped_proofs_are_found(void **state)
{
    (void)state;
    contest c = good;
    c.disjunctive[1] = good.disjunctive[2];
    c.disjunctive[2] = good.disjunctive[1];
    assert_false(holds(&c, &good_share));
    c = good;
    c.ciphertext[0] = good.ciphertext[5];
    assert_false(holds(&c, &good_share));
}

/* 1 / factor^exponent */
static eg_modp lost_power(const eg_modp *factor, const eg_modq *exponent)
{
    eg_modp power;
    eg_pow_batch_vartime(&(eg_pow){factor, exponent, &power}, 1);
    assert_true(eg_modp_inverse_vartime(&power, &power));
    return power;
}

/* A gets a factor outside the group and each equation's commitment what makes it hold again, as
 * integers: only membership can refuse that. */
static void strangers_whose_equations_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < SELECTIONS; i++) {
        const eg_modp factors[] = {seeded_stranger(), negated(&eg_modp_one)};
        for (size_t f = 0; f < 2; f++) {
            contest c = good;
            eg_disjunctive_proof *p = &c.disjunctive[i];
            eg_modp lost = lost_power(&factors[f], &p->zero_challenge);
            multiply(&c.ciphertext[i].pad, &factors[f]);
            multiply(&p->zero_pad, &lost);
            lost = lost_power(&factors[f], &p->one_challenge);
            multiply(&p->one_pad, &lost);
            lost = lost_power(&factors[f], &c.constant.challenge);
            multiply(&c.constant.pad, &lost);
            assert_false(holds(&c, &good_share));
        }
    }
}

/* Two wrongs that cancel where every coefficient is the same. */
static void errors_that_cancel_are_found(void **state)
{
    (void)state;
    eg_modp other = seeded_member(), inverse;
    assert_true(eg_modp_inverse_vartime(&inverse, &other));
    contest c = good;
    multiply(&c.disjunctive[0].zero_pad, &other);
    multiply(&c.disjunctive[1].zero_pad, &inverse);
    assert_false(holds(&c, &good_share));
    eg_modp stranger = seeded_stranger();
    assert_true(eg_modp_inverse_vartime(&inverse, &stranger));
    c = good;
    multiply(&c.disjunctive[2].one_data, &stranger);
    multiply(&c.disjunctive[3].one_data, &inverse);
    assert_false(holds(&c, &good_share));
    c = good;
    c.constant.pad = negated(&c.constant.pad);
    c.constant.data = negated(&c.constant.data);
    assert_false(holds(&c, &good_share));
}

static void coefficients_are_fresh_and_short(void **state)
{
    eg_proof_batch batch;
    (void)state;
    enum { MANY = 600 };
    assert_false(eg_failed(eg_proof_batch_init(&batch, MANY, 1, &seeded_rng, &arena, NULL)));
    uint64_t any_low = 0, any_high = 0;
    for (size_t i = 0; i < MANY; i++) {
        const eg_modq *rho = &batch.coefficients[i];
        any_low |= rho->limb[0];
        any_high |= rho->limb[1];
        assert_true((rho->limb[2] | rho->limb[3]) == 0);
        for (size_t j = 0; j < i; j++) {
            assert_false(eg_modq_equal(rho, &batch.coefficients[j]));
        }
    }
    assert_true(any_low == UINT64_MAX && any_high == UINT64_MAX);
    eg_arena_reset(&arena);
}

static void broken_generator_is_an_error(void **state)
{
    eg_proof_batch batch;
    eg_error err = {.code = EG_OK};
    (void)state;
    assert_true(eg_failed(eg_proof_batch_init(&batch, 4, 2, &broken_rng, &arena, &err)));
    assert_int_equal(err.code, EG_E_INTERNAL);
    eg_arena_reset(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_proofs_hold),
        cmocka_unit_test(wrong_element_is_found),
        cmocka_unit_test(wrong_number_is_found),
        cmocka_unit_test(swapped_proofs_are_found),
        cmocka_unit_test(strangers_whose_equations_hold),
        cmocka_unit_test(errors_that_cancel_are_found),
        cmocka_unit_test(coefficients_are_fresh_and_short),
        cmocka_unit_test(broken_generator_is_an_error),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
