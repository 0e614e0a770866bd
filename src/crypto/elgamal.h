/* Exponential ElGamal, base g. Source: docs/crypto.md 6. */
#ifndef EG_CRYPTO_ELGAMAL_H
#define EG_CRYPTO_ELGAMAL_H

#include "base/rng.h"
#include "crypto/hash.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

typedef struct eg_ciphertext {
    eg_modp pad;
    eg_modp data;
} eg_ciphertext;

/* Draws uniformly from [minimum, q), minimum 0, 1 or 2. Wiped on failure. */
eg_result eg_random_q(eg_modq *out, const eg_rng *rng, uint64_t minimum, eg_error *err) EG_MUST_USE;

/* K = g^secret. */
void eg_public_key(eg_modp *out, const eg_modq *secret);

/* One encryption of a small public-range value, secret: message 0 or 1; nonce != 0. For ballots see
 * election/ballot_encrypt.h, which batches. */
void eg_elgamal_encrypt(eg_ciphertext *out, bool message, const eg_modq *nonce,
                        const eg_fixed_base *key);
/* Any message; variable time in the message. */
void eg_elgamal_encrypt_u64_vartime(eg_ciphertext *out, uint64_t message, const eg_modq *nonce,
                                    const eg_fixed_base *key);

/* H(pad, data) */
void eg_ciphertext_hash(eg_modq *out, const eg_ciphertext *c);
void eg_ciphertext_add(eg_ciphertext *r, const eg_ciphertext *a, const eg_ciphertext *b);

/* Exponents 0 to max of g: the e with g^e = x. Bounded search, public data; baby steps beyond a few
 * hundred. False when no e in 0..max fits. */
bool eg_discrete_log_vartime(uint64_t *out, const eg_modp *x, uint64_t max);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
