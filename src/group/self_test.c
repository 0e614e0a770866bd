/* A kernel proves itself before it is used: a CPU, an emulator or a hypervisor that says it can run
 * an instruction and then rounds otherwise would make every number wrong without a word. */
#include "group/internal.h"

#include <string.h>

enum { ROUNDS = 6 };

/* The same numbers in each run; runs of ones and zeros among them, where carries live. */
static void fill(eg_modp number[EG_KERNEL_MAX_LANES], uint64_t seed)
{
    for (unsigned l = 0; l < EG_KERNEL_MAX_LANES; l++) {
        for (unsigned i = 0; i < EG_P_LIMBS; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            number[l].limb[i] = l % 4 == 3 && i % 8 < 4 ? UINT64_MAX : seed ^ seed >> 29;
        }
        number[l].limb[EG_P_LIMBS - 1] >>= 1; /* below p, whose highest limb is all ones */
    }
    memcpy(number[0].limb, eg_p_limbs, sizeof number[0].limb);
    number[0].limb[0] -= 1 + (seed & 1); /* p - 1 or p - 2 */
}

/* r = (a * b)^2 * b and so on, a few times over, in every lane. */
static void compute(eg_modp r[], const eg_kernel *kernel, const eg_modp a[], const eg_modp b[])
{
    const eg_modp *in_a[EG_KERNEL_MAX_LANES], *in_b[EG_KERNEL_MAX_LANES];
    eg_modp *out[EG_KERNEL_MAX_LANES];
    eg_block x, y;
    for (unsigned l = 0; l < kernel->lanes; l++) {
        in_a[l] = &a[l];
        in_b[l] = &b[l];
        out[l] = &r[l];
    }
    uint32_t saved = eg_kernel_enter(kernel);
    kernel->load(&x, in_a);
    kernel->load(&y, in_b);
    for (unsigned round = 0; round < ROUNDS; round++) {
        kernel->mul(&x, &x, &y);
        kernel->sqr(&x, &x);
    }
    kernel->store(out, &x);
    eg_kernel_leave(kernel, saved);
}

bool eg_kernel_computes(const eg_kernel *kernel)
{
    eg_modp a[EG_KERNEL_MAX_LANES], b[EG_KERNEL_MAX_LANES], got[EG_KERNEL_MAX_LANES], want;
    fill(a, 1);
    fill(b, 2);
    compute(got, kernel, a, b);
    for (unsigned l = 0; l < kernel->lanes; l++) {
        compute(&want, &eg_kernel_portable, &a[l], &b[l]);
        if (!eg_modp_equal(&want, &got[l])) {
            return false;
        }
    }
    return true;
}
