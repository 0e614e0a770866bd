#include "plain_verdict.h"

#include "group/numbers.h"

#include <gmp.h>

typedef struct field {
    mpz_t p, q, g;
} field;

static void set_limbs(mpz_t out, const uint64_t *limbs, size_t n)
{
    mpz_import(out, n, -1, sizeof *limbs, 0, 0, limbs);
}

static void init_p(mpz_t out, const eg_modp *x)
{
    mpz_init(out);
    set_limbs(out, x->limb, EG_P_LIMBS);
}

static void init_q(mpz_t out, const eg_modq *x)
{
    mpz_init(out);
    set_limbs(out, x->limb, EG_Q_LIMBS);
}

static const field *the_field(void)
{
    static field f;
    static bool ready;
    if (!ready) {
        mpz_inits(f.p, f.q, f.g, NULL);
        set_limbs(f.p, eg_p_limbs, EG_P_LIMBS);
        set_limbs(f.q, eg_q_limbs, EG_Q_LIMBS);
        set_limbs(f.g, eg_fixed_base_value(eg_fixed_base_g())->limb, EG_P_LIMBS);
        ready = true;
    }
    return &f;
}

bool plain_is_member(const eg_modp *x)
{
    const field *f = the_field();
    mpz_t value;
    init_p(value, x);
    bool in_range = mpz_sgn(value) > 0 && mpz_cmp(value, f->p) < 0;
    mpz_powm(value, value, f->q, f->p);
    bool is_one = mpz_cmp_ui(value, 1) == 0;
    mpz_clear(value);
    return in_range && is_one;
}

/* base^v = a * other^c */
static bool equation_holds(const mpz_t base, const mpz_t v, const mpz_t a, const mpz_t other,
                           const mpz_t c)
{
    const field *f = the_field();
    mpz_t left, right;
    mpz_inits(left, right, NULL);
    mpz_powm(left, base, v, f->p);
    mpz_powm(right, other, c, f->p);
    mpz_mul(right, right, a);
    mpz_mod(right, right, f->p);
    bool same = mpz_cmp(left, right) == 0;
    mpz_clears(left, right, NULL);
    return same;
}

bool plain_proof_holds(const eg_generic_proof *proof, const eg_ciphertext *c, const eg_modp *share,
                       const eg_modp *key, const eg_modq *extended_base_hash)
{
    const eg_generic_check check = {proof, c, key, share};
    mpz_t pad, m, k, a, b, challenge, response;
    init_p(pad, &c->pad);
    init_p(m, share);
    init_p(k, key);
    init_p(a, &proof->pad);
    init_p(b, &proof->data);
    init_q(challenge, &proof->challenge);
    init_q(response, &proof->response);
    bool holds = plain_is_member(share) &&
                 equation_holds(the_field()->g, response, a, k, challenge) &&
                 equation_holds(pad, response, b, m, challenge) &&
                 eg_generic_challenge_holds(&check, extended_base_hash);
    mpz_clears(pad, m, k, a, b, challenge, response, NULL);
    return holds;
}

int plain_votes(const eg_ciphertext *c, const eg_modq *secret, int most)
{
    const field *f = the_field();
    mpz_t data, s, expected; /* pad^s g^t */
    int votes = -1;
    init_p(expected, &c->pad);
    init_p(data, &c->data);
    init_q(s, secret);
    mpz_powm(expected, expected, s, f->p);
    for (int t = 0; t <= most && votes < 0; t++) {
        votes = mpz_cmp(expected, data) == 0 ? t : -1;
        mpz_mul(expected, expected, f->g);
        mpz_mod(expected, expected, f->p);
    }
    mpz_clears(data, s, expected, NULL);
    return votes;
}
