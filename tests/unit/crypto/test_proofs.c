/* The proofs one by one: what is made verifies, and nothing tampered with does. */
#include "support/seeded.h"

#include "crypto/proofs.h"

enum { LIMIT = 3, ELEMENTS_MAX = 8 };

static eg_fixed_base *key;
static eg_modq base_hash, key_secret;

static int start(void **state)
{
    eg_modp value;
    (void)state;
    seed_from_environment();
    base_hash = seeded_q();
    key_secret = seeded_q();
    eg_public_key(&value, &key_secret);
    key = eg_fixed_base_new(&value);
    return key == NULL;
}

static int stop(void **state)
{
    (void)state;
    eg_fixed_base_free(key);
    return 0;
}

/* One proof of any kind: its parts, and how it is judged. */
typedef struct proof {
    eg_ciphertext ciphertext;
    eg_modp public_key, share;
    eg_schnorr_proof schnorr;
    eg_disjunctive_proof disjunctive;
    eg_constant_proof constant;
    eg_generic_proof generic;
} proof;

typedef struct kind {
    void (*make)(proof *p);
    bool (*holds)(const proof *p);
    size_t (*elements)(proof *p, eg_modp *out[]);
    size_t (*numbers)(proof *p, eg_modq *out[]);
} kind;

/* ---- Schnorr ---- */

static void make_schnorr(proof *p)
{
    eg_modq secret = seeded_q(), nonce = seeded_q();
    eg_public_key(&p->public_key, &secret);
    eg_schnorr_make(&p->schnorr, &secret, &p->public_key, &nonce);
}
static bool schnorr_holds(const proof *p)
{
    return eg_schnorr_verify_vartime(&p->schnorr);
}
static size_t schnorr_elements(proof *p, eg_modp *out[])
{
    out[0] = &p->schnorr.public_key;
    out[1] = &p->schnorr.commitment;
    return 2;
}
static size_t schnorr_numbers(proof *p, eg_modq *out[])
{
    out[0] = &p->schnorr.challenge;
    out[1] = &p->schnorr.response;
    return 2;
}

/* ---- disjunctive ---- */

static void make_disjunctive(proof *p)
{
    eg_modq nonce = seeded_q(), seed = seeded_q();
    bool vote = seeded_below(2) == 1;
    eg_elgamal_encrypt(&p->ciphertext, vote, &nonce, key);
    eg_disjunctive_make(&p->disjunctive, &p->ciphertext, vote, &nonce, key, &seed, &base_hash);
}
static bool disjunctive_holds(const proof *p)
{
    bool ok;
    const eg_disjunctive_check check = {&p->disjunctive, &p->ciphertext};
    eg_disjunctive_verify_vartime(&ok, &check, 1, key, &base_hash);
    return ok;
}
static size_t disjunctive_elements(proof *p, eg_modp *out[])
{
    eg_disjunctive_proof *d = &p->disjunctive;
    eg_modp *all[] = {&p->ciphertext.pad, &p->ciphertext.data, &d->zero_pad,
                      &d->zero_data,      &d->one_pad,         &d->one_data};
    memcpy(out, all, sizeof all);
    return sizeof all / sizeof *all;
}
static size_t disjunctive_numbers(proof *p, eg_modq *out[])
{
    eg_disjunctive_proof *d = &p->disjunctive;
    eg_modq *all[] = {&d->zero_challenge, &d->one_challenge, &d->challenge, &d->zero_response,
                      &d->one_response};
    memcpy(out, all, sizeof all);
    return sizeof all / sizeof *all;
}

/* ---- constant ---- */

static void make_constant(proof *p)
{
    eg_modq nonce = seeded_q(), seed = seeded_q(), u;
    eg_modp a, b;
    eg_elgamal_encrypt_u64_vartime(&p->ciphertext, LIMIT, &nonce, key);
    eg_constant_nonce(&u, &seed);
    const eg_fixed_pow jobs[] = {{eg_fixed_base_g(), &u, &a}, {key, &u, &b}};
    eg_fixed_pow_batch(jobs, 2);
    eg_constant_finish(&p->constant, &p->ciphertext, LIMIT, &nonce, &u, &a, &b, &base_hash);
}
static bool constant_holds(const proof *p)
{
    bool ok;
    const eg_constant_check check = {&p->constant, &p->ciphertext};
    eg_constant_verify_vartime(&ok, &check, 1, key, &base_hash);
    return ok;
}
static size_t constant_elements(proof *p, eg_modp *out[])
{
    eg_modp *all[] = {&p->ciphertext.pad, &p->ciphertext.data, &p->constant.pad, &p->constant.data};
    memcpy(out, all, sizeof all);
    return sizeof all / sizeof *all;
}
static size_t constant_numbers(proof *p, eg_modq *out[])
{
    out[0] = &p->constant.challenge;
    out[1] = &p->constant.response;
    return 2;
}

/* ---- generic ---- */

