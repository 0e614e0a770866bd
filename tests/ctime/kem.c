/* ML-KEM, and what is derived from its shared secret, with secrets undefined.
 *
 * Not here: key generation, whose public seed is computed from the secret one and then steers the
 * rejection sampling of a public matrix, in PQClean's code, which declassifies nothing. */
#include "ctime/vault.h"

#include "vault/kdf.h"
#include "vault/ml_kem.h"

#include <stdio.h>
#include <stdlib.h>
#include <valgrind/memcheck.h>

enum { VECTOR_BYTES = 1536, Z_BYTES = 32 };

static void must(bool good, const char *what)
{
    if (!good) {
        fprintf(stderr, "ctime: %s fails\n", what);
        exit(2);
    }
}

static void encapsulate_and_back(void)
{
    uint8_t public_key[EG_ML_KEM_PUBLIC_BYTES], private_key[EG_ML_KEM_PRIVATE_BYTES];
    uint8_t ciphertext[EG_ML_KEM_CIPHERTEXT_BYTES], shared[EG_ML_KEM_SHARED_BYTES];
    uint8_t opened[EG_ML_KEM_SHARED_BYTES];
    uint8_t seed[EG_ML_KEM_SEED_BYTES] = {1}, message[EG_ML_KEM_MESSAGE_BYTES] = {2};
    bool valid = false;
    must(!eg_failed(eg_ml_kem_keypair(public_key, private_key, seed, NULL)), "a key pair");
    (void)VALGRIND_MAKE_MEM_UNDEFINED(message, sizeof message);
    must(!eg_failed(eg_ml_kem_encapsulate(ciphertext, shared, &valid, public_key, message, NULL)) &&
             valid,
         "encapsulation");
    (void)VALGRIND_MAKE_MEM_DEFINED(ciphertext, sizeof ciphertext);
    /* the key but for its public half; once for the right ciphertext, once for a rejected one */
    (void)VALGRIND_MAKE_MEM_UNDEFINED(private_key, VECTOR_BYTES);
    (void)VALGRIND_MAKE_MEM_UNDEFINED(private_key + sizeof private_key - Z_BYTES, Z_BYTES);
    for (unsigned i = 0; i < 2; i++) {
        ciphertext[0] ^= (uint8_t)i;
        must(!eg_failed(eg_ml_kem_decapsulate(opened, &valid, private_key, ciphertext, NULL)) &&
                 valid,
             "decapsulation");
    }
}

static void derive(void)
{
    static const uint8_t salt[EG_SALT_BYTES] = {3};
    uint8_t secret[EG_ML_KEM_SHARED_BYTES] = {5}, key[EG_KEY_BYTES];
    (void)VALGRIND_MAKE_MEM_UNDEFINED(secret, sizeof secret);
    must(!eg_failed(eg_hkdf_sha256(key, secret, sizeof secret, salt, "of a test", NULL)), "HKDF");
}

void ctime_kem(void)
{
    encapsulate_and_back();
    derive();
}
