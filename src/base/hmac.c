#include "base/hmac.h"

#include "base/secret.h"

/* OpenSSL's HMAC looks its digest up, allocates and locks for each message: nine tenths of the time
 * that a block of a key stream takes. */
enum { BLOCK_BYTES = EG_SHA256_BLOCK_BYTES };

/* Begins a hash with the key's block, each byte combined with pad. */
static void absorb(eg_sha256 *hash, const uint8_t block[BLOCK_BYTES], uint8_t pad)
{
    uint8_t padded[BLOCK_BYTES];
    for (size_t i = 0; i < BLOCK_BYTES; i++) {
        padded[i] = block[i] ^ pad;
    }
    eg_sha256_init(hash);
    eg_sha256_update(hash, padded, sizeof padded);
    eg_wipe(padded, sizeof padded);
}

void eg_hmac_key_init(eg_hmac_key *k, eg_bytes key)
{
    uint8_t block[BLOCK_BYTES] = {0};
    if (key.len > sizeof block) {
        eg_sha256_of(block, key.data, key.len);
    } else if (key.len > 0) {
        memcpy(block, key.data, key.len);
    }
    absorb(&k->inner, block, 0x36);
    absorb(&k->outer, block, 0x5c);
    eg_wipe(block, sizeof block);
}

void eg_hmac_of(uint8_t mac[32], const eg_hmac_key *k, const eg_bytes parts[], size_t count)
{
    uint8_t inner[EG_SHA256_BYTES];
    eg_sha256 hash = k->inner;
    for (size_t i = 0; i < count; i++) {
        eg_sha256_update(&hash, parts[i].data, parts[i].len);
    }
    eg_sha256_final(inner, &hash);
    hash = k->outer;
    eg_sha256_update(&hash, inner, sizeof inner);
    eg_sha256_final(mac, &hash);
    eg_wipe(inner, sizeof inner);
}
