/* What the kernels on 80 limbs of 52 bits share: R = 2^4160, constants, plain limbs to and from. */
#ifndef EG_GROUP_KERNELS_LIMBS52_H
#define EG_GROUP_KERNELS_LIMBS52_H

#include "group/internal.h"

enum {
    EG_LIMBS_52 = 80,
    EG_TOP_BITS_52 = 4096 - 78 * 52, /* of the last limb but one: 2^4096 is above them */
    EG_P_FOLDED_LIMBS_52 = 75,
    EG_DIGIT_LIMBS_52 = 4
};

#define EG_MASK_52 (((uint64_t)1 << 52) - 1)

/* (p + 1) / 2^208. p = -1 mod 2^256, hence -1/p = 1 mod 2^208: a quotient digit of four limbs is
 * the four low limbs themselves, and adding digit * p and dropping the four limbs is the same as
 * dropping them and adding digit * this. */
extern const uint64_t eg_p_folded_52[EG_P_FOLDED_LIMBS_52];
extern const uint64_t eg_one_52[EG_LIMBS_52]; /* 2^4160 mod p */
extern const uint64_t eg_r2_52[EG_LIMBS_52];  /* 2^8320 mod p */

/* The i-th limb of 52 bits. */
static inline uint64_t eg_limb_52(const eg_modp *a, size_t i)
{
    size_t at = i * 52, word = at / 64, shift = at % 64;
    uint64_t limb = word < EG_P_LIMBS ? a->limb[word] >> shift : 0;
    if (shift > 12 && word + 1 < EG_P_LIMBS) {
        limb |= a->limb[word + 1] << (64 - shift);
    }
    return limb & EG_MASK_52;
}

/* Limbs of 52 bits, `stride` apart, of a number below 2 p, to plain limbs, fully reduced. */
static inline void eg_join_52(eg_modp *r, const uint64_t *limb, size_t stride)
{
    uint64_t value[EG_P_LIMBS] = {0}, difference[EG_P_LIMBS];
    for (size_t i = 0; i < EG_LIMBS_52 && i * 52 / 64 < EG_P_LIMBS; i++) {
        size_t word = i * 52 / 64, shift = i * 52 % 64;
        value[word] |= limb[i * stride] << shift;
        if (shift > 12 && word + 1 < EG_P_LIMBS) {
            value[word + 1] |= limb[i * stride] >> (64 - shift);
        }
    }
    uint64_t beyond = limb[(EG_LIMBS_52 - 2) * stride] >> EG_TOP_BITS_52; /* 2^4096 and above */
    beyond |= limb[(EG_LIMBS_52 - 1) * stride];
    uint64_t below = eg_limbs_sub(difference, value, eg_p_limbs, EG_P_LIMBS);
    eg_limbs_select(r->limb, difference, value, EG_P_LIMBS, eg_mask((below & (beyond == 0)) != 0));
}

/* A window is laid out limb after limb, each of all the numbers there is room for. */
static inline size_t eg_window_room_52(unsigned count)
{
    return count < EG_WINDOW_MIN ? EG_WINDOW_MIN : count;
}

#endif
