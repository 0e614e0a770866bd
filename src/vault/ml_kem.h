/* ML-KEM-1024 (FIPS 203) in its deterministic form: the caller draws the random bytes. Two files
 * implement it, and the build takes one: ml_kem_openssl.c where OpenSSL has it (3.5 and newer),
 * else ml_kem_pqclean.c. docs/decisions names the reasons. */
#ifndef EG_VAULT_ML_KEM_H
#define EG_VAULT_ML_KEM_H

#include "base/error.h"

#include <stdint.h>

enum {
    EG_ML_KEM_PUBLIC_BYTES = 1568,
    EG_ML_KEM_PRIVATE_BYTES = 3168, /* the expanded form of FIPS 203: s, public key, its hash, z */
    EG_ML_KEM_CIPHERTEXT_BYTES = 1568,
    EG_ML_KEM_SHARED_BYTES = 32,
    EG_ML_KEM_SEED_BYTES = 64, /* d, then z */
    EG_ML_KEM_MESSAGE_BYTES = 32
};

/* False when the program was built for an OpenSSL with ML-KEM and runs with one that has none. */
bool eg_ml_kem_is_available(void);

/* seed: secret, fresh from the generator. Fails only with EG_E_INTERNAL; outputs are then
 * undefined. Source: FIPS 203, algorithm 16. */
eg_result eg_ml_kem_keypair(uint8_t public_key[EG_ML_KEM_PUBLIC_BYTES],
                            uint8_t private_key[EG_ML_KEM_PRIVATE_BYTES],
                            const uint8_t seed[EG_ML_KEM_SEED_BYTES], eg_error *err) EG_MUST_USE;

/* message: secret, fresh from the generator. *valid is false when the public key holds a
 * coefficient that is not reduced (section 7.2); the outputs are then zeros. Source: algorithm 17.
 */
eg_result eg_ml_kem_encapsulate(uint8_t ciphertext[EG_ML_KEM_CIPHERTEXT_BYTES],
                                uint8_t shared[EG_ML_KEM_SHARED_BYTES], bool *valid,
                                const uint8_t public_key[EG_ML_KEM_PUBLIC_BYTES],
                                const uint8_t message[EG_ML_KEM_MESSAGE_BYTES],
                                eg_error *err) EG_MUST_USE;

/* A ciphertext that was not made for this key gives a secret that nobody knows (implicit
 * rejection), not a failure. *valid is false when the private key is none: a coefficient that is
 * not reduced, or a hash that is not that of the public key within (section 7.3); shared is then
 * zeros. Constant time in the private key. Source: algorithm 18. */
eg_result eg_ml_kem_decapsulate(uint8_t shared[EG_ML_KEM_SHARED_BYTES], bool *valid,
                                const uint8_t private_key[EG_ML_KEM_PRIVATE_BYTES],
                                const uint8_t ciphertext[EG_ML_KEM_CIPHERTEXT_BYTES],
                                eg_error *err) EG_MUST_USE;

#endif
