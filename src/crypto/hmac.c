#include "crypto/hmac.h"

#include "base/secret.h"

/* The contexts of hash.c, and why they are. OpenSSL's HMAC looks its digest up, allocates and locks
 * for each message: nine tenths of the time that a block of a key stream takes. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

enum { BLOCK_BYTES = SHA256_CBLOCK };

_Static_assert(sizeof(SHA256_CTX) <= sizeof(((eg_hmac_key *)0)->inner),
               "room for the state of SHA-256");

/* Begins a hash with the key's block, each byte combined with pad. */
static void absorb(unsigned char *state, const uint8_t block[BLOCK_BYTES], uint8_t pad)
{
    SHA256_CTX *context = (SHA256_CTX *)(void *)state;
    uint8_t padded[BLOCK_BYTES];
    for (size_t i = 0; i < BLOCK_BYTES; i++) {
        padded[i] = block[i] ^ pad;
    }
    (void)SHA256_Init(context);
    (void)SHA256_Update(context, padded, sizeof padded);
    eg_wipe(padded, sizeof padded);
}

void eg_hmac_key_init(eg_hmac_key *k, eg_bytes key)
{
    uint8_t block[BLOCK_BYTES] = {0};
    if (key.len > sizeof block) {
        (void)SHA256(key.data, key.len, block);
    } else if (key.len > 0) {
        memcpy(block, key.data, key.len);
    }
    absorb(k->inner, block, 0x36);
    absorb(k->outer, block, 0x5c);
    eg_wipe(block, sizeof block);
}

void eg_hmac_of(uint8_t mac[32], const eg_hmac_key *k, const eg_bytes parts[], size_t count)
{
    SHA256_CTX context;
    uint8_t inner[SHA256_DIGEST_LENGTH];
    memcpy(&context, k->inner, sizeof context);
    for (size_t i = 0; i < count; i++) {
        (void)SHA256_Update(&context, parts[i].data, parts[i].len);
    }
    (void)SHA256_Final(inner, &context);
    memcpy(&context, k->outer, sizeof context);
    (void)SHA256_Update(&context, inner, sizeof inner);
    (void)SHA256_Final(mac, &context);
    eg_wipe(inner, sizeof inner);
    eg_wipe(&context, sizeof context);
}
