/* Powers of bases with tables: one product for each window of the exponent, no squaring.
 *
 * Secret exponents: the whole window of the narrow table is read for each digit. Jobs of one base
 * stand together, and blocks of lanes go through the windows side by side, so that each window
 * comes from far memory once; a block where two bases meet reads the windows of both. Public
 * exponents: lanes pick their entries by address, each from its own base's wide table. */
#include "group/fixed_base.h"

#include "base/secret.h"

#include <string.h>

enum {
    SORT_JOBS = 1024,
    SIDE_BY_SIDE = 8,          /* blocks: 40 KB of running products */
    NOT_THIS_BASE = UINT16_MAX /* a digit beyond any window: selects zero words */
};

typedef struct lanes {
    const eg_fixed_pow *job[EG_KERNEL_MAX_LANES];
    unsigned count;
} lanes;

static void store_lanes(const lanes *in, const eg_kernel *kernel, const eg_block *value)
{
    eg_modp *out[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < kernel->lanes; l++) {
        out[l] = l < in->count ? in->job[l]->out : NULL;
    }
    kernel->store(out, value);
}

/* ---- secret exponents ------------------------------------------------------------------------ */

/* Lanes of base `of` become their numbers of its window w, all other lanes zero words. */
static void select_of_base(eg_block *r, const eg_fixed_base *of, const lanes *in, unsigned w)
{
    const eg_table *table = &of->narrow;
    unsigned bits = eg_table_window_bits(table, w);
    uint32_t digit[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < EG_KERNEL_MAX_LANES; l++) {
        digit[l] = NOT_THIS_BASE;
        if (l < in->count && in->job[l]->base == of) {
            digit[l] = eg_bits_at(in->job[l]->exponent, w * table->bits, bits);
        }
    }
    of->kernel->select(r, eg_table_window(table, of->kernel, w), 1u << bits, digit);
    eg_wipe(digit, sizeof digit);
}

/* Each lane's number of its own base's window w; spare lanes are zero. Jobs stand by base. */
static void select_lanes(eg_block *r, const lanes *in, unsigned w)
{
    const eg_kernel *kernel = in->job[0]->base->kernel;
    select_of_base(r, in->job[0]->base, in, w);
    for (unsigned l = 1; l < in->count; l++) {
        if (in->job[l]->base != in->job[l - 1]->base) {
            eg_block other;
            select_of_base(&other, in->job[l]->base, in, w);
            for (size_t i = 0; i < (size_t)kernel->lanes * kernel->entry_words; i++) {
                r->word[i] |= other.word[i];
            }
            eg_wipe(&other, sizeof other);
        }
    }
}

/* Blocks of one kernel, side by side. */
static void run_blocks(const lanes in[], size_t n)
{
    const eg_kernel *kernel = in[0].job[0]->base->kernel;
    const unsigned windows = in[0].job[0]->base->narrow.windows;
    eg_block result[SIDE_BY_SIDE], factor;
    uint32_t saved = eg_kernel_enter(kernel);
    for (unsigned w = 0; w < windows; w++) {
        for (size_t b = 0; b < n; b++) {
            select_lanes(w == 0 ? &result[b] : &factor, &in[b], w);
            if (w > 0) {
                kernel->mul(&result[b], &result[b], &factor);
            }
        }
    }
    for (size_t b = 0; b < n; b++) {
        store_lanes(&in[b], kernel, &result[b]);
    }
    eg_kernel_leave(kernel, saved);
    eg_wipe(result, n * sizeof result[0]);
    eg_wipe(&factor, sizeof factor);
}

/* Deals jobs out to blocks of lanes and runs them as they fill. */
typedef struct dealer {
    lanes block[SIDE_BY_SIDE];
    size_t blocks; /* the last of them may have room */
} dealer;

static void run_dealt(dealer *d)
{
    if (d->blocks > 0) {
        run_blocks(d->block, d->blocks);
        d->blocks = 0;
    }
}

