/* Powers of bases with tables: one product for each window of the exponent, no squaring.
 *
 * Secret exponents: for each digit the whole window of the narrow table is read, the same for every
 * lane, so the lanes of a block share one base. Public exponents: lanes pick their entries by
 * address, each from its own base's wide table. */
#include "group/fixed_base.h"

#include "base/secret.h"

#include <string.h>

enum { GROUP_JOBS = 1024 };

static void store_lanes(const eg_fixed_pow *const jobs[], unsigned count, const eg_kernel *kernel,
                        const eg_block *value)
{
    eg_modp *out[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < kernel->lanes; l++) {
        out[l] = l < count ? jobs[l]->out : NULL;
    }
    kernel->store(out, value);
}

/* ---- secret exponents ------------------------------------------------------------------------ */

/* Up to `lanes` jobs of one base; spare lanes have exponent 0. */
static void run_secret(const eg_fixed_pow *const jobs[], unsigned count)
{
    const eg_kernel *kernel = jobs[0]->base->kernel;
    const eg_table *table = &jobs[0]->base->narrow;
    eg_block result, factor;
    uint32_t digit[EG_KERNEL_MAX_LANES] = {0};
    for (unsigned w = 0; w < table->windows; w++) {
        unsigned bits = eg_table_window_bits(table, w);
        for (unsigned l = 0; l < count; l++) {
            digit[l] = eg_bits_at(jobs[l]->exponent, w * table->bits, bits);
        }
        kernel->select(w == 0 ? &result : &factor, eg_table_entry(table, kernel, w, 0), 1u << bits,
                       digit);
        if (w > 0) {
            kernel->mul(&result, &result, &factor);
        }
    }
    store_lanes(jobs, count, kernel, &result);
    eg_wipe(&result, sizeof result);
    eg_wipe(&factor, sizeof factor);
    eg_wipe(digit, sizeof digit);
}

/* Runs all jobs from the i-th on that have its base, in blocks. */
static void run_base(const eg_fixed_pow *jobs, size_t n, size_t i, bool done[GROUP_JOBS])
{
    const eg_fixed_base *base = jobs[i].base;
    const eg_fixed_pow *lane[EG_KERNEL_MAX_LANES];
    unsigned filled = 0;
    for (; i < n; i++) {
        if (done[i] || jobs[i].base != base) {
            continue;
        }
        done[i] = true;
        lane[filled++] = &jobs[i];
        if (filled == base->kernel->lanes) {
            run_secret(lane, filled);
            filled = 0;
        }
    }
    if (filled > 0) {
        run_secret(lane, filled);
    }
}

static void run_secret_group(const eg_fixed_pow *jobs, size_t n)
{
    bool done[GROUP_JOBS] = {false};
    for (size_t i = 0; i < n; i++) {
        if (!done[i]) {
            uint32_t saved = eg_kernel_enter(jobs[i].base->kernel);
            run_base(jobs, n, i, done);
            eg_kernel_leave(jobs[i].base->kernel, saved);
        }
    }
}

void eg_fixed_pow_batch(const eg_fixed_pow *jobs, size_t n)
{
    for (size_t i = 0; i < n; i += GROUP_JOBS) {
        run_secret_group(jobs + i, n - i < GROUP_JOBS ? n - i : GROUP_JOBS);
    }
}

/* ---- public exponents ------------------------------------------------------------------------ */

/* Tables for the jobs, all of one width: wide, or narrow if memory was short for any. */
static void choose_tables(const eg_table *table[], const eg_fixed_pow *const jobs[], unsigned count)
{
    bool all_wide = true;
    for (unsigned l = 0; l < count; l++) {
        table[l] = eg_fixed_base_public_table(jobs[l]->base);
        all_wide = all_wide && table[l] != &jobs[l]->base->narrow;
    }
    for (unsigned l = 0; l < count && !all_wide; l++) {
        table[l] = &jobs[l]->base->narrow;
    }
}

/* Up to `lanes` jobs of any bases whose tables have one kernel; spare lanes repeat the first. */
static void run_public(const eg_fixed_pow *const jobs[], unsigned count)
{
    const eg_kernel *kernel = jobs[0]->base->kernel;
    const eg_table *table[EG_KERNEL_MAX_LANES];
    const uint64_t *entry[EG_KERNEL_MAX_LANES];
    eg_block result, factor;
    choose_tables(table, jobs, count);
    uint32_t saved = eg_kernel_enter(kernel);
    for (unsigned w = 0; w < table[0]->windows; w++) {
        unsigned bits = eg_table_window_bits(table[0], w);
        for (unsigned l = 0; l < kernel->lanes; l++) {
            unsigned from = l < count ? l : 0;
            uint32_t digit = eg_bits_at(jobs[from]->exponent, w * table[0]->bits, bits);
            entry[l] = eg_table_entry(table[from], kernel, w, digit);
        }
        kernel->from_entries_vartime(w == 0 ? &result : &factor, entry);
        if (w > 0) {
            kernel->mul(&result, &result, &factor);
        }
    }
    store_lanes(jobs, count, kernel, &result);
    eg_kernel_leave(kernel, saved);
}

void eg_fixed_pow_batch_vartime(const eg_fixed_pow *jobs, size_t n)
{
    const eg_fixed_pow *lane[EG_KERNEL_MAX_LANES];
    unsigned filled = 0;
    for (size_t i = 0; i < n; i++) {
        lane[filled++] = &jobs[i];
        const eg_kernel *kernel = jobs[i].base->kernel;
        if (filled == kernel->lanes || i + 1 == n || jobs[i + 1].base->kernel != kernel) {
            run_public(lane, filled);
            filled = 0;
        }
    }
}
