#include "crypto/challenge.h"

void eg_challenge(eg_modq *out, const eg_modq *extended_base_hash, const eg_ciphertext *c,
                  const eg_modp *const elements[], size_t count)
{
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_q(&h, extended_base_hash);
    eg_hash_p(&h, &c->pad);
    eg_hash_p(&h, &c->data);
    for (size_t i = 0; i < count; i++) {
        eg_hash_p(&h, elements[i]);
    }
    eg_hash_final(out, &h);
}

void eg_schnorr_challenge(eg_modq *out, const eg_modp *public_key, const eg_modp *commitment)
{
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_p(&h, public_key);
    eg_hash_p(&h, commitment);
    eg_hash_final(out, &h);
}
