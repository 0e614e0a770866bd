/* Products of either kernel of WebAssembly, for bench/bench_module.mjs, which has the clock. */
#include "group/kernel.h"

#define EG_EXPORT(name) __attribute__((export_name(#name)))

enum { LANES = EG_KERNEL_MAX_LANES };

static const eg_kernel *kernel_of(uint32_t is_simd)
{
    return is_simd != 0 ? &eg_kernel_simd128 : &eg_kernel_portable;
}

/* How many numbers one product is of. */
EG_EXPORT(lanes) uint32_t bench_lanes(uint32_t is_simd);
uint32_t bench_lanes(uint32_t is_simd)
{
    return kernel_of(is_simd)->lanes;
}

/* So many products, each of the one before; a digit of the result, so that they are computed. */
EG_EXPORT(products) uint32_t bench_products(uint32_t is_simd, uint32_t count);
uint32_t bench_products(uint32_t is_simd, uint32_t count)
{
    static eg_block a, b;
    const eg_kernel *kernel = kernel_of(is_simd);
    const eg_modp *in[LANES];
    eg_modp result[LANES];
    eg_modp *out[LANES];
    for (unsigned i = 0; i < LANES; i++) {
        in[i] = &eg_modp_g;
        out[i] = &result[i];
    }
    kernel->load(&a, in);
    b = a;
    for (uint32_t i = 0; i < count; i++) {
        kernel->mul(&a, &a, &b);
    }
    kernel->store(out, &a);
    return (uint32_t)result[0].limb[0];
}
