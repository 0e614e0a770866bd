/* Which kernel works: chosen once, by CPU or by name. */
#include "group/internal.h"

#include <stdatomic.h>
#include <string.h>

const eg_kernel *const eg_kernels[] = {
#if defined(__x86_64__)
    &eg_kernel_ifma,
    &eg_kernel_fma,
    &eg_kernel_adx,
#endif
#if defined(EG_SIMD128) && defined(__wasm_simd128__)
    &eg_kernel_simd128,
#endif
    &eg_kernel_portable,
#if defined(EG_SIMD128) && !defined(__wasm_simd128__)
    &eg_kernel_simd128, /* taken by name alone */
#endif
    NULL,
};

/* One that was not built in. */
static const eg_kernel *offered;

/* Written by eg_group_init before there are threads, or by whoever comes first: all write the same.
 */
static _Atomic(const eg_kernel *) active, scalar;

/* The portable kernel is what the others are held against. */
static bool works(const eg_kernel *kernel)
{
    return kernel == &eg_kernel_portable || (kernel->is_supported() && eg_kernel_computes(kernel));
}

static const eg_kernel *best(bool one_lane)
{
    if (offered != NULL && (!one_lane || offered->lanes == 1) && works(offered)) {
        return offered;
    }
    for (size_t i = 0; eg_kernels[i] != NULL; i++) {
        if ((!one_lane || eg_kernels[i]->lanes == 1) && works(eg_kernels[i])) {
            return eg_kernels[i];
        }
    }
    return &eg_kernel_portable;
}

static void choose(const eg_kernel *kernel)
{
    /* a one-lane kernel asked for by name does all the work: tests and benchmarks rely on it */
    atomic_store_explicit(&scalar, kernel->lanes == 1 ? kernel : best(true), memory_order_release);
    atomic_store_explicit(&active, kernel, memory_order_release);
}

const eg_kernel *eg_kernel_active(void)
{
    const eg_kernel *kernel = atomic_load_explicit(&active, memory_order_acquire);
    if (kernel == NULL) {
        kernel = best(false);
        choose(kernel);
    }
    return kernel;
}

const eg_kernel *eg_kernel_scalar(void)
{
    (void)eg_kernel_active();
    return atomic_load_explicit(&scalar, memory_order_acquire);
}

const eg_kernel *eg_kernel_for(size_t numbers)
{
    return numbers == 1 ? eg_kernel_scalar() : eg_kernel_active();
}

const char *eg_group_kernel_name(void)
{
    return eg_kernel_active()->name;
}

void eg_kernel_offer(const eg_kernel *kernel)
{
    offered = kernel;
}

const eg_kernel *eg_kernel_by_name(const char *name)
{
    for (size_t i = 0; eg_kernels[i] != NULL; i++) {
        if (strcmp(eg_kernels[i]->name, name) == 0 && eg_kernels[i]->is_supported()) {
            return eg_kernels[i];
        }
    }
    return NULL;
}

void eg_kernel_use(const eg_kernel *kernel)
{
    choose(kernel);
    eg_fixed_base_g_renew();
}

bool eg_group_init(const char *kernel_name)
{
    const eg_kernel *kernel = kernel_name == NULL ? best(false) : eg_kernel_by_name(kernel_name);
    if (kernel == NULL || !works(kernel)) {
        return false;
    }
    eg_kernel_use(kernel);
    return true;
}
