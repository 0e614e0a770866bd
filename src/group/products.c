/* Independent products of plain numbers: a kernel's lanes side by side. */
#include "group/internal.h"

#include "base/secret.h"

/* Jobs of one block; spare lanes repeat the first and store nowhere. */
static void run(const eg_kernel *kernel, const eg_modp_pair jobs[], size_t n)
{
    const eg_modp *a[EG_KERNEL_MAX_LANES], *b[EG_KERNEL_MAX_LANES];
    eg_modp *out[EG_KERNEL_MAX_LANES];
    for (size_t l = 0; l < kernel->lanes; l++) {
        const eg_modp_pair *job = &jobs[l < n ? l : 0];
        a[l] = job->a;
        b[l] = job->b;
        out[l] = l < n ? job->out : NULL;
    }
    eg_block x, y;
    eg_count_products(kernel, 1);
    kernel->load(&x, a);
    kernel->take(&y, b);
    kernel->mul(&y, &x, &y);
    kernel->give(out, &y);
    eg_wipe(x.word, sizeof x.word);
}

void eg_modp_mul_batch(const eg_modp_pair jobs[], size_t n)
{
    const eg_kernel *kernel = eg_kernel_active();
    const size_t lanes = kernel->lanes;
    if (lanes > 1) {
        uint32_t saved = eg_kernel_enter(kernel);
        while (n > 1) {
            size_t together = n < lanes ? n : lanes;
            run(kernel, jobs, together);
            jobs += together;
            n -= together;
        }
        eg_kernel_leave(kernel, saved);
    }
    for (; n > 0; n--, jobs++) { /* one alone is quicker by itself */
        eg_modp_mul(jobs->out, jobs->a, jobs->b);
    }
}
