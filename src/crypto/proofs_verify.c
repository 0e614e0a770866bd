/* Exact verification. Pad and data get one chain of squarings each: it gives their powers by the
 * challenges and their membership. Commitments need no test of their own: where an equation such as
 * g^v = a * A^c holds and all but `a` are in the group, `a` is too. */
#include "crypto/proofs.h"

#include "crypto/challenge.h"
#include "group/group.h"

enum {
    TOGETHER = 16
}; /* proofs side by side: 32 chains fill lanes of any width; bounds the stack */

static bool product_equals(const eg_modp *a, const eg_modp *b, const eg_modp *expected)
{
    eg_modp product;
    eg_modp_mul(&product, a, b);
    return eg_modp_equal(&product, expected);
}

static bool schnorr_challenge_holds(const eg_schnorr_proof *proof)
{
    eg_modq challenge;
    eg_schnorr_challenge(&challenge, &proof->public_key, &proof->commitment);
    return eg_modq_equal(&challenge, &proof->challenge);
}

static void schnorr_some(eg_schnorr_verdict verdicts[], const eg_schnorr_proof proofs[], size_t n)
{
    eg_chain chains[TOGETHER];
    eg_fixed_pow jobs[TOGETHER];
    eg_modp key_power[TOGETHER], response_power[TOGETHER];
    for (size_t i = 0; i < n; i++) {
        chains[i] = (eg_chain){.base = &proofs[i].public_key,
                               .exponents = {&proofs[i].challenge},
                               .powers = {&key_power[i]},
                               .exponent_count = 1};
        jobs[i] = (eg_fixed_pow){eg_fixed_base_g(), &proofs[i].response, &response_power[i]};
    }
    eg_chain_batch_vartime(chains, n);
    eg_fixed_pow_batch_vartime(jobs, n);
    for (size_t i = 0; i < n; i++) {
        verdicts[i].key_is_member = chains[i].is_residue;
        verdicts[i].holds =
            chains[i].is_residue && schnorr_challenge_holds(&proofs[i]) &&
            product_equals(&proofs[i].commitment, &key_power[i], &response_power[i]);
    }
}

void eg_schnorr_verify_batch_vartime(eg_schnorr_verdict verdicts[], const eg_schnorr_proof proofs[],
                                     size_t n)
{
    for (size_t i = 0; i < n; i += TOGETHER) {
        schnorr_some(verdicts + i, proofs + i, n - i < TOGETHER ? n - i : TOGETHER);
    }
}

bool eg_schnorr_verify_vartime(const eg_schnorr_proof *proof)
{
    eg_schnorr_verdict verdict;
    schnorr_some(&verdict, proof, 1);
    return verdict.holds;
}

typedef struct disjunctive_powers {
    eg_modp pad_c0, pad_c1, data_c0, data_c1;
    eg_modp g_v0, g_v1, k_v0, k_v1, g_c1;
} disjunctive_powers;

bool eg_disjunctive_challenge_holds(const eg_disjunctive_check *check,
                                    const eg_modq *extended_base_hash)
{
    const eg_disjunctive_proof *p = check->proof;
    const eg_modp *commitments[] = {&p->zero_pad, &p->zero_data, &p->one_pad, &p->one_data};
    eg_modq challenge, sum;
    eg_challenge(&challenge, extended_base_hash, check->ciphertext, commitments, 4);
    eg_modq_add(&sum, &p->zero_challenge, &p->one_challenge);
    return eg_modq_equal(&challenge, &p->challenge) && eg_modq_equal(&sum, &challenge);
}

static bool disjunctive_equations_hold(const eg_disjunctive_proof *p,
                                       const disjunctive_powers *powers)
{
    eg_modp simulated;
    eg_modp_mul(&simulated, &powers->g_c1, &powers->k_v1);
    return product_equals(&p->zero_pad, &powers->pad_c0, &powers->g_v0) &&
           product_equals(&p->one_pad, &powers->pad_c1, &powers->g_v1) &&
           product_equals(&p->zero_data, &powers->data_c0, &powers->k_v0) &&
           product_equals(&p->one_data, &powers->data_c1, &simulated);
}

