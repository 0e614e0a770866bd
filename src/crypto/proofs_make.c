#include "crypto/proofs.h"

#include "base/secret.h"
#include "crypto/challenge.h"
#include "crypto/nonces.h"
#include "group/group.h"

void eg_schnorr_make(eg_schnorr_proof *out, const eg_modq *secret, const eg_modp *public_key,
                     const eg_modq *nonce)
{
    eg_public_key(&out->commitment, nonce);
    eg_schnorr_finish(out, secret, public_key, nonce);
}

void eg_schnorr_finish(eg_schnorr_proof *out, const eg_modq *secret, const eg_modp *public_key,
                       const eg_modq *nonce)
{
    out->public_key = *public_key;
    eg_schnorr_challenge(&out->challenge, public_key, &out->commitment);
    eg_modq_add_mul(&out->response, nonce, &out->challenge, secret);
}

void eg_disjunctive_finish(eg_disjunctive_proof *out, const eg_ciphertext *c, bool vote,
                           const eg_modq *nonce, const eg_modq x[3], const eg_modp *g_x2,
                           const eg_modp *k_x2, const eg_modp *g_x1, const eg_modp *k_x1_g_x0,
                           const eg_modq *extended_base_hash)
{
    /* the real branch is the one of the vote: (g^x2, K^x2); the other is simulated: (g^x1, K^x1
     * g^x0) */
    eg_modp_select(&out->zero_pad, g_x2, g_x1, vote);
    eg_modp_select(&out->zero_data, k_x2, k_x1_g_x0, vote);
    eg_modp_select(&out->one_pad, g_x1, g_x2, vote);
    eg_modp_select(&out->one_data, k_x1_g_x0, k_x2, vote);
    const eg_modp *commitments[] = {&out->zero_pad, &out->zero_data, &out->one_pad, &out->one_data};
    eg_challenge(&out->challenge, extended_base_hash, c, commitments, 4);

    /* vote 0: c1 = x0, c0 = c - x0; vote 1: c0 = -x0, c1 = c + x0 */
    eg_modq fake_if_one, real_if_zero, real_if_one;
    eg_modq_neg(&fake_if_one, &x[0]);
    eg_modq_sub(&real_if_zero, &out->challenge, &x[0]);
    eg_modq_add(&real_if_one, &out->challenge, &x[0]);
    eg_modq_select(&out->zero_challenge, &real_if_zero, &fake_if_one, vote);
    eg_modq_select(&out->one_challenge, &x[0], &real_if_one, vote);

    /* response of a branch: its commitment's exponent (x2 real, x1 simulated) + challenge * nonce
     */
    eg_modq zero_exponent, one_exponent;
    eg_modq_select(&zero_exponent, &x[2], &x[1], vote);
    eg_modq_select(&one_exponent, &x[1], &x[2], vote);
    eg_modq_add_mul(&out->zero_response, &zero_exponent, &out->zero_challenge, nonce);
    eg_modq_add_mul(&out->one_response, &one_exponent, &out->one_challenge, nonce);
    eg_wipe(&zero_exponent, sizeof zero_exponent);
    eg_wipe(&one_exponent, sizeof one_exponent);
}

void eg_disjunctive_nonces(eg_modq x[3], const eg_modq *seed)
{
    eg_nonces nonces;
    eg_nonces_init_str(&nonces, seed, EG_STR("disjoint-chaum-pedersen-proof"));
    for (uint64_t i = 0; i < 3; i++) {
        eg_nonces_item(&x[i], &nonces, i);
    }
    eg_wipe(&nonces, sizeof nonces);
}

void eg_disjunctive_make(eg_disjunctive_proof *out, const eg_ciphertext *c, bool vote,
                         const eg_modq *nonce, const eg_fixed_base *key, const eg_modq *seed,
                         const eg_modq *extended_base_hash)
{
    eg_modq x[3];
    eg_modp g_x2, k_x2, g_x1, k_x1, g_x0;
    eg_disjunctive_nonces(x, seed);
    const eg_fixed_base *g = eg_fixed_base_g();
    eg_fixed_pow jobs[] = {{g, &x[2], &g_x2},
                           {key, &x[2], &k_x2},
                           {g, &x[1], &g_x1},
                           {key, &x[1], &k_x1},
                           {g, &x[0], &g_x0}};
    eg_fixed_pow_batch(jobs, 5);
    eg_modp_mul(&k_x1, &k_x1, &g_x0);
    eg_disjunctive_finish(out, c, vote, nonce, x, &g_x2, &k_x2, &g_x1, &k_x1, extended_base_hash);
    eg_wipe(x, sizeof x);
}

void eg_constant_nonce(eg_modq *u, const eg_modq *seed)
{
    eg_nonces nonces;
    eg_nonces_init_str(&nonces, seed, EG_STR("constant-chaum-pedersen-proof"));
    eg_nonces_item(u, &nonces, 0);
    eg_wipe(&nonces, sizeof nonces);
}

void eg_constant_finish(eg_constant_proof *out, const eg_ciphertext *c, uint32_t constant,
                        const eg_modq *nonce, const eg_modq *u, const eg_modp *a, const eg_modp *b,
                        const eg_modq *extended_base_hash)
{
    out->pad = *a;
    out->data = *b;
    out->constant = constant;
    const eg_modp *commitments[] = {&out->pad, &out->data};
    eg_challenge(&out->challenge, extended_base_hash, c, commitments, 2);
    eg_modq_add_mul(&out->response, u, &out->challenge, nonce);
}

void eg_generic_nonce(eg_modq *u, const eg_modq *seed)
{
    eg_constant_nonce(u, seed); /* one header serves both (docs/crypto.md 8.4) */
}

void eg_generic_finish(eg_generic_proof *out, const eg_ciphertext *c, const eg_modp *share,
                       const eg_modq *secret, const eg_modq *u, const eg_modp *a, const eg_modp *b,
                       const eg_modq *extended_base_hash)
{
    out->pad = *a;
    out->data = *b;
    const eg_modp *elements[] = {&out->pad, &out->data, share};
    eg_challenge(&out->challenge, extended_base_hash, c, elements, 3);
    eg_modq_add_mul(&out->response, u, &out->challenge, secret);
}
