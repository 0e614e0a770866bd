/* HMAC-SHA-256, one key for several messages. */
#ifndef EG_BASE_HMAC_H
#define EG_BASE_HMAC_H

#include "base/sha256.h"

/* SHA-256 after the block of the inner and of the outer key. Secret; on the stack. */
typedef struct eg_hmac_key {
    eg_sha256 inner, outer;
} eg_hmac_key;

/* A key of any length. Whoever made it wipes it. */
void eg_hmac_key_init(eg_hmac_key *k, eg_bytes key);

/* Of the parts one after the other. */
void eg_hmac_of(uint8_t mac[32], const eg_hmac_key *k, const eg_bytes parts[], size_t count);

#endif
