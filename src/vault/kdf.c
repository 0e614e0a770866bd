#include "vault/kdf.h"

#include "base/hmac.h"
#include "base/secret.h"

eg_result eg_scrypt(uint8_t out[EG_KEY_BYTES], eg_str password, const uint8_t salt[EG_SALT_BYTES],
                    eg_error *err)
{
    static const eg_scrypt_cost cost = {.n = 65536, .r = 8, .p = 1};
    if (!eg_scrypt_of(out, EG_KEY_BYTES, password, (eg_bytes){salt, EG_SALT_BYTES}, &cost)) {
        return EG_FAIL(err, EG_E_BUSY, NULL, "the service is full; try again in a moment");
    }
    return EG_SUCCESS;
}

void eg_hmac_sha256(uint8_t out[32], const uint8_t key[EG_KEY_BYTES], eg_str text)
{
    eg_hmac_key k;
    const eg_bytes part = {(const uint8_t *)text.data, text.len};
    eg_hmac_key_init(&k, (eg_bytes){key, EG_KEY_BYTES});
    eg_hmac_of(out, &k, &part, 1);
    eg_wipe(&k, sizeof k);
}
