#include "vault/aead.h"

#include "base/secret.h"

#include <openssl/evp.h>

static const uint8_t no_bytes[1];

/* One pass over n bytes in either direction, up to the tag. */
static bool run(EVP_CIPHER_CTX *context, bool sealing, uint8_t *out, const uint8_t *key,
                const uint8_t *nonce, eg_str associated, const void *in, size_t n)
{
    int done = 0;
    return context != NULL && n <= EG_AEAD_TEXT_MAX && associated.len <= EG_AEAD_TEXT_MAX &&
           EVP_CipherInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce, sealing) == 1 &&
           (associated.len == 0 ||
            EVP_CipherUpdate(context, NULL, &done, (const unsigned char *)associated.data,
                             (int)associated.len) == 1) &&
           (n == 0 || (EVP_CipherUpdate(context, out, &done, in, (int)n) == 1 && done == (int)n));
}

eg_result eg_aead_seal(uint8_t *out, uint8_t tag[EG_AEAD_TAG_BYTES],
                       const uint8_t key[EG_AEAD_KEY_BYTES],
                       const uint8_t nonce[EG_AEAD_NONCE_BYTES], eg_str associated, eg_str plain,
                       eg_error *err)
{
    int done = 0;
    uint8_t rest[EG_AEAD_TAG_BYTES];
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool good = run(context, true, out, key, nonce, associated, plain.data, plain.len) &&
                EVP_CipherFinal_ex(context, rest, &done) == 1 &&
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, EG_AEAD_TAG_BYTES, tag) == 1;
    EVP_CIPHER_CTX_free(context); /* wipes the key schedule */
    EG_BUG_IF(err, !good);
    return EG_SUCCESS;
}

eg_result eg_aead_open(uint8_t *out, bool *authentic, const uint8_t key[EG_AEAD_KEY_BYTES],
                       const uint8_t nonce[EG_AEAD_NONCE_BYTES],
                       const uint8_t tag[EG_AEAD_TAG_BYTES], eg_str associated,
                       const uint8_t *sealed, size_t n, eg_error *err)
{
    int done = 0;
    uint8_t wanted[EG_AEAD_TAG_BYTES], rest[EG_AEAD_TAG_BYTES];
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    memcpy(wanted, tag, sizeof wanted); /* OpenSSL takes it by a pointer to non-const */
    *authentic = false;
    bool good = run(context, false, out, key, nonce, associated, n == 0 ? no_bytes : sealed, n) &&
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, sizeof wanted, wanted) == 1;
    if (good) {
        *authentic = EVP_CipherFinal_ex(context, rest, &done) == 1;
    }
    if (!*authentic) {
        eg_wipe(out, n);
    }
    EVP_CIPHER_CTX_free(context);
    EG_BUG_IF(err, !good);
    return EG_SUCCESS;
}