static void disjunctive_some(bool ok[], const eg_disjunctive_check checks[], size_t n,
                             const eg_fixed_base *key, const eg_modq *extended_base_hash)
{
    static const size_t jobs_each = 5;
    eg_chain chains[2 * TOGETHER];
    disjunctive_powers powers[TOGETHER];
    eg_fixed_pow jobs[5 * TOGETHER];
    const eg_fixed_base *g = eg_fixed_base_g();
    for (size_t i = 0; i < n; i++) {
        const eg_disjunctive_proof *p = checks[i].proof;
        disjunctive_powers *w = &powers[i];
        chains[2 * i] = (eg_chain){.base = &checks[i].ciphertext->pad,
                                   .exponents = {&p->zero_challenge, &p->one_challenge},
                                   .powers = {&w->pad_c0, &w->pad_c1},
                                   .exponent_count = 2};
        chains[2 * i + 1] = (eg_chain){.base = &checks[i].ciphertext->data,
                                       .exponents = {&p->zero_challenge, &p->one_challenge},
                                       .powers = {&w->data_c0, &w->data_c1},
                                       .exponent_count = 2};
        eg_fixed_pow *job = &jobs[jobs_each * i];
        job[0] = (eg_fixed_pow){g, &p->zero_response, &w->g_v0};
        job[1] = (eg_fixed_pow){g, &p->one_response, &w->g_v1};
        job[2] = (eg_fixed_pow){g, &p->one_challenge, &w->g_c1};
        job[3] = (eg_fixed_pow){key, &p->zero_response, &w->k_v0};
        job[4] = (eg_fixed_pow){key, &p->one_response, &w->k_v1};
    }
    eg_chain_batch_vartime(chains, 2 * n);
    eg_fixed_pow_batch_vartime(jobs, jobs_each * n);
    for (size_t i = 0; i < n; i++) {
        ok[i] = chains[2 * i].is_residue && chains[2 * i + 1].is_residue &&
                eg_disjunctive_challenge_holds(&checks[i], extended_base_hash) &&
                disjunctive_equations_hold(checks[i].proof, &powers[i]);
    }
}

void eg_disjunctive_verify_vartime(bool ok[], const eg_disjunctive_check checks[], size_t n,
                                   const eg_fixed_base *key, const eg_modq *extended_base_hash)
{
    for (size_t i = 0; i < n; i += TOGETHER) {
        disjunctive_some(ok + i, checks + i, n - i < TOGETHER ? n - i : TOGETHER, key,
                         extended_base_hash);
    }
}

typedef struct constant_powers {
    eg_modq limit, limit_c; /* L and c * L */
    eg_modp pad_c, data_c, g_v, k_v, g_lc;
} constant_powers;

bool eg_constant_challenge_holds(const eg_constant_check *check, const eg_modq *extended_base_hash)
{
    const eg_constant_proof *p = check->proof;
    const eg_modp *commitments[] = {&p->pad, &p->data};
    eg_modq challenge;
    eg_challenge(&challenge, extended_base_hash, check->ciphertext, commitments, 2);
    return p->constant < EG_CONSTANT_MAX && eg_modq_equal(&challenge, &p->challenge);
}

static bool constant_holds(const eg_constant_check *check, const constant_powers *powers,
                           const eg_modq *extended_base_hash)
{
    const eg_constant_proof *p = check->proof;
    eg_modp right;
    eg_modp_mul(&right, &powers->g_lc, &powers->k_v);
    return eg_constant_challenge_holds(check, extended_base_hash) &&
           product_equals(&p->pad, &powers->pad_c, &powers->g_v) &&
           product_equals(&p->data, &powers->data_c, &right);
}

static void constant_some(bool ok[], const eg_constant_check checks[], size_t n,
                          const eg_fixed_base *key, const eg_modq *extended_base_hash)
{
    eg_chain chains[2 * TOGETHER];
    constant_powers powers[TOGETHER];
    eg_fixed_pow jobs[3 * TOGETHER];
    const eg_fixed_base *g = eg_fixed_base_g();
    for (size_t i = 0; i < n; i++) {
        const eg_constant_proof *p = checks[i].proof;
        constant_powers *w = &powers[i];
        w->limit = eg_modq_from_u64(p->constant);
        eg_modq_mul(&w->limit_c, &w->limit, &p->challenge);
        chains[2 * i] = (eg_chain){.base = &checks[i].ciphertext->pad,
                                   .exponents = {&p->challenge},
                                   .powers = {&w->pad_c},
                                   .exponent_count = 1};
        chains[2 * i + 1] = (eg_chain){.base = &checks[i].ciphertext->data,
                                       .exponents = {&p->challenge},
                                       .powers = {&w->data_c},
                                       .exponent_count = 1};
        jobs[3 * i] = (eg_fixed_pow){g, &p->response, &w->g_v};
        jobs[3 * i + 1] = (eg_fixed_pow){g, &w->limit_c, &w->g_lc};
        jobs[3 * i + 2] = (eg_fixed_pow){key, &p->response, &w->k_v};
    }
    eg_chain_batch_vartime(chains, 2 * n);
    eg_fixed_pow_batch_vartime(jobs, 3 * n);
    for (size_t i = 0; i < n; i++) {
        ok[i] = chains[2 * i].is_residue && chains[2 * i + 1].is_residue &&
                constant_holds(&checks[i], &powers[i], extended_base_hash);
    }
}

