/* Challenges of the proofs (docs/crypto.md 8). Private to this folder. */
#ifndef EG_CRYPTO_CHALLENGE_H
#define EG_CRYPTO_CHALLENGE_H

#include "crypto/elgamal.h"

/* H(Q-bar, A, B, elements...) */
void eg_challenge(eg_modq *out, const eg_modq *extended_base_hash, const eg_ciphertext *c,
                  const eg_modp *const elements[], size_t count);
/* H(K, h) */
void eg_schnorr_challenge(eg_modq *out, const eg_modp *public_key, const eg_modp *commitment);

#endif
