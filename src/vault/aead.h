/* AES-256-GCM (NIST SP 800-38D). A key seals under a fresh random nonce each time. Two files
 * implement it, and the build takes one (mk/vault.mk): aead_openssl.c, or aead_portable.c where
 * there is no OpenSSL. Both are constant-time in key and texts. */
#ifndef EG_VAULT_AEAD_H
#define EG_VAULT_AEAD_H

#include "base/error.h"
#include "base/str.h"

#include <stdint.h>

enum {
    EG_AEAD_KEY_BYTES = 32,
    EG_AEAD_NONCE_BYTES = 12,
    EG_AEAD_TAG_BYTES = 16,
    EG_AEAD_TEXT_MAX = 1 << 30 /* OpenSSL counts in int */
};

/* out: as many bytes as plain, at most EG_AEAD_TEXT_MAX; may not overlap it. associated: what is
 * not sealed, but must be the same when it is opened; as long at most. */
eg_result eg_aead_seal(uint8_t *out, uint8_t tag[EG_AEAD_TAG_BYTES],
                       const uint8_t key[EG_AEAD_KEY_BYTES],
                       const uint8_t nonce[EG_AEAD_NONCE_BYTES], eg_str associated, eg_str plain,
                       eg_error *err) EG_MUST_USE;

/* out: n bytes; may not overlap sealed. When the tag is wrong *authentic is false and out holds
 * zeros: that is an answer, not a failure. */
eg_result eg_aead_open(uint8_t *out, bool *authentic, const uint8_t key[EG_AEAD_KEY_BYTES],
                       const uint8_t nonce[EG_AEAD_NONCE_BYTES],
                       const uint8_t tag[EG_AEAD_TAG_BYTES], eg_str associated,
                       const uint8_t *sealed, size_t n, eg_error *err) EG_MUST_USE;

#endif
