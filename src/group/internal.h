/* What the files of this folder share: Montgomery arithmetic on single numbers, R = 2^4096. */
#ifndef EG_GROUP_INTERNAL_H
#define EG_GROUP_INTERNAL_H

#include "group/kernel.h"

extern const eg_modp eg_mont_one, eg_mont_r2, eg_mont_g;

/* r = a * b / 2^4096 mod p, fully reduced when a and b are. r may be a or b. */
void eg_mont_mul(eg_modp *r, const eg_modp *a, const eg_modp *b);

/* All ones when flag, else zero. */
static inline uint64_t eg_mask(bool flag)
{
    uint64_t bit = flag ? 1 : 0;
    __asm__("" : "+r"(bit)); /* keeps the compiler from turning masks back into branches */
    return (uint64_t)0 - bit;
}

/* Around any run of a kernel's operations. */
static inline uint32_t eg_kernel_enter(const eg_kernel *kernel)
{
    return kernel->enter != NULL ? kernel->enter() : 0;
}

static inline void eg_kernel_leave(const eg_kernel *kernel, uint32_t saved)
{
    if (kernel->leave != NULL) {
        kernel->leave(saved);
    }
}

/* The `bits` (at most 16) bits of exponent from bit w * bits on. Constant-time in the exponent. */
static inline uint32_t eg_digit(const eg_modq *exponent, unsigned w, unsigned bits)
{
    unsigned at = w * bits;
    uint64_t low = exponent->limb[at / 64] >> (at % 64);
    if (at % 64 + bits > 64 && at / 64 + 1 < EG_Q_LIMBS) {
        low |= exponent->limb[at / 64 + 1] << (64 - at % 64);
    }
    return (uint32_t)(low & ((1u << bits) - 1));
}

#endif
