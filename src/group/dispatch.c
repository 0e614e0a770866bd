/* Which kernel works: chosen once, by CPU or by name. */
#include "group/internal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

const eg_kernel *const eg_kernels[] = {&eg_kernel_portable, NULL};

static _Atomic(const eg_kernel *) active;

static const eg_kernel *best(bool scalar)
{
    for (size_t i = 0; eg_kernels[i] != NULL; i++) {
        if ((!scalar || eg_kernels[i]->lanes == 1) && eg_kernels[i]->is_supported()) {
            return eg_kernels[i];
        }
    }
    return &eg_kernel_portable;
}

const eg_kernel *eg_kernel_active(void)
{
    const eg_kernel *kernel = atomic_load_explicit(&active, memory_order_acquire);
    if (kernel == NULL) {
        kernel = best(false);
        atomic_store_explicit(&active, kernel, memory_order_release);
    }
    return kernel;
}

const eg_kernel *eg_kernel_scalar(void)
{
    const eg_kernel *kernel = eg_kernel_active();
    return kernel->lanes == 1 ? kernel : best(true);
}

const char *eg_group_kernel_name(void)
{
    return eg_kernel_active()->name;
}

bool eg_group_init(const char *kernel_name)
{
    const eg_kernel *chosen = kernel_name == NULL ? best(false) : NULL;
    for (size_t i = 0; chosen == NULL && eg_kernels[i] != NULL; i++) {
        if (strcmp(eg_kernels[i]->name, kernel_name) == 0 && eg_kernels[i]->is_supported()) {
            chosen = eg_kernels[i];
        }
    }
    if (chosen == NULL) {
        return false;
    }
    atomic_store_explicit(&active, chosen, memory_order_release);
    return eg_fixed_base_g() != NULL;
}
