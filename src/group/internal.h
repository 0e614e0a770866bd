/* What the files of this folder share: Montgomery arithmetic on single numbers, R = 2^4096, and
 * small steps around the kernels. */
#ifndef EG_GROUP_INTERNAL_H
#define EG_GROUP_INTERNAL_H

#include "group/kernel.h"
#include "group/limbs.h"

enum { EG_P_FOLDED_LIMBS = 60 };

extern const uint64_t eg_p_folded[EG_P_FOLDED_LIMBS];    /* (p + 1) / 2^256 */
extern const eg_modp eg_mont_one, eg_mont_r2, eg_mont_g; /* 1, 2^4096, g in Montgomery form */

/* r = a * b / 2^4096 mod p, fully reduced; a and b below 2^4096. r may be a or b. */
void eg_mont_mul(eg_modp *r, const eg_modp *a, const eg_modp *b);

/* (2^4096)^exponent in Montgomery form: pays for factors that were multiplied in as they are.
 * Variable time in the exponent, a count. */
void eg_mont_power_of_r(eg_modp *r, uint64_t exponent);

/* The kernel for so many independent numbers: a vector kernel for one number alone wastes more than
 * it gains over the scalar one. */
const eg_kernel *eg_kernel_for(size_t numbers);

/* Makes the tables of g for the kernel that is active now. */
void eg_fixed_base_g_renew(void);

/* Adds so many products of whole blocks to what eg_group_products gives. */
void eg_count_products(const eg_kernel *kernel, uint64_t blocks);

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

/* The `bits` (at most 16) bits of exponent from bit `at` (below 256) on. Constant-time in the
 * exponent. */
static inline uint32_t eg_bits_at(const eg_modq *exponent, unsigned at, unsigned bits)
{
    uint64_t low = exponent->limb[at / 64] >> (at % 64);
    if (at % 64 + bits > 64 && at / 64 + 1 < EG_Q_LIMBS) {
        low |= exponent->limb[at / 64 + 1] << (64 - at % 64);
    }
    return (uint32_t)(low & ((1u << bits) - 1));
}

#endif