void eg_constant_verify_vartime(bool ok[], const eg_constant_check checks[], size_t n,
                                const eg_fixed_base *key, const eg_modq *extended_base_hash)
{
    for (size_t i = 0; i < n; i += TOGETHER) {
        constant_some(ok + i, checks + i, n - i < TOGETHER ? n - i : TOGETHER, key,
                      extended_base_hash);
    }
}

typedef struct generic_powers {
    eg_modp key_c, share_c, pad_v, g_v;
} generic_powers;

/* Chains of one check: K^c, M^c, A^v, and the membership of B, which only the hash binds. */
enum { GENERIC_CHAINS = 4 };

bool eg_generic_challenge_holds(const eg_generic_check *check, const eg_modq *extended_base_hash)
{
    const eg_generic_proof *p = check->proof;
    const eg_modp *elements[] = {&p->pad, &p->data, check->share};
    eg_modq challenge;
    eg_challenge(&challenge, extended_base_hash, check->ciphertext, elements, 3);
    return eg_modq_equal(&challenge, &p->challenge);
}

static bool generic_holds(const eg_generic_check *check, const eg_chain chains[GENERIC_CHAINS],
                          const generic_powers *powers, const eg_modq *extended_base_hash)
{
    const eg_generic_proof *p = check->proof;
    bool members = true;
    for (size_t i = 0; i < GENERIC_CHAINS; i++) {
        members = members && chains[i].is_residue;
    }
    return members && eg_generic_challenge_holds(check, extended_base_hash) &&
           product_equals(&p->pad, &powers->key_c, &powers->g_v) &&
           product_equals(&p->data, &powers->share_c, &powers->pad_v);
}

static void generic_some(bool ok[], const eg_generic_check checks[], size_t n,
                         const eg_modq *extended_base_hash)
{
    eg_chain chains[GENERIC_CHAINS * TOGETHER];
    generic_powers powers[TOGETHER];
    eg_fixed_pow jobs[TOGETHER];
    for (size_t i = 0; i < n; i++) {
        const eg_generic_proof *p = checks[i].proof;
        eg_chain *c = &chains[GENERIC_CHAINS * i];
        generic_powers *w = &powers[i];
        c[0] = (eg_chain){.base = checks[i].public_key,
                          .exponents = {&p->challenge},
                          .powers = {&w->key_c},
                          .exponent_count = 1};
        c[1] = (eg_chain){.base = checks[i].share,
                          .exponents = {&p->challenge},
                          .powers = {&w->share_c},
                          .exponent_count = 1};
        c[2] = (eg_chain){.base = &checks[i].ciphertext->pad,
                          .exponents = {&p->response},
                          .powers = {&w->pad_v},
                          .exponent_count = 1};
        c[3] = (eg_chain){.base = &checks[i].ciphertext->data};
        jobs[i] = (eg_fixed_pow){eg_fixed_base_g(), &p->response, &w->g_v};
    }
    eg_chain_batch_vartime(chains, GENERIC_CHAINS * n);
    eg_fixed_pow_batch_vartime(jobs, n);
    for (size_t i = 0; i < n; i++) {
        ok[i] =
            generic_holds(&checks[i], &chains[GENERIC_CHAINS * i], &powers[i], extended_base_hash);
    }
}

void eg_generic_verify_vartime(bool ok[], const eg_generic_check checks[], size_t n,
                               const eg_modq *extended_base_hash)
{
    for (size_t i = 0; i < n; i += TOGETHER) {
        generic_some(ok + i, checks + i, n - i < TOGETHER ? n - i : TOGETHER, extended_base_hash);
    }
}
