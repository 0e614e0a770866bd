#include "crypto/elgamal.h"

#include "base/secret.h"
#include "crypto/secret_numbers.h"
#include "group/group.h"

/* Constant-time. The answer is public: a number that is too small is drawn again. */
static bool is_below(const eg_modq *x, uint64_t minimum)
{
    uint64_t high = x->limb[1] | x->limb[2] | x->limb[3];
    unsigned borrow = (unsigned)(((unsigned __int128)x->limb[0] - minimum) >> 127);
    uint64_t high_is_set = (high | (0 - high)) >> 63;
    bool below = (borrow & ~(unsigned)high_is_set & 1u) != 0;
    eg_declassify(&below, sizeof below);
    return below;
}

eg_result eg_random_q(eg_modq *out, const eg_rng *rng, uint64_t minimum, eg_error *err)
{
    enum {
        TRIES = 128
    }; /* each fails with probability below 2^-247: only a broken generator gets here */
    uint8_t bytes[EG_Q_BYTES];
    for (int i = 0; i < TRIES; i++) {
        EG_TRY(eg_rng_fill(rng, bytes, sizeof bytes, err));
        bool good = eg_modq_from_secret_bytes(out, bytes);
        eg_wipe(bytes, sizeof bytes);
        if (good && !is_below(out, minimum)) {
            return EG_SUCCESS;
        }
    }
    eg_wipe(out, sizeof *out);
    return EG_FAIL(err, EG_E_INTERNAL, NULL, "the random generator yields no usable value");
}

void eg_public_key(eg_modp *out, const eg_modq *secret)
{
    eg_fixed_pow job = {eg_fixed_base_g(), secret, out};
    eg_fixed_pow_batch(&job, 1);
}

void eg_elgamal_encrypt(eg_ciphertext *out, bool message, const eg_modq *nonce,
                        const eg_fixed_base *key)
{
    eg_modp key_power;
    eg_fixed_pow jobs[] = {{eg_fixed_base_g(), nonce, &out->pad}, {key, nonce, &key_power}};
    eg_fixed_pow_batch(jobs, 2);
    eg_modp_mul_g_if(&out->data, &key_power, message);
    eg_wipe(&key_power, sizeof key_power);
}

void eg_elgamal_encrypt_u64_vartime(eg_ciphertext *out, uint64_t message, const eg_modq *nonce,
                                    const eg_fixed_base *key)
{
    eg_modq exponent = eg_modq_from_u64(message);
    eg_modp key_power, message_power;
    eg_fixed_pow jobs[] = {{eg_fixed_base_g(), nonce, &out->pad},
                           {key, nonce, &key_power},
                           {eg_fixed_base_g(), &exponent, &message_power}};
    eg_fixed_pow_batch(jobs, 3);
    eg_modp_mul(&out->data, &key_power, &message_power);
    eg_wipe(&key_power, sizeof key_power);
}

void eg_ciphertext_hash(eg_modq *out, const eg_ciphertext *c)
{
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_p(&h, &c->pad);
    eg_hash_p(&h, &c->data);
    eg_hash_final(out, &h);
}

void eg_ciphertext_add(eg_ciphertext *r, const eg_ciphertext *a, const eg_ciphertext *b)
{
    eg_modp_mul(&r->pad, &a->pad, &b->pad);
    eg_modp_mul(&r->data, &a->data, &b->data);
}
