/* Powers of bases with tables: one product for each window of the exponent but the first, no
 * squaring.
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
    NOT_THIS_BASE = UINT16_MAX /* a digit beyond any window: selects zero words */
};

/* A block's lanes, plain, to their jobs, which may be fewer; wipes it. */
static void give_lanes(const eg_fixed_pow *const job[], size_t jobs, const eg_kernel *kernel,
                       eg_block *value)
{
    eg_modp *out[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < kernel->lanes; l++) {
        out[l] = l < jobs ? job[l]->out : NULL;
    }
    kernel->give(out, value);
}

/* ---- secret exponents ------------------------------------------------------------------------ */

/* Blocks side by side, full but for the last, whose jobs stand by base: lane l of block b has
 * job[b * lanes + l]. */
typedef struct blocks {
    const eg_kernel *kernel; /* of all their bases */
    const eg_fixed_pow *job[EG_SELECT_LANES_MAX];
    size_t jobs;
} blocks;

static size_t blocks_of(size_t jobs, const eg_kernel *kernel)
{
    return (jobs + kernel->lanes - 1) / kernel->lanes;
}

/* How many jobs from the first on have the same base. */
static size_t same_base(const eg_fixed_pow *const job[], size_t jobs)
{
    size_t n = 1;
    while (n < jobs && job[n]->base == job[0]->base) {
        n++;
    }
    return n;
}

/* Lanes from .. to - 1, of one base, become their numbers of its window w; the other lanes of their
 * blocks become zero words. */
static void select_of_base(eg_block r[], const blocks *in, size_t from, size_t to, unsigned w)
{
    const eg_fixed_base *base = in->job[from]->base;
    const unsigned bits = eg_table_window_bits(&base->narrow, w), lanes = in->kernel->lanes;
    const size_t first = from / lanes, n = blocks_of(to, in->kernel) - first;
    uint32_t digit[EG_SELECT_LANES_MAX];
    for (size_t l = first * lanes; l < (first + n) * lanes; l++) {
        digit[l - first * lanes] =
            l >= from && l < to ? eg_bits_at(in->job[l]->exponent, w * base->narrow.bits, bits)
                                : NOT_THIS_BASE;
    }
    in->kernel->select(r + first, n, eg_table_window(&base->narrow, in->kernel, w), 1u << bits,
                       digit);
    eg_wipe(digit, n * lanes * sizeof digit[0]);
}

static void add_words(eg_block *r, const eg_block *other, const eg_kernel *kernel)
{
    for (size_t i = 0; i < (size_t)kernel->lanes * kernel->entry_words; i++) {
        r->word[i] |= other->word[i];
    }
}

/* Each lane's number of its own base's window w; spare lanes are zero words. */
static void select_window(eg_block r[], const blocks *in, unsigned w)
{
    const unsigned lanes = in->kernel->lanes;
    for (size_t from = 0, to; from < in->jobs; from = to) {
        to = from + same_base(in->job + from, in->jobs - from);
        eg_block *first = &r[from / lanes], begun;
        if (from % lanes == 0) {
            select_of_base(r, in, from, to, w);
        } else { /* the base before has left lanes in its last block */
            begun = *first;
            select_of_base(r, in, from, to, w);
            add_words(first, &begun, in->kernel);
            eg_wipe(&begun, sizeof begun);
        }
    }
}

static void run_blocks(const blocks *in)
{
    const eg_kernel *kernel = in->kernel;
    const size_t n = blocks_of(in->jobs, kernel);
    const unsigned windows = in->job[0]->base->narrow.windows;
    eg_block result[EG_SELECT_BLOCKS_MAX], factor[EG_SELECT_BLOCKS_MAX];
    uint32_t saved = eg_kernel_enter(kernel);
    eg_count_products(kernel, n * windows);
    select_window(result, in, 0);
    for (unsigned w = 1; w < windows; w++) {
        select_window(factor, in, w);
        for (size_t b = 0; b < n; b++) {
            kernel->mul(&result[b], &result[b], &factor[b]);
        }
    }
    for (size_t b = 0; b < n; b++) {
        size_t first = b * kernel->lanes;
        give_lanes(in->job + first, in->jobs - first, kernel, &result[b]);
    }
    eg_kernel_leave(kernel, saved);
    eg_wipe(result, n * sizeof result[0]);
    eg_wipe(factor, n * sizeof factor[0]);
}

static void run_and_empty(blocks *in)
{
    if (in->jobs > 0) {
        run_blocks(in);
        in->jobs = 0;
    }
}

static void add_job(blocks *in, const eg_fixed_pow *job)
{
    if (in->jobs > 0 && in->kernel != job->base->kernel) {
        run_and_empty(in);
    }
    in->kernel = job->base->kernel;
    in->job[in->jobs++] = job;
    if (in->jobs == (size_t)EG_SELECT_BLOCKS_MAX * in->kernel->lanes) {
        run_and_empty(in);
    }
}

static void run_sorted(const eg_fixed_pow *jobs, size_t n)
{
    bool done[SORT_JOBS] = {false};
    blocks in = {.jobs = 0};
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i; j < n && !done[i]; j++) {
            if (!done[j] && jobs[j].base == jobs[i].base) {
                done[j] = j > i;
                add_job(&in, &jobs[j]);
            }
        }
    }
    run_and_empty(&in);
}

void eg_fixed_pow_batch(const eg_fixed_pow *jobs, size_t n)
{
    for (size_t i = 0; i < n; i += SORT_JOBS) {
        run_sorted(jobs + i, n - i < SORT_JOBS ? n - i : SORT_JOBS);
    }
}

/* ---- public exponents ------------------------------------------------------------------------ */

typedef struct lane_jobs {
    const eg_fixed_pow *job[EG_KERNEL_MAX_LANES];
    unsigned count;
} lane_jobs;

/* False when memory was short for any table. */
static bool find_tables(const eg_table *table[], const lane_jobs *in)
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
static void find_entries(const uint64_t *entry[], const eg_table *const table[],
                         const lane_jobs *in, unsigned w)
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
static void run_public(const lane_jobs *in)
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
    eg_count_products(kernel, table[0]->windows);
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
    give_lanes(in->job, in->count, kernel, &result);
    eg_kernel_leave(kernel, saved);
}

void eg_fixed_pow_batch_vartime(const eg_fixed_pow *jobs, size_t n)
{
    lane_jobs in = {.count = 0};
    for (size_t i = 0; i < n; i++) {
        in.job[in.count++] = &jobs[i];
        const eg_kernel *kernel = jobs[i].base->kernel;
        if (in.count == kernel->lanes || i + 1 == n || jobs[i + 1].base->kernel != kernel) {
            run_public(&in);
            in.count = 0;
        }
    }
}
