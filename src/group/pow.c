/* Powers of any base: fixed windows of four bits from the top. Four, because 14 products for the
 * table and 63 for the windows are fewer than the 30 and 51 of five bits. */
#include "group/internal.h"

#include "base/secret.h"

enum { BITS = 4, DIGITS = 1 << BITS, WINDOWS = 256 / BITS };

/* Jobs of one block; spare lanes repeat the first and store nowhere. */
typedef struct lanes {
    const eg_kernel *kernel;
    const eg_pow *jobs;
    unsigned count;
} lanes;

static const eg_pow *job_of(const lanes *in, unsigned lane)
{
    return &in->jobs[lane < in->count ? lane : 0];
}

static void load(eg_block *r, const lanes *in)
{
    const eg_modp *base[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < in->kernel->lanes; l++) {
        base[l] = job_of(in, l)->base;
    }
    in->kernel->load(r, base);
}

static void store(const lanes *in, const eg_block *value)
{
    eg_modp *out[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < in->kernel->lanes; l++) {
        out[l] = l < in->count ? in->jobs[l].out : NULL;
    }
    in->kernel->store(out, value);
}

static void square_times(eg_block *x, const eg_kernel *kernel, unsigned times)
{
    for (unsigned s = 0; s < times; s++) {
        kernel->sqr(x, x);
    }
}

/* ---- secret exponents ------------------------------------------------------------------------ */

/* power[d] = base^d, lane by lane */
static void fill_powers(eg_block power[DIGITS], const lanes *in)
{
    in->kernel->one(&power[0]);
    load(&power[1], in);
    for (unsigned d = 2; d < DIGITS; d++) {
        if (d % 2 == 0) {
            in->kernel->sqr(&power[d], &power[d / 2]);
        } else {
            in->kernel->mul(&power[d], &power[d - 1], &power[1]);
        }
    }
}

static void run_secret(const lanes *in)
{
    const eg_kernel *kernel = in->kernel;
    eg_block power[DIGITS], result, factor;
    uint32_t digit[EG_KERNEL_MAX_LANES];
    eg_count_products(kernel, DIGITS - 2 + (WINDOWS - 1) * (BITS + 1));
    fill_powers(power, in);
    for (unsigned w = WINDOWS; w-- > 0;) {
        for (unsigned l = 0; l < kernel->lanes; l++) {
            digit[l] = eg_bits_at(job_of(in, l)->exponent, w * BITS, BITS);
        }
        if (w == WINDOWS - 1) {
            kernel->select_blocks(&result, power, DIGITS, digit);
            continue;
        }
        square_times(&result, kernel, BITS);
        kernel->select_blocks(&factor, power, DIGITS, digit);
        kernel->mul(&result, &result, &factor);
    }
    store(in, &result);
    eg_wipe(power, sizeof power);
    eg_wipe(&result, sizeof result);
    eg_wipe(&factor, sizeof factor);
    eg_wipe(digit, sizeof digit);
}

/* ---- public exponents ------------------------------------------------------------------------ */

typedef struct entry {
    _Alignas(64) uint64_t word[EG_KERNEL_ENTRY_WORDS_MAX];
} entry;

/* power[l][d] = base of lane l ^ d */
static void fill_entries(entry power[][DIGITS], const lanes *in)
{
    eg_block base, x;
    load(&base, in);
    in->kernel->one(&x);
    for (unsigned d = 0; d < DIGITS; d++) {
        uint64_t *to[EG_KERNEL_MAX_LANES];
        for (unsigned l = 0; l < in->kernel->lanes; l++) {
            to[l] = power[l][d].word;
        }
        in->kernel->to_entries(to, &x);
        in->kernel->mul(&x, &x, &base);
    }
}

/* Windows that the longest exponent of the block needs, at least one. */
static unsigned windows_needed(const lanes *in)
{
    unsigned windows = WINDOWS;
    for (; windows > 1; windows--) {
        for (unsigned l = 0; l < in->count; l++) {
            if (eg_bits_at(in->jobs[l].exponent, (windows - 1) * BITS, BITS) != 0) {
                return windows;
            }
        }
    }
    return windows;
}

static void run_public(const lanes *in)
{
    const eg_kernel *kernel = in->kernel;
    entry power[EG_KERNEL_MAX_LANES][DIGITS];
    eg_block result, factor;
    unsigned windows = windows_needed(in);
    eg_count_products(kernel, DIGITS + (windows - 1) * (BITS + 1));
    fill_entries(power, in);
    for (unsigned w = windows; w-- > 0;) {
        const uint64_t *from[EG_KERNEL_MAX_LANES];
        for (unsigned l = 0; l < kernel->lanes; l++) {
            from[l] = power[l][eg_bits_at(job_of(in, l)->exponent, w * BITS, BITS)].word;
        }
        if (w == windows - 1) {
            kernel->from_entries_vartime(&result, from);
            continue;
        }
        square_times(&result, kernel, BITS);
        kernel->from_entries_vartime(&factor, from);
        kernel->mul(&result, &result, &factor);
    }
    store(in, &result);
}

/* ---- batches --------------------------------------------------------------------------------- */

static void run_all(const eg_pow *jobs, size_t n, void (*run)(const lanes *in))
{
    for (size_t i = 0; i < n;) {
        const eg_kernel *kernel = eg_kernel_for(n - i);
        lanes in = {.kernel = kernel, .jobs = jobs + i, .count = kernel->lanes};
        if (n - i < kernel->lanes) {
            in.count = (unsigned)(n - i);
        }
        uint32_t saved = eg_kernel_enter(kernel);
        run(&in);
        eg_kernel_leave(kernel, saved);
        i += in.count;
    }
}

void eg_pow_batch(const eg_pow *jobs, size_t n)
{
    run_all(jobs, n, run_secret);
}

void eg_pow_batch_vartime(const eg_pow *jobs, size_t n)
{
    run_all(jobs, n, run_public);
}