static void deal(dealer *d, const eg_fixed_pow *job)
{
    const eg_kernel *kernel = job->base->kernel;
    bool has_room = d->blocks > 0 && d->block[d->blocks - 1].count < kernel->lanes;
    if (d->blocks > 0 && d->block[0].job[0]->base->kernel != kernel) {
        run_dealt(d);
        has_room = false;
    }
    if (!has_room && d->blocks == SIDE_BY_SIDE) {
        run_dealt(d);
    }
    if (!has_room) {
        d->block[d->blocks++].count = 0;
    }
    lanes *last = &d->block[d->blocks - 1];
    last->job[last->count++] = job;
}

static void run_sorted(const eg_fixed_pow *jobs, size_t n)
{
    bool done[SORT_JOBS] = {false};
    dealer d = {.blocks = 0};
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i; j < n && !done[i]; j++) {
            if (!done[j] && jobs[j].base == jobs[i].base) {
                done[j] = j > i;
                deal(&d, &jobs[j]);
            }
        }
    }
    run_dealt(&d);
}

void eg_fixed_pow_batch(const eg_fixed_pow *jobs, size_t n)
{
    for (size_t i = 0; i < n; i += SORT_JOBS) {
        run_sorted(jobs + i, n - i < SORT_JOBS ? n - i : SORT_JOBS);
    }
}

/* ---- public exponents ------------------------------------------------------------------------ */

/* False when memory was short for any table. */
static bool find_tables(const eg_table *table[], const lanes *in)
{
    for (unsigned l = 0; l < in->count; l++) {
        table[l] = eg_fixed_base_public_table(in->job[l]->base);
        if (table[l] == NULL) {
            return false;
        }
    }
    return true;
}

/* The entries of window w, one a lane, on their way into the cache; spare lanes repeat the first.
 */
static void find_entries(const uint64_t *entry[], const eg_table *const table[], const lanes *in,
                         unsigned w)
{
    const eg_kernel *kernel = in->job[0]->base->kernel;
    unsigned bits = eg_table_window_bits(table[0], w);
    for (unsigned l = 0; l < kernel->lanes; l++) {
        unsigned from = l < in->count ? l : 0;
        uint32_t digit = eg_bits_at(in->job[from]->exponent, w * table[0]->bits, bits);
        entry[l] = eg_table_window(table[from], kernel, w) + (size_t)digit * kernel->entry_words;
        for (unsigned i = 0; i < kernel->entry_words; i += 8) {
            __builtin_prefetch(entry[l] + i);
        }
    }
}

/* Jobs of any bases whose tables have one kernel. */
static void run_public(const lanes *in)
{
    const eg_kernel *kernel = in->job[0]->base->kernel;
    const eg_table *table[EG_KERNEL_MAX_LANES];
    const uint64_t *entry[EG_KERNEL_MAX_LANES];
    eg_block result, factor;
    if (!find_tables(table, in)) {
        for (unsigned l = 0; l < in->count; l++) {
            eg_fixed_pow_batch(in->job[l], 1);
        }
        return;
    }
    uint32_t saved = eg_kernel_enter(kernel);
    find_entries(entry, table, in, 0);
    kernel->from_entries_vartime(&result, entry);
    find_entries(entry, table, in, 1);
    for (unsigned w = 1; w < table[0]->windows; w++) {
        kernel->from_entries_vartime(&factor, entry);
        if (w + 1 < table[0]->windows) {
            find_entries(entry, table, in, w + 1); /* arrive during the product */
        }
        kernel->mul(&result, &result, &factor);
    }
    store_lanes(in, kernel, &result);
    eg_kernel_leave(kernel, saved);
}

void eg_fixed_pow_batch_vartime(const eg_fixed_pow *jobs, size_t n)
{
    lanes in = {.count = 0};
    for (size_t i = 0; i < n; i++) {
        in.job[in.count++] = &jobs[i];
        const eg_kernel *kernel = jobs[i].base->kernel;
        if (in.count == kernel->lanes || i + 1 == n || jobs[i + 1].base->kernel != kernel) {
            run_public(&in);
            in.count = 0;
        }
    }
}