static void make_generic(proof *p)
{
    eg_modq secret = seeded_q(), seed = seeded_q(), u;
    eg_modp a, b;
    p->ciphertext = (eg_ciphertext){seeded_member(), seeded_member()};
    eg_generic_nonce(&u, &seed);
    eg_public_key(&p->public_key, &secret);
    eg_public_key(&a, &u);
    const eg_pow jobs[] = {{&p->ciphertext.pad, &secret, &p->share}, {&p->ciphertext.pad, &u, &b}};
    eg_pow_batch(jobs, 2);
    eg_generic_finish(&p->generic, &p->ciphertext, &p->share, &secret, &u, &a, &b, &base_hash);
}
static bool generic_holds(const proof *p)
{
    bool ok;
    const eg_generic_check check = {&p->generic, &p->ciphertext, &p->public_key, &p->share};
    eg_generic_verify_vartime(&ok, &check, 1, &base_hash);
    return ok;
}
static size_t generic_elements(proof *p, eg_modp *out[])
{
    eg_modp *all[] = {&p->ciphertext.pad, &p->ciphertext.data, &p->public_key,
                      &p->share,          &p->generic.pad,     &p->generic.data};
    memcpy(out, all, sizeof all);
    return sizeof all / sizeof *all;
}
static size_t generic_numbers(proof *p, eg_modq *out[])
{
    out[0] = &p->generic.challenge;
    out[1] = &p->generic.response;
    return 2;
}

static const kind kinds[] = {
    {make_schnorr, schnorr_holds, schnorr_elements, schnorr_numbers},
    {make_disjunctive, disjunctive_holds, disjunctive_elements, disjunctive_numbers},
    {make_constant, constant_holds, constant_elements, constant_numbers},
    {make_generic, generic_holds, generic_elements, generic_numbers},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static void what_is_made_holds(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        for (size_t i = 0; i < 4; i++) {
            proof p;
            kinds[k].make(&p);
            assert_true(kinds[k].holds(&p));
        }
    }
}

static void every_element_counts(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        proof good, p;
        eg_modp *element[ELEMENTS_MAX];
        kinds[k].make(&good);
        for (size_t i = 0; i < kinds[k].elements(&p, element); i++) {
            p = good;
            *element[i] = negated(element[i]);
            assert_false(kinds[k].holds(&p));
            p = good;
            *element[i] = seeded_member();
            assert_false(kinds[k].holds(&p));
            p = good;
            *element[i] = eg_modp_zero;
            assert_false(kinds[k].holds(&p));
        }
    }
}

static void every_number_counts(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        proof good, p;
        eg_modq *number[ELEMENTS_MAX];
        kinds[k].make(&good);
        for (size_t i = 0; i < kinds[k].numbers(&p, number); i++) {
            p = good;
            eg_modq_add(number[i], number[i], &eg_modq_one);
            assert_false(kinds[k].holds(&p));
        }
    }
}

static void the_hash_binds_the_election(void **state)
{
    (void)state;
    for (size_t k = 1; k < KINDS; k++) { /* Schnorr's has no base hash */
        proof p;
        kinds[k].make(&p);
        eg_modq kept = base_hash;
        base_hash = seeded_q();
        assert_false(kinds[k].holds(&p));
        base_hash = kept;
        assert_true(kinds[k].holds(&p));
    }
}

/* Neither the number of votes nor more of them than were encrypted. */
static void the_constant_counts(void **state)
{
    proof p;
    (void)state;
    make_constant(&p);
    p.constant.constant = LIMIT - 1;
    assert_false(constant_holds(&p));
    p.constant.constant = EG_CONSTANT_MAX;
    assert_false(constant_holds(&p));
}

/* An encryption of 2 has no proof: both branches are made for 1, and the statement is false. */
static void two_votes_have_no_proof(void **state)
{
    proof p;
    eg_modq nonce = seeded_q(), seed = seeded_q();
    (void)state;
    eg_elgamal_encrypt_u64_vartime(&p.ciphertext, 2, &nonce, key);
    eg_disjunctive_make(&p.disjunctive, &p.ciphertext, true, &nonce, key, &seed, &base_hash);
    assert_false(disjunctive_holds(&p));
    eg_disjunctive_make(&p.disjunctive, &p.ciphertext, false, &nonce, key, &seed, &base_hash);
    assert_false(disjunctive_holds(&p));
}

/* More than fit side by side, some false. */
static void many_are_judged_one_by_one(void **state)
{
    enum { MANY = 21 };
    static proof proofs[MANY];
    eg_disjunctive_check checks[MANY];
    eg_schnorr_proof schnorr[MANY];
    eg_schnorr_verdict verdicts[MANY];
    bool ok[MANY], bad[MANY];
    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        make_disjunctive(&proofs[i]);
        make_schnorr(&proofs[i]);
        bad[i] = seeded_below(3) == 0;
        schnorr[i] = proofs[i].schnorr;
        if (bad[i]) {
            eg_modq *v = &proofs[i].disjunctive.one_response;
            eg_modq_add(v, v, &eg_modq_one);
            schnorr[i].public_key = negated(&schnorr[i].public_key);
        }
        checks[i] = (eg_disjunctive_check){&proofs[i].disjunctive, &proofs[i].ciphertext};
    }
    eg_disjunctive_verify_vartime(ok, checks, MANY, key, &base_hash);
    eg_schnorr_verify_batch_vartime(verdicts, schnorr, MANY);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(ok[i], !bad[i]);
        assert_int_equal(verdicts[i].holds, !bad[i]);
        assert_int_equal(verdicts[i].key_is_member, !bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_made_holds),         cmocka_unit_test(every_element_counts),
        cmocka_unit_test(every_number_counts),        cmocka_unit_test(the_hash_binds_the_election),
        cmocka_unit_test(the_constant_counts),        cmocka_unit_test(two_votes_have_no_proof),
        cmocka_unit_test(many_are_judged_one_by_one),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
