/* ML-KEM-1024 by OpenSSL, which has it from 3.5 on. Nothing here needs headers newer than 3.0: the
 * algorithm and its parameters are fetched by name. */
#include "vault/ml_kem.h"

#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

static const char algorithm[] = "ML-KEM-1024";

static EVP_PKEY_CTX *new_context(void)
{
    return EVP_PKEY_CTX_new_from_name(NULL, algorithm, NULL);
}

static void octets(OSSL_PARAM out[2], const char *name, const void *bytes, size_t n)
{
    /* OpenSSL takes parameters to set by a pointer to non-const, and does not write there */
    out[0] = OSSL_PARAM_construct_octet_string(name, (void *)(uintptr_t)bytes, n);
    out[1] = OSSL_PARAM_construct_end();
}

/* NULL when OpenSSL refuses the key: it makes the checks of FIPS 203, 7.2 and 7.3. */
static EVP_PKEY *import(const char *name, const uint8_t *bytes, size_t n, int selection)
{
    OSSL_PARAM parameters[2];
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = new_context();
    octets(parameters, name, bytes, n);
    if (context == NULL || EVP_PKEY_fromdata_init(context) <= 0 ||
        EVP_PKEY_fromdata(context, &key, selection, parameters) <= 0) {
        key = NULL;
    }
    EVP_PKEY_CTX_free(context);
    return key;
}

static bool export(uint8_t *out, size_t size, const EVP_PKEY *key, const char *name)
{
    size_t n = 0;
    return EVP_PKEY_get_octet_string_param(key, name, out, size, &n) > 0 && n == size;
}

bool eg_ml_kem_is_available(void)
{
    EVP_PKEY_CTX *context = new_context();
    bool available = context != NULL;
    EVP_PKEY_CTX_free(context);
    return available;
}

eg_result eg_ml_kem_keypair(uint8_t public_key[EG_ML_KEM_PUBLIC_BYTES],
                            uint8_t private_key[EG_ML_KEM_PRIVATE_BYTES],
                            const uint8_t seed[EG_ML_KEM_SEED_BYTES], eg_error *err)
{
    OSSL_PARAM parameters[2];
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = new_context();
    octets(parameters, "seed", seed, EG_ML_KEM_SEED_BYTES);
    bool good = context != NULL && EVP_PKEY_keygen_init(context) > 0 &&
                EVP_PKEY_CTX_set_params(context, parameters) > 0 &&
                EVP_PKEY_generate(context, &key) > 0 &&
                export(public_key, EG_ML_KEM_PUBLIC_BYTES, key, "pub") &&
                export(private_key, EG_ML_KEM_PRIVATE_BYTES, key, "priv");
    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(context);
    EG_BUG_IF(err, !good);
    return EG_SUCCESS;
}

eg_result eg_ml_kem_encapsulate(uint8_t ciphertext[EG_ML_KEM_CIPHERTEXT_BYTES],
                                uint8_t shared[EG_ML_KEM_SHARED_BYTES], bool *valid,
                                const uint8_t public_key[EG_ML_KEM_PUBLIC_BYTES],
                                const uint8_t message[EG_ML_KEM_MESSAGE_BYTES], eg_error *err)
{
    OSSL_PARAM parameters[2];
    size_t ciphertext_bytes = EG_ML_KEM_CIPHERTEXT_BYTES, shared_bytes = EG_ML_KEM_SHARED_BYTES;
    EVP_PKEY *key = import("pub", public_key, EG_ML_KEM_PUBLIC_BYTES, EVP_PKEY_PUBLIC_KEY);
    *valid = key != NULL;
    if (key == NULL) {
        memset(ciphertext, 0, EG_ML_KEM_CIPHERTEXT_BYTES);
        memset(shared, 0, EG_ML_KEM_SHARED_BYTES);
        EG_BUG_IF(err, !eg_ml_kem_is_available());
        return EG_SUCCESS;
    }
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    octets(parameters, "ikme", message, EG_ML_KEM_MESSAGE_BYTES);
    bool good =
        context != NULL && EVP_PKEY_encapsulate_init(context, parameters) > 0 &&
        EVP_PKEY_encapsulate(context, ciphertext, &ciphertext_bytes, shared, &shared_bytes) > 0 &&
        ciphertext_bytes == EG_ML_KEM_CIPHERTEXT_BYTES && shared_bytes == EG_ML_KEM_SHARED_BYTES;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
    EG_BUG_IF(err, !good);
    return EG_SUCCESS;
}

/* A key that is refused ends earlier than others: whether it is one can be told from the key
 * alone, which its sender has. */
eg_result eg_ml_kem_decapsulate(uint8_t shared[EG_ML_KEM_SHARED_BYTES], bool *valid,
                                const uint8_t private_key[EG_ML_KEM_PRIVATE_BYTES],
                                const uint8_t ciphertext[EG_ML_KEM_CIPHERTEXT_BYTES], eg_error *err)
{
    size_t shared_bytes = EG_ML_KEM_SHARED_BYTES;
    EVP_PKEY *key = import("priv", private_key, EG_ML_KEM_PRIVATE_BYTES, EVP_PKEY_KEYPAIR);
    *valid = key != NULL;
    if (key == NULL) {
        memset(shared, 0, EG_ML_KEM_SHARED_BYTES);
        EG_BUG_IF(err, !eg_ml_kem_is_available());
        return EG_SUCCESS;
    }
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    bool good = context != NULL && EVP_PKEY_decapsulate_init(context, NULL) > 0 &&
                EVP_PKEY_decapsulate(context, shared, &shared_bytes, ciphertext,
                                     EG_ML_KEM_CIPHERTEXT_BYTES) > 0 &&
                shared_bytes == EG_ML_KEM_SHARED_BYTES;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
    EG_BUG_IF(err, !good);
    return EG_SUCCESS;
}
