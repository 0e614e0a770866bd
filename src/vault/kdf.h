/* Keys from passwords and keys from keys, with the parameters of the credential format. scrypt is
 * OpenSSL's, or ours where there is no OpenSSL (mk/vault.mk): kdf_openssl.c, which has HKDF as
 * well, or scrypt_portable.c. */
#ifndef EG_VAULT_KDF_H
#define EG_VAULT_KDF_H

#include "base/error.h"
#include "base/str.h"

#include <stdint.h>

enum {
    EG_KEY_BYTES = 32,
    EG_SALT_BYTES = 32,
    EG_SCRYPT_MEMORY_BYTES = 65 * 1024 * 1024 /* 128 * N * r, and its small buffers */
};

/* What scrypt is to cost: n a power of two above 1; 128 * r * (n + p) bytes, at most
 * EG_SCRYPT_MEMORY_BYTES. */
typedef struct eg_scrypt_cost {
    uint32_t n, r, p;
} eg_scrypt_cost;

/* N = 65536, r = 8, p = 1 (RFC 7914): some 200 ms and EG_SCRYPT_MEMORY_BYTES, taken from the system
 * for the length of the call and wiped. EG_E_BUSY when the system has not that much. */
eg_result eg_scrypt(uint8_t out[EG_KEY_BYTES], eg_str password, const uint8_t salt[EG_SALT_BYTES],
                    eg_error *err) EG_MUST_USE;
/* Of any cost, salt and length; where in memory it reads depends on the password, as scrypt has it.
 * False when the cost is none, or the memory is not there. */
bool eg_scrypt_of(uint8_t *out, size_t n, eg_str password, eg_bytes salt,
                  const eg_scrypt_cost *cost) EG_MUST_USE;

/* HKDF-SHA-256 (RFC 5869), extract and expand. */
eg_result eg_hkdf_sha256(uint8_t out[EG_KEY_BYTES], const uint8_t *input, size_t input_bytes,
                         const uint8_t salt[EG_SALT_BYTES], const char *info,
                         eg_error *err) EG_MUST_USE;

void eg_hmac_sha256(uint8_t out[32], const uint8_t key[EG_KEY_BYTES], eg_str text);

#endif
