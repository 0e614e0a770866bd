/* A kernel at a time, a number in each of its lanes. */
#ifndef EG_TESTS_LANES_H
#define EG_TESTS_LANES_H

#include "unit/group/gmp_oracle.h"

static const eg_kernel *kernel; /* the one that for_all is at */

static inline uint32_t enter(void)
{
    return kernel->enter != NULL ? kernel->enter() : 0;
}

static inline void leave(uint32_t saved)
{
    if (kernel->leave != NULL) {
        kernel->leave(saved);
    }
}

/* Pointers to the numbers of all lanes. */
static inline void point_to(const eg_modp *in[EG_KERNEL_MAX_LANES], const eg_modp plain[])
{
    for (unsigned l = 0; l < kernel->lanes; l++) {
        in[l] = &plain[l];
    }
}

static inline void load(eg_block *r, const eg_modp plain[])
{
    const eg_modp *in[EG_KERNEL_MAX_LANES];
    point_to(in, plain);
    kernel->load(r, in);
}

static inline void take(eg_block *r, const eg_modp plain[])
{
    const eg_modp *in[EG_KERNEL_MAX_LANES];
    point_to(in, plain);
    kernel->take(r, in);
}

/* got is in the kernel's form, or plain: wiped then. */
static inline void assert_lanes_of(eg_block *got, bool is_plain, const eg_modp want[])
{
    eg_modp value[EG_KERNEL_MAX_LANES];
    eg_modp *out[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < kernel->lanes; l++) {
        out[l] = &value[l];
    }
    if (is_plain) {
        kernel->give(out, got);
    } else {
        kernel->store(out, got);
    }
    for (unsigned l = 0; l < kernel->lanes; l++) {
        assert_modp_equal(&value[l], &want[l]);
    }
}

static inline void assert_lanes(eg_block *got, const eg_modp want[])
{
    assert_lanes_of(got, false, want);
}

static inline void assert_given(eg_block *got, const eg_modp want[])
{
    assert_lanes_of(got, true, want);
}

static inline void for_all(void (*check)(void))
{
    for (size_t i = 0; eg_kernels[i] != NULL; i++) {
        kernel = eg_kernels[i];
        assert_true(kernel->lanes >= 1 && kernel->lanes <= EG_KERNEL_MAX_LANES);
        assert_true(kernel->entry_words <= EG_KERNEL_ENTRY_WORDS_MAX);
        assert_int_equal(kernel->entry_words % 8, 0);
        if (kernel->is_supported()) {
            print_message("kernel %s\n", kernel->name);
            uint32_t saved = enter();
            check();
            leave(saved);
        } else {
            print_message("kernel %s: not for this CPU\n", kernel->name);
        }
    }
}

#endif
