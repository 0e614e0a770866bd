/* The four proofs: shapes, making, exact verification. Source: docs/crypto.md 8. Letters as there.
 *
 * Making is split in two where a ballot batches its powers: the caller computes the commitments in
 * one flat batch of fixed-base powers, then these functions hash and respond. */
#ifndef EG_CRYPTO_PROOFS_H
#define EG_CRYPTO_PROOFS_H

#include "crypto/elgamal.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

#define EG_USAGE_SECRET    "Prove knowledge of secret value"
#define EG_USAGE_SELECTION "Prove selection's value (0 or 1)"
#define EG_USAGE_LIMIT     "Prove value within selection's limit"
enum { EG_CONSTANT_MAX = 1000000000 }; /* `constant` must stay below */

typedef struct eg_schnorr_proof {
    eg_modp public_key;
    eg_modp commitment; /* h */
    eg_modq challenge;
    eg_modq response;
} eg_schnorr_proof;

typedef struct eg_disjunctive_proof {
    eg_modp zero_pad, zero_data; /* a0, b0 */
    eg_modp one_pad, one_data;   /* a1, b1 */
    eg_modq zero_challenge, one_challenge;
    eg_modq challenge;
    eg_modq zero_response, one_response;
} eg_disjunctive_proof;

typedef struct eg_constant_proof {
    eg_modp pad, data; /* a, b */
    eg_modq challenge, response;
    uint32_t constant; /* L */
} eg_constant_proof;

typedef struct eg_generic_proof {
    eg_modp pad, data; /* a, b */
    eg_modq challenge, response;
} eg_generic_proof;

/* 8.1. secret, nonce: secret. */
void eg_schnorr_make(eg_schnorr_proof *out, const eg_modq *secret, const eg_modp *public_key,
                     const eg_modq *nonce);
/* The same where out->commitment = g^nonce was computed by the caller (in its batch). */
void eg_schnorr_finish(eg_schnorr_proof *out, const eg_modq *secret, const eg_modp *public_key,
                       const eg_modq *nonce);
bool eg_schnorr_verify_vartime(const eg_schnorr_proof *proof);
/* n of them side by side; and whether each proof's key is in the subgroup, which comes with it. */
typedef struct eg_schnorr_verdict {
    bool key_is_member;
    bool holds;
} eg_schnorr_verdict;
void eg_schnorr_verify_batch_vartime(eg_schnorr_verdict verdicts[], const eg_schnorr_proof proofs[],
                                     size_t n);

/* 8.2, everything at once. vote and nonce are secret. */
void eg_disjunctive_make(eg_disjunctive_proof *out, const eg_ciphertext *c, bool vote,
                         const eg_modq *nonce, const eg_fixed_base *key, const eg_modq *seed,
                         const eg_modq *extended_base_hash);
/* 8.2: x = items 0, 1, 2 of N(seed; "disjoint-chaum-pedersen-proof"). */
void eg_disjunctive_nonces(eg_modq x[3], const eg_modq *seed);
/* 8.2, after the powers: x[0..2] = items of the nonce sequence; g_x2 = g^x2, k_x2 = K^x2 (real
 * branch); g_x1 = g^x1, k_x1_g_x0 = K^x1 * g^x0 (simulated branch). Which is which depends on the
 * secret vote: no branch. */
void eg_disjunctive_finish(eg_disjunctive_proof *out, const eg_ciphertext *c, bool vote,
                           const eg_modq *nonce, const eg_modq x[3], const eg_modp *g_x2,
                           const eg_modp *k_x2, const eg_modp *g_x1, const eg_modp *k_x1_g_x0,
                           const eg_modq *extended_base_hash);

/* 8.3; a = g^u and b = K^u computed by the caller, u = item 0 of N(seed;
 * "constant-chaum-pedersen-proof"). */
void eg_constant_nonce(eg_modq *u, const eg_modq *seed);
void eg_constant_finish(eg_constant_proof *out, const eg_ciphertext *c, uint32_t constant,
                        const eg_modq *nonce, const eg_modq *u, const eg_modp *a, const eg_modp *b,
                        const eg_modq *extended_base_hash);

/* 8.4; share M = A^secret; u as in 8.3 (the same header); a = g^u, b = A^u computed by the caller.
 */
void eg_generic_nonce(eg_modq *u, const eg_modq *seed);
void eg_generic_finish(eg_generic_proof *out, const eg_ciphertext *c, const eg_modp *share,
                       const eg_modq *secret, const eg_modq *u, const eg_modp *a, const eg_modp *b,
                       const eg_modq *extended_base_hash);

/* Exact verification of n proofs of one kind side by side, so that all lanes work. ok[i] tells
 * each. key: its membership is checked once by the caller (election keys) unless said. Elements
 * that membership follows for (crypto.md 8.2: commitments, when the equations hold and pad and data
 * are in the group) are not tested again. */
typedef struct eg_disjunctive_check {
    const eg_disjunctive_proof *proof;
    const eg_ciphertext *ciphertext;
} eg_disjunctive_check;
void eg_disjunctive_verify_vartime(bool ok[], const eg_disjunctive_check checks[], size_t n,
                                   const eg_fixed_base *key, const eg_modq *extended_base_hash);

typedef struct eg_constant_check {
    const eg_constant_proof *proof;
    const eg_ciphertext *ciphertext;
} eg_constant_check;
void eg_constant_verify_vartime(bool ok[], const eg_constant_check checks[], size_t n,
                                const eg_fixed_base *key, const eg_modq *extended_base_hash);

/* Here each check has its own public key, tested for membership too. */
typedef struct eg_generic_check {
    const eg_generic_proof *proof;
    const eg_ciphertext *ciphertext;
    const eg_modp *public_key;
    const eg_modp *share;
} eg_generic_check;
void eg_generic_verify_vartime(bool ok[], const eg_generic_check checks[], size_t n,
                               const eg_modq *extended_base_hash);

/* What of that needs no power: the challenge is the hash, its parts add up, the constant is in
 * range. The equations of many proofs together: proofs_batch.h. */
bool eg_disjunctive_challenge_holds(const eg_disjunctive_check *check,
                                    const eg_modq *extended_base_hash);
bool eg_constant_challenge_holds(const eg_constant_check *check, const eg_modq *extended_base_hash);
bool eg_generic_challenge_holds(const eg_generic_check *check, const eg_modq *extended_base_hash);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
