/* Nonce sequences. Source: docs/crypto.md 4. */
#ifndef EG_CRYPTO_NONCES_H
#define EG_CRYPTO_NONCES_H

#include "crypto/hash.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

typedef struct eg_nonces {
    eg_modq base; /* secret */
} eg_nonces;

void eg_nonces_init(eg_nonces *n, const eg_modq *seed); /* no headers */
void eg_nonces_init_str(eg_nonces *n, const eg_modq *seed, eg_str header);
void eg_nonces_init_q(eg_nonces *n, const eg_modq *seed, const eg_modq *header);
void eg_nonces_item(eg_modq *out, const eg_nonces *n, uint64_t index);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
