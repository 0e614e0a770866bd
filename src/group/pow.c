/* Powers of any base: fixed windows from the top, a table of 2^5 powers for each lane. */
#include "group/internal.h"

#include "base/secret.h"

enum { BITS = 5, DIGITS = 1 << BITS, WINDOWS = (256 + BITS - 1) / BITS };

/* block l of `powers` is base^l, lane by lane */
static void fill_powers(eg_block powers[DIGITS], const eg_kernel *kernel,
                        const eg_modp *const base[])
{
    kernel->one(&powers[0]);
    kernel->load(&powers[1], base);
    for (unsigned d = 2; d < DIGITS; d++) {
        if (d % 2 == 0) {
            kernel->sqr(&powers[d], &powers[d / 2]);
        } else {
            kernel->mul(&powers[d], &powers[d - 1], &powers[1]);
        }
    }
}

static void gather(eg_block *r, const eg_kernel *kernel, const eg_block powers[DIGITS],
                   const uint32_t digit[], bool secret)
{
    /* Lanes of a block are interleaved, so picking by address per lane is no cheaper than the scan
     * unless all lanes share one digit, as they do when one exponent meets many bases. */
    bool same = !secret;
    for (unsigned l = 1; l < kernel->lanes && same; l++) {
        same = digit[l] == digit[0];
    }
    if (same) {
        *r = powers[digit[0]];
    } else {
        kernel->select_blocks(r, powers, DIGITS, digit);
    }
}

static void run_lanes(const eg_pow *jobs, unsigned count, bool secret)
{
    const eg_kernel *kernel = eg_kernel_active();
    eg_block powers[DIGITS];
    eg_block result, factor;
    const eg_modp *base[EG_KERNEL_MAX_LANES];
    eg_modp *out[EG_KERNEL_MAX_LANES];
    uint32_t digit[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < kernel->lanes; l++) {
        base[l] = jobs[l < count ? l : 0].base;
        out[l] = l < count ? jobs[l].out : NULL;
    }
    fill_powers(powers, kernel, base);
    for (unsigned i = 0; i < WINDOWS; i++) {
        unsigned w = WINDOWS - 1 - i;
        for (unsigned l = 0; l < kernel->lanes; l++) {
            digit[l] = eg_digit(jobs[l < count ? l : 0].exponent, w, BITS);
        }
        if (i == 0) {
            gather(&result, kernel, powers, digit, secret);
            continue;
        }
        for (unsigned s = 0; s < BITS; s++) {
            kernel->sqr(&result, &result);
        }
        gather(&factor, kernel, powers, digit, secret);
        kernel->mul(&result, &result, &factor);
    }
    kernel->store(out, &result);
    if (secret) {
        eg_wipe(powers, sizeof powers);
        eg_wipe(&factor, sizeof factor);
        eg_wipe(digit, sizeof digit);
    }
}

static void run_all(const eg_pow *jobs, size_t n, bool secret)
{
    const eg_kernel *kernel = eg_kernel_active();
    uint32_t saved = eg_kernel_enter(kernel);
    for (size_t i = 0; i < n; i += kernel->lanes) {
        run_lanes(jobs + i, (unsigned)(n - i < kernel->lanes ? n - i : kernel->lanes), secret);
    }
    eg_kernel_leave(kernel, saved);
}

void eg_pow_batch(const eg_pow *jobs, size_t n)
{
    run_all(jobs, n, true);
}

void eg_pow_batch_vartime(const eg_pow *jobs, size_t n)
{
    run_all(jobs, n, false);
}
