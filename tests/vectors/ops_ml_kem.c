/* ML-KEM-1024: key pairs, encapsulation, decapsulation. */
#include "base/hex.h"
#include "vault/ml_kem.h"
#include "vectors/runner.h"

/* Exactly n bytes; a value of another length cannot be handed over at all. */
static bool bytes_of(uint8_t *out, size_t n, const vec *v, const char *name)
{
    eg_str hex = str_of(get(v, name));
    return hex.len == 2 * n && eg_hex_decode(out, hex.data, n);
}

static bool make_pair(const vec *v, uint8_t public_key[EG_ML_KEM_PUBLIC_BYTES],
                      uint8_t private_key[EG_ML_KEM_PRIVATE_BYTES])
{
    uint8_t seed[EG_ML_KEM_SEED_BYTES];
    return bytes_of(seed, 32, v, "d") && bytes_of(seed + 32, 32, v, "z") &&
           !eg_failed(eg_ml_kem_keypair(public_key, private_key, seed, NULL));
}

static bool open_capsule(vec *v, const uint8_t private_key[EG_ML_KEM_PRIVATE_BYTES])
{
    uint8_t ciphertext[EG_ML_KEM_CIPHERTEXT_BYTES], shared[EG_ML_KEM_SHARED_BYTES];
    bool valid = false;
    if (!bytes_of(ciphertext, sizeof ciphertext, v, "ciphertext") ||
        eg_failed(eg_ml_kem_decapsulate(shared, &valid, private_key, ciphertext, NULL)) || !valid) {
        return false;
    }
    expect_bytes(v, "shared", shared, sizeof shared);
    return true;
}

static bool keypair(vec *v)
{
    uint8_t public_key[EG_ML_KEM_PUBLIC_BYTES], private_key[EG_ML_KEM_PRIVATE_BYTES];
    if (!make_pair(v, public_key, private_key)) {
        return false;
    }
    expect_bytes(v, "public_key", public_key, sizeof public_key);
    expect_bytes(v, "private_key", private_key, sizeof private_key);
    return true;
}

static bool encapsulate(vec *v)
{
    uint8_t public_key[EG_ML_KEM_PUBLIC_BYTES], message[EG_ML_KEM_MESSAGE_BYTES];
    uint8_t ciphertext[EG_ML_KEM_CIPHERTEXT_BYTES], shared[EG_ML_KEM_SHARED_BYTES];
    bool valid = false;
    if (!bytes_of(public_key, sizeof public_key, v, "public_key") ||
        !bytes_of(message, sizeof message, v, "message") ||
        eg_failed(eg_ml_kem_encapsulate(ciphertext, shared, &valid, public_key, message, NULL)) ||
        !valid) {
        return false;
    }
    expect_bytes(v, "ciphertext", ciphertext, sizeof ciphertext);
    expect_bytes(v, "shared", shared, sizeof shared);
    return true;
}

static bool decapsulate(vec *v)
{
    uint8_t private_key[EG_ML_KEM_PRIVATE_BYTES];
    return bytes_of(private_key, sizeof private_key, v, "private_key") &&
           open_capsule(v, private_key);
}

static bool decapsulate_seed(vec *v)
{
    uint8_t public_key[EG_ML_KEM_PUBLIC_BYTES], private_key[EG_ML_KEM_PRIVATE_BYTES];
    if (!make_pair(v, public_key, private_key)) {
        return false;
    }
    expect_bytes(v, "public_key", public_key, sizeof public_key);
    return open_capsule(v, private_key);
}

const vector_op ops_ml_kem[] = {
    {"ml_kem_1024_keypair", keypair},
    {"ml_kem_1024_encapsulate", encapsulate},
    {"ml_kem_1024_decapsulate", decapsulate},
    {"ml_kem_1024_decapsulate_seed", decapsulate_seed},
    {NULL, NULL},
};
