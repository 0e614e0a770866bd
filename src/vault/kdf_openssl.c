#include "vault/kdf.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

bool eg_scrypt_of(uint8_t *out, size_t n, eg_str password, eg_bytes salt,
                  const eg_scrypt_cost *cost)
{
    return EVP_PBE_scrypt(password.data, password.len, salt.data, salt.len, cost->n, cost->r,
                          cost->p, EG_SCRYPT_MEMORY_BYTES, out, n) == 1;
}

eg_result eg_hkdf_sha256(uint8_t out[EG_KEY_BYTES], const uint8_t *input, size_t input_bytes,
                         const uint8_t salt[EG_SALT_BYTES], const char *info, eg_error *err)
{
    /* OpenSSL takes parameters to set by pointers to non-const, and does not write there */
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)input,
                                          input_bytes),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)(uintptr_t)salt,
                                          EG_SALT_BYTES),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)(uintptr_t)info,
                                          strlen(info)),
        OSSL_PARAM_construct_end(),
    };
    EVP_KDF *hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(hkdf);
    bool good = context != NULL && EVP_KDF_derive(context, out, EG_KEY_BYTES, parameters) == 1;
    EVP_KDF_CTX_free(context); /* wipes its copies */
    EVP_KDF_free(hkdf);
    EG_BUG_IF(err, !good);
    return EG_SUCCESS;
}
