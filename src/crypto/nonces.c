#include "crypto/nonces.h"

void eg_nonces_init(eg_nonces *n, const eg_modq *seed)
{
    n->base = *seed;
}

void eg_nonces_init_str(eg_nonces *n, const eg_modq *seed, eg_str header)
{
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_q(&h, seed);
    eg_hash_str(&h, header);
    eg_hash_final(&n->base, &h);
}

void eg_nonces_init_q(eg_nonces *n, const eg_modq *seed, const eg_modq *header)
{
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_q(&h, seed);
    eg_hash_q(&h, header);
    eg_hash_final(&n->base, &h);
}

void eg_nonces_item(eg_modq *out, const eg_nonces *n, uint64_t index)
{
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_q(&h, &n->base);
    eg_hash_int(&h, (int64_t)index);
    eg_hash_final(out, &h);
}
