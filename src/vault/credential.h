/* Protecting a guardian's private key: the credential file's contents, without its text form.
 *
 * A password and the shared secret of a one-time ML-KEM key pair together give the key that seals
 * the private key. The KEM's private half travels in the credential; the password does too, sealed
 * under the service's master key. Whoever holds both files and the master key opens them.
 *
 * Source: docs/api-contract.md 5, POST /api/encrypt, whose steps the .c file numbers. */
#ifndef EG_VAULT_CREDENTIAL_H
#define EG_VAULT_CREDENTIAL_H

#include "base/rng.h"
#include "base/str.h"
#include "vault/aead.h"
#include "vault/kdf.h"
#include "vault/ml_kem.h"

enum {
    EG_SEALED_PASSWORD_OVERHEAD = EG_AEAD_NONCE_BYTES + EG_AEAD_TAG_BYTES,
    EG_CREDENTIAL_MAC_BYTES = 32,
    EG_MADE_PASSWORD_CHARACTERS = 32
};

typedef struct eg_credential {
    uint8_t salt[EG_SALT_BYTES];
    uint8_t kem_private[EG_ML_KEM_PRIVATE_BYTES]; /* secret, as the file that it travels in */
    uint8_t kem_ciphertext[EG_ML_KEM_CIPHERTEXT_BYTES];
    uint8_t nonce[EG_AEAD_NONCE_BYTES];
    uint8_t tag[EG_AEAD_TAG_BYTES];
    uint8_t *sealed_password; /* borrowed: nonce, tag, ciphertext */
    size_t sealed_password_bytes;
} eg_credential;

/* EG_MADE_PASSWORD_CHARACTERS random ones of A-Z a-z 0-9 !@#$%^&*, no NUL. */
eg_result eg_password_make(char out[EG_MADE_PASSWORD_CHARACTERS], const eg_rng *rng,
                           eg_error *err) EG_MUST_USE;

/* Steps 2 to 6, and the key of step 8.
 *
 * sealed    as many bytes as secret
 * mac_key   secret; wiped by the caller
 * out       sealed_password points to password.len + EG_SEALED_PASSWORD_OVERHEAD bytes
 * master    secret */
eg_result eg_credential_seal(eg_credential *out, uint8_t *sealed, uint8_t mac_key[EG_KEY_BYTES],
                             const uint8_t master[EG_AEAD_KEY_BYTES], eg_str password,
                             eg_str secret, const eg_rng *rng, eg_error *err) EG_MUST_USE;

/* What eg_credential_open is given beside the credential. */
typedef struct eg_sealed_secret {
    const uint8_t *sealed;
    size_t sealed_bytes;
    eg_str signed_text; /* what the MAC is over */
    const uint8_t *mac; /* EG_CREDENTIAL_MAC_BYTES */
    /* both borrowed */
} eg_sealed_secret;

/* The reverse. secret: sealed_bytes bytes; password_room: sealed_password_bytes bytes, wiped before
 * the return.
 *
 * *authentic is false when any of it is not what was sealed under this master key: the password
 * does not open, the KEM key is none, the MAC is wrong, or the secret does not open. Which of them
 * cannot be told: all steps run on zeros in place of what failed, and secret then holds zeros. */
eg_result eg_credential_open(uint8_t *secret, bool *authentic, const eg_credential *credential,
                             const eg_sealed_secret *sealed, uint8_t *password_room,
                             const uint8_t master[EG_AEAD_KEY_BYTES], eg_error *err) EG_MUST_USE;

#endif
