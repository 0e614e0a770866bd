/* Several powers of one public base and its membership from one chain of squarings.
 *
 * Right to left: after w * i squarings the chain holds x^(2^(w i)); for each exponent it is
 * multiplied into the bucket of the exponent's digit at window i. In the end the power is the
 * product of bucket[d]^d, taken by running products. The chain's end, x^(2^256), equals x^189
 * exactly when x^q = 1, since q = 2^256 - 189. */
#include "group/internal.h"

enum { BITS = 4, DIGITS = 1 << BITS, WINDOWS = 256 / BITS, FOLD = 189 };

/* One number in a kernel's table form. */
typedef struct entry {
    _Alignas(64) uint64_t word[EG_KERNEL_ENTRY_WORDS_MAX];
} entry;

/* Buckets stand lane by lane, so that each lane reaches its own by address. */
typedef struct buckets {
    entry of[EG_KERNEL_MAX_LANES][DIGITS];
} buckets;

static void clear_buckets(buckets *b, const eg_kernel *kernel)
{
    eg_block one;
    kernel->one(&one);
    for (unsigned d = 0; d < DIGITS; d++) {
        uint64_t *to[EG_KERNEL_MAX_LANES];
        for (unsigned l = 0; l < kernel->lanes; l++) {
            to[l] = b->of[l][d].word;
        }
        kernel->to_entries(to, &one);
    }
}

static void multiply_in(buckets *b, const eg_kernel *kernel, const uint32_t digit[],
                        const eg_block *power)
{
    const uint64_t *from[EG_KERNEL_MAX_LANES];
    uint64_t *to[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < kernel->lanes; l++) {
        to[l] = b->of[l][digit[l]].word;
        from[l] = to[l];
    }
    eg_block product;
    kernel->from_entries_vartime(&product, from);
    kernel->mul(&product, &product, power);
    kernel->to_entries(to, &product);
}

/* product of bucket[d]^d: running = b15, total = b15; running *= b14, total *= running; ... */
static void sum_up(eg_block *total, const buckets *b, const eg_kernel *kernel)
{
    eg_block running, next;
    for (unsigned d = DIGITS - 1; d >= 1; d--) {
        const uint64_t *from[EG_KERNEL_MAX_LANES];
        for (unsigned l = 0; l < kernel->lanes; l++) {
            from[l] = b->of[l][d].word;
        }
        kernel->from_entries_vartime(&next, from);
        if (d == DIGITS - 1) {
            running = next;
            *total = next;
        } else {
            kernel->mul(&running, &running, &next);
            kernel->mul(total, total, &running);
        }
    }
}

/* x^189 = x^(128 + 32 + 16 + 8 + 4 + 1): multiplied in as the chain passes those powers */
static void fold_in(eg_block *folded, const eg_kernel *kernel, const eg_block *power, unsigned bit)
{
    if (bit == 0) {
        *folded = *power;
    } else if (bit < 8 && (FOLD >> bit & 1) != 0) {
        kernel->mul(folded, folded, power);
    }
}

static void store_powers(eg_chain *jobs, unsigned count, unsigned e, const eg_kernel *kernel,
                         const eg_block *value)
{
    eg_modp *out[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < kernel->lanes; l++) {
        out[l] = l < count && e < jobs[l].exponent_count ? jobs[l].powers[e] : NULL;
    }
    kernel->store(out, value);
}

static void judge_membership(eg_chain *jobs, unsigned count, const eg_kernel *kernel,
                             const eg_block *end, const eg_block *folded)
{
    eg_modp end_value[EG_KERNEL_MAX_LANES], folded_value[EG_KERNEL_MAX_LANES];
    eg_modp *out[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < kernel->lanes; l++) {
        out[l] = &end_value[l];
    }
    kernel->store(out, end);
    for (unsigned l = 0; l < kernel->lanes; l++) {
        out[l] = &folded_value[l];
    }
    kernel->store(out, folded);
    for (unsigned l = 0; l < count; l++) {
        jobs[l].is_residue =
            !eg_modp_is_zero(jobs[l].base) && eg_modp_equal(&end_value[l], &folded_value[l]);
    }
}

static unsigned most_exponents(const eg_chain *jobs, unsigned count)
{
    size_t most = 0;
    for (unsigned l = 0; l < count; l++) {
        most = jobs[l].exponent_count > most ? jobs[l].exponent_count : most;
    }
    return (unsigned)most;
}

static void run_lanes(eg_chain *jobs, unsigned count, const eg_kernel *kernel)
{
    buckets bucket[EG_CHAIN_EXPONENTS];
    eg_block power, folded, total;
    const eg_modp *base[EG_KERNEL_MAX_LANES];
    unsigned exponents = most_exponents(jobs, count);
    eg_count_products(kernel, 256 + 5 + exponents * (WINDOWS + 2 * (DIGITS - 2)));
    for (unsigned l = 0; l < kernel->lanes; l++) {
        base[l] = jobs[l < count ? l : 0].base;
    }
    for (unsigned e = 0; e < exponents; e++) {
        clear_buckets(&bucket[e], kernel);
    }
    kernel->load(&power, base);
    for (unsigned bit = 0; bit < 256; bit++) {
        fold_in(&folded, kernel, &power, bit);
        for (unsigned e = 0; bit % BITS == 0 && e < exponents; e++) {
            uint32_t digit[EG_KERNEL_MAX_LANES];
            for (unsigned l = 0; l < kernel->lanes; l++) {
                const eg_chain *job = &jobs[l < count ? l : 0];
                digit[l] = e < job->exponent_count ? eg_bits_at(job->exponents[e], bit, BITS) : 0;
            }
            multiply_in(&bucket[e], kernel, digit, &power);
        }
        kernel->sqr(&power, &power);
    }
    judge_membership(jobs, count, kernel, &power, &folded);
    for (unsigned e = 0; e < exponents; e++) {
        sum_up(&total, &bucket[e], kernel);
        store_powers(jobs, count, e, kernel, &total);
    }
}

void eg_chain_batch_vartime(eg_chain *jobs, size_t n)
{
    for (size_t i = 0; i < n;) {
        const eg_kernel *kernel = eg_kernel_for(n - i);
        unsigned count = n - i < kernel->lanes ? (unsigned)(n - i) : kernel->lanes;
        uint32_t saved = eg_kernel_enter(kernel);
        run_lanes(jobs + i, count, kernel);
        eg_kernel_leave(kernel, saved);
        i += count;
    }
}

bool eg_modp_is_residue_vartime(const eg_modp *x)
{
    eg_chain job = {.base = x};
    eg_chain_batch_vartime(&job, 1);
    return job.is_residue;
}
