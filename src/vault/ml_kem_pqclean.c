/* ML-KEM-1024 by PQClean's portable sources, compiled by mk/vault.mk. What FIPS 203 asks of the
 * caller is done here: the checks of keys, and wiping what those sources leave behind. */
#include "vault/ml_kem.h"

#include "base/secret.h"

#include <fips202.h>
#include <kem.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(PQCLEAN_MLKEM1024_CLEAN_CRYPTO_PUBLICKEYBYTES == EG_ML_KEM_PUBLIC_BYTES, "length");
_Static_assert(PQCLEAN_MLKEM1024_CLEAN_CRYPTO_SECRETKEYBYTES == EG_ML_KEM_PRIVATE_BYTES, "length");
_Static_assert(PQCLEAN_MLKEM1024_CLEAN_CRYPTO_CIPHERTEXTBYTES == EG_ML_KEM_CIPHERTEXT_BYTES,
               "length");
_Static_assert(PQCLEAN_MLKEM1024_CLEAN_CRYPTO_BYTES == EG_ML_KEM_SHARED_BYTES, "length");

enum {
    FIELD_PRIME = 3329,
    VECTOR_BYTES = 4 * 384, /* four polynomials of 256 coefficients of 12 bits */
    PUBLIC_AT = VECTOR_BYTES,
    HASH_AT = PUBLIC_AT + EG_ML_KEM_PUBLIC_BYTES,
    HASH_BYTES = 32,
    STACK_BYTES = 48 * 1024 /* the deepest call, decapsulation, takes 21 KiB (gcc -fstack-usage) */
};

/* PQClean's forms that draw random bytes themselves are never called. */
int PQCLEAN_randombytes(uint8_t *output, size_t n);
int PQCLEAN_randombytes(uint8_t *output, size_t n)
{
    (void)output;
    (void)n;
    abort();
}

/* The frames of the call before held noise, messages and keys. */
static __attribute__((noinline)) void wipe_stack(void)
{
    uint8_t frames[STACK_BYTES];
    eg_wipe(frames, sizeof frames);
}

/* Whether every coefficient of a packed vector is below the prime. Constant time. */
static bool is_reduced(const uint8_t packed[VECTOR_BYTES])
{
    uint32_t above = 0; /* its top bit is set by a coefficient that is too large */
    for (size_t i = 0; i < VECTOR_BYTES; i += 3) {
        uint32_t low = packed[i] | ((uint32_t)packed[i + 1] & 15u) << 8;
        uint32_t high = (uint32_t)packed[i + 1] >> 4 | (uint32_t)packed[i + 2] << 4;
        above |= (FIELD_PRIME - 1u - low) | (FIELD_PRIME - 1u - high);
    }
    return above >> 31 == 0;
}

static bool is_private_key(const uint8_t key[EG_ML_KEM_PRIVATE_BYTES])
{
    uint8_t hash[HASH_BYTES];
    sha3_256(hash, key + PUBLIC_AT, EG_ML_KEM_PUBLIC_BYTES);
    bool hash_is_right = eg_secret_equal(hash, key + HASH_AT, HASH_BYTES);
    bool secret_is_reduced = is_reduced(key);
    bool public_is_reduced = is_reduced(key + PUBLIC_AT);
    return hash_is_right & secret_is_reduced & public_is_reduced;
}

bool eg_ml_kem_is_available(void)
{
    return true;
}

eg_result eg_ml_kem_keypair(uint8_t public_key[EG_ML_KEM_PUBLIC_BYTES],
                            uint8_t private_key[EG_ML_KEM_PRIVATE_BYTES],
                            const uint8_t seed[EG_ML_KEM_SEED_BYTES], eg_error *err)
{
    int failed = PQCLEAN_MLKEM1024_CLEAN_crypto_kem_keypair_derand(public_key, private_key, seed);
    wipe_stack();
    EG_BUG_IF(err, failed != 0);
    return EG_SUCCESS;
}

eg_result eg_ml_kem_encapsulate(uint8_t ciphertext[EG_ML_KEM_CIPHERTEXT_BYTES],
                                uint8_t shared[EG_ML_KEM_SHARED_BYTES], bool *valid,
                                const uint8_t public_key[EG_ML_KEM_PUBLIC_BYTES],
                                const uint8_t message[EG_ML_KEM_MESSAGE_BYTES], eg_error *err)
{
    *valid = is_reduced(public_key);
    if (!*valid) {
        memset(ciphertext, 0, EG_ML_KEM_CIPHERTEXT_BYTES);
        memset(shared, 0, EG_ML_KEM_SHARED_BYTES);
        return EG_SUCCESS;
    }
    int failed =
        PQCLEAN_MLKEM1024_CLEAN_crypto_kem_enc_derand(ciphertext, shared, public_key, message);
    wipe_stack();
    EG_BUG_IF(err, failed != 0);
    return EG_SUCCESS;
}

eg_result eg_ml_kem_decapsulate(uint8_t shared[EG_ML_KEM_SHARED_BYTES], bool *valid,
                                const uint8_t private_key[EG_ML_KEM_PRIVATE_BYTES],
                                const uint8_t ciphertext[EG_ML_KEM_CIPHERTEXT_BYTES], eg_error *err)
{
    *valid = is_private_key(private_key);
    eg_declassify(valid, sizeof *valid); /* whoever sent the key can tell as much of it */
    if (!*valid) {
        memset(shared, 0, EG_ML_KEM_SHARED_BYTES);
        return EG_SUCCESS;
    }
    int failed = PQCLEAN_MLKEM1024_CLEAN_crypto_kem_dec(shared, ciphertext, private_key);
    wipe_stack();
    EG_BUG_IF(err, failed != 0);
    return EG_SUCCESS;
}
