#include "vault/kdf.h"

#include "base/hmac.h"
#include "base/secret.h"

void eg_hmac_sha256(uint8_t out[32], const uint8_t key[EG_KEY_BYTES], eg_str text)
{
    eg_hmac_key k;
    const eg_bytes part = {(const uint8_t *)text.data, text.len};
    eg_hmac_key_init(&k, (eg_bytes){key, EG_KEY_BYTES});
    eg_hmac_of(out, &k, &part, 1);
    eg_wipe(&k, sizeof k);
}
