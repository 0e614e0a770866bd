#include "vault/kdf.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

enum { SCRYPT_N = 65536, SCRYPT_R = 8, SCRYPT_P = 1 };

eg_result eg_scrypt(uint8_t out[EG_KEY_BYTES], eg_str password, const uint8_t salt[EG_SALT_BYTES],
                    eg_error *err)
{
    if (EVP_PBE_scrypt(password.data, password.len, salt, EG_SALT_BYTES, SCRYPT_N, SCRYPT_R,
                       SCRYPT_P, EG_SCRYPT_MEMORY_BYTES, out, EG_KEY_BYTES) != 1) {
        return EG_FAIL(err, EG_E_BUSY, NULL, "the service is full; try again in a moment");
    }
    return EG_SUCCESS;
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
