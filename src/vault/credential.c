#include "vault/credential.h"

#include "base/secret.h"

static const char sealing_info[] = "ml-kem-1024-hybrid-enc-v1";
static const char mac_info[] = "hmac-key-derivation-v1";
static const eg_str nothing = {NULL, 0}; /* the format has no associated data */
static const char password_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*";

/* Everything between the password and the secret; wiped as a whole. */
typedef struct keys {
    uint8_t seed[EG_ML_KEM_SEED_BYTES];
    uint8_t message[EG_ML_KEM_MESSAGE_BYTES];
    uint8_t
        input[EG_KEY_BYTES + EG_ML_KEM_SHARED_BYTES]; /* the password's key, the shared secret */
    uint8_t sealing[EG_KEY_BYTES];
    uint8_t mac[EG_KEY_BYTES];
} keys;

eg_result eg_password_make(char out[EG_MADE_PASSWORD_CHARACTERS], const eg_rng *rng, eg_error *err)
{
    enum { SIGNS = sizeof password_alphabet - 1, FAIR = 256 - 256 % SIGNS, DRAWN = 64 };
    uint8_t drawn[DRAWN];
    size_t made = 0;
    while (made < EG_MADE_PASSWORD_CHARACTERS) {
        EG_TRY(eg_rng_fill(rng, drawn, sizeof drawn, err));
        for (size_t i = 0; i < sizeof drawn && made < EG_MADE_PASSWORD_CHARACTERS; i++) {
            if (drawn[i] < FAIR) { /* a larger one would favour the first signs */
                out[made++] = password_alphabet[drawn[i] % SIGNS];
            }
        }
    }
    eg_wipe(drawn, sizeof drawn);
    return EG_SUCCESS;
}

/* Steps 3, 4 and 8: both keys, once input's second half holds the shared secret. */
static eg_result derive(keys *k, eg_str password, const uint8_t salt[EG_SALT_BYTES], eg_error *err)
{
    EG_TRY(eg_scrypt(k->input, password, salt, err));
    EG_TRY(eg_hkdf_sha256(k->sealing, k->input, sizeof k->input, salt, sealing_info, err));
    return eg_hkdf_sha256(k->mac, k->sealing, sizeof k->sealing, salt, mac_info, err);
}

/* Step 2. */
static eg_result make_kem(eg_credential *out, keys *k, const eg_rng *rng, eg_error *err)
{
    uint8_t public_key[EG_ML_KEM_PUBLIC_BYTES];
    bool valid;
    EG_TRY(eg_rng_fill(rng, out->salt, sizeof out->salt, err));
    EG_TRY(eg_rng_fill(rng, k->seed, sizeof k->seed, err));
    EG_TRY(eg_rng_fill(rng, k->message, sizeof k->message, err));
    EG_TRY(eg_ml_kem_keypair(public_key, out->kem_private, k->seed, err));
    EG_TRY(eg_ml_kem_encapsulate(out->kem_ciphertext, k->input + EG_KEY_BYTES, &valid, public_key,
                                 k->message, err));
    EG_BUG_IF(err, !valid);
    return EG_SUCCESS;
}

/* Step 6. */
static eg_result seal_password(eg_credential *out, const uint8_t master[EG_AEAD_KEY_BYTES],
                               eg_str password, const eg_rng *rng, eg_error *err)
{
    uint8_t *nonce = out->sealed_password, *tag = nonce + EG_AEAD_NONCE_BYTES;
    out->sealed_password_bytes = password.len + EG_SEALED_PASSWORD_OVERHEAD;
    EG_TRY(eg_rng_fill(rng, nonce, EG_AEAD_NONCE_BYTES, err));
    return eg_aead_seal(tag + EG_AEAD_TAG_BYTES, tag, master, nonce, nothing, password, err);
}

static eg_result seal_all(eg_credential *out, keys *k, uint8_t *sealed,
                          const uint8_t master[EG_AEAD_KEY_BYTES], eg_str password, eg_str secret,
                          const eg_rng *rng, eg_error *err)
{
    EG_TRY(make_kem(out, k, rng, err));
    EG_TRY(derive(k, password, out->salt, err));
    EG_TRY(eg_rng_fill(rng, out->nonce, sizeof out->nonce, err)); /* step 5 */
    EG_TRY(eg_aead_seal(sealed, out->tag, k->sealing, out->nonce, nothing, secret, err));
    return seal_password(out, master, password, rng, err);
}

eg_result eg_credential_seal(eg_credential *out, uint8_t *sealed, uint8_t mac_key[EG_KEY_BYTES],
                             const uint8_t master[EG_AEAD_KEY_BYTES], eg_str password,
                             eg_str secret, const eg_rng *rng, eg_error *err)
{
    keys k;
    eg_result result = seal_all(out, &k, sealed, master, password, secret, rng, err);
    if (!eg_failed(result)) {
        memcpy(mac_key, k.mac, sizeof k.mac);
    }
    eg_wipe(&k, sizeof k);
    return result;
}

/* A step that fails leaves zeros, and the next goes on with them. */
static eg_result open_all(uint8_t *secret, bool *authentic, keys *k, const eg_credential *c,
                          const eg_sealed_secret *sealed, uint8_t *password_room,
                          const uint8_t master[EG_AEAD_KEY_BYTES], eg_error *err)
{
    const uint8_t *nonce = c->sealed_password, *tag = nonce + EG_AEAD_NONCE_BYTES;
    size_t password_bytes = c->sealed_password_bytes - EG_SEALED_PASSWORD_OVERHEAD;
    uint8_t mac[EG_CREDENTIAL_MAC_BYTES];
    bool password_opened, kem_valid, secret_opened;
    EG_TRY(eg_aead_open(password_room, &password_opened, master, nonce, tag, nothing,
                        tag + EG_AEAD_TAG_BYTES, password_bytes, err));
    EG_TRY(eg_ml_kem_decapsulate(k->input + EG_KEY_BYTES, &kem_valid, c->kem_private,
                                 c->kem_ciphertext, err));
    EG_TRY(derive(k, (eg_str){(const char *)password_room, password_bytes}, c->salt, err));
    eg_hmac_sha256(mac, k->mac, sealed->signed_text);
    bool mac_right = eg_secret_equal(mac, sealed->mac, sizeof mac);
    EG_TRY(eg_aead_open(secret, &secret_opened, k->sealing, c->nonce, c->tag, nothing,
                        sealed->sealed, sealed->sealed_bytes, err));
    *authentic = password_opened & kem_valid & mac_right & secret_opened;
    return EG_SUCCESS;
}

eg_result eg_credential_open(uint8_t *secret, bool *authentic, const eg_credential *credential,
                             const eg_sealed_secret *sealed, uint8_t *password_room,
                             const uint8_t master[EG_AEAD_KEY_BYTES], eg_error *err)
{
    keys k;
    *authentic = false;
    EG_BUG_IF(err, credential->sealed_password_bytes < EG_SEALED_PASSWORD_OVERHEAD);
    eg_result result =
        open_all(secret, authentic, &k, credential, sealed, password_room, master, err);
    if (!*authentic) {
        eg_wipe(secret, sealed->sealed_bytes);
    }
    eg_wipe(&k, sizeof k);
    eg_wipe(password_room, credential->sealed_password_bytes);
    return result;
}
