/* What the kernel on 148 limbs of 28 bits works with: R = 2^4144, constants, plain limbs to and
 * from. */
#ifndef EG_GROUP_KERNELS_LIMBS28_H
#define EG_GROUP_KERNELS_LIMBS28_H

#include "group/internal.h"

enum {
    EG_LIMBS_28 = 148,
    EG_ENTRY_WORDS_28 = 80,     /* of 64 bits, in tables: whole cache lines */
    EG_P_FOLDED_LIMBS_28 = 140, /* the last of them zero: rows come in fours */
    EG_FOLDED_AT_28 = 9         /* the limb of p + 1 at which they begin: 9 * 28 = 252 */
};

#define EG_MASK_28 (((uint32_t)1 << 28) - 1)

/* (p + 1) / 2^252. p = -1 mod 2^256, hence -1/p = 1 mod 2^252: a quotient digit of at most nine
 * limbs is the low limbs themselves, and adding digit * p and dropping those limbs is the same as
 * dropping them and adding digit * this nine limbs above their lowest. */
extern const uint32_t eg_p_folded_28[EG_P_FOLDED_LIMBS_28];
extern const eg_modp eg_one_r4144; /* 2^4144 mod p */
extern const eg_modp eg_r2_r4144;  /* 2^8288 mod p */

/* The i-th limb of 28 bits. */
static inline uint32_t eg_limb_28(const eg_modp *a, size_t i)
{
    size_t at = i * 28, word = at / 64, shift = at % 64;
    uint64_t limb = word < EG_P_LIMBS ? a->limb[word] >> shift : 0;
    if (shift > 36 && word + 1 < EG_P_LIMBS) {
        limb |= a->limb[word + 1] << (64 - shift);
    }
    return (uint32_t)limb & EG_MASK_28;
}

/* Limbs of 28 bits of a number below 2 p, to plain limbs, fully reduced. */
static inline void eg_join_28(eg_modp *r, const uint32_t limb[EG_LIMBS_28])
{
    uint64_t value[EG_P_LIMBS] = {0}, difference[EG_P_LIMBS], beyond = 0;
    for (size_t i = 0; i < EG_LIMBS_28; i++) {
        size_t word = i * 28 / 64, shift = i * 28 % 64;
        uint64_t x = limb[i];
        if (word < EG_P_LIMBS) {
            value[word] |= x << shift;
        } else {
            beyond |= x;
        }
        if (shift > 36) {
            if (word + 1 < EG_P_LIMBS) {
                value[word + 1] |= x >> (64 - shift);
            } else {
                beyond |= x >> (64 - shift); /* 2^4096 and above */
            }
        }
    }
    uint64_t below = eg_limbs_sub(difference, value, eg_p_limbs, EG_P_LIMBS);
    eg_limbs_select(r->limb, difference, value, EG_P_LIMBS, eg_mask((below & (beyond == 0)) != 0));
}

#endif
