/* Powers of a base with a table: windows of the exponent, one product a window, no squaring.
 *
 * The table of window i holds base^(d * 2^(w i)) for every digit d. Secret exponents read the whole
 * window's table for each digit (kernel->select); public ones use a wider table and read one entry.
 */
#include "group/internal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    SECRET_BITS = 6, /* measured best with a full scan; see docs/performance.md */
    PUBLIC_BITS = 8,
    EXPONENT_BITS = 256
};

typedef struct window_table {
    unsigned bits;
    unsigned windows;
    uint64_t *entry; /* owned; windows * 2^bits entries of entry_words each, 64-byte aligned */
} window_table;

struct eg_fixed_base {
    eg_modp value;
    const eg_kernel *kernel; /* the table's form is this kernel's */
    window_table secret;
    pthread_mutex_t lock;            /* makes the public table once */
    _Atomic(window_table *) public_; /* NULL until first used */
};

static uint64_t *entry_at(const window_table *table, const eg_kernel *kernel, unsigned window,
                          unsigned digit)
{
    size_t index = ((size_t)window << table->bits) + digit;
    return table->entry + index * kernel->entry_words;
}

/* Base of each window: base^(2^(w i)), one squaring chain in lane 0. */
static void fill_window_bases(window_table *table, const eg_kernel *kernel, const eg_modp *base)
{
    const eg_modp *in[EG_KERNEL_MAX_LANES];
    uint64_t *out[EG_KERNEL_MAX_LANES] = {NULL};
    for (unsigned l = 0; l < EG_KERNEL_MAX_LANES; l++) {
        in[l] = base;
    }
    eg_block power;
    kernel->load(&power, in);
    for (unsigned w = 0; w < table->windows; w++) {
        out[0] = entry_at(table, kernel, w, 1);
        kernel->to_entries(out, &power);
        for (unsigned s = 0; s < table->bits && w + 1 < table->windows; s++) {
            kernel->sqr(&power, &power);
        }
    }
}

/* Entries 0, 2, 3, ... of up to `lanes` windows side by side. */
static void fill_windows(window_table *table, const eg_kernel *kernel, unsigned first)
{
    unsigned lanes =
        table->windows - first < kernel->lanes ? table->windows - first : kernel->lanes;
    const uint64_t *from[EG_KERNEL_MAX_LANES];
    uint64_t *to[EG_KERNEL_MAX_LANES] = {NULL};
    for (unsigned l = 0; l < EG_KERNEL_MAX_LANES; l++) {
        from[l] = entry_at(table, kernel, first + (l < lanes ? l : 0), 1);
    }
    eg_block base, power;
    kernel->from_entries_vartime(&base, from);
    kernel->one(&power);
    for (unsigned d = 0; d < 1u << table->bits; d++) {
        for (unsigned l = 0; l < lanes; l++) {
            to[l] = entry_at(table, kernel, first + l, d);
        }
        if (d != 1) {
            kernel->to_entries(to, &power);
        }
        kernel->mul(&power, &power, &base);
    }
}

static bool window_table_init(window_table *table, const eg_kernel *kernel, const eg_modp *base,
                              unsigned bits)
{
    table->bits = bits;
    table->windows = (EXPONENT_BITS + bits - 1) / bits;
    size_t bytes = ((size_t)table->windows << bits) * kernel->entry_words * sizeof(uint64_t);
    table->entry = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (table->entry == NULL) {
        return false;
    }
    uint32_t saved = eg_kernel_enter(kernel);
    fill_window_bases(table, kernel, base);
    for (unsigned w = 0; w < table->windows; w += kernel->lanes) {
        fill_windows(table, kernel, w);
    }
    eg_kernel_leave(kernel, saved);
    return true;
}

eg_fixed_base *eg_fixed_base_new(const eg_modp *base)
{
    eg_fixed_base *table = calloc(1, sizeof *table);
    if (table == NULL) {
        return NULL;
    }
    table->value = *base;
    table->kernel = eg_kernel_active();
    atomic_init(&table->public_, NULL);
    if (!window_table_init(&table->secret, table->kernel, base, SECRET_BITS)) {
        free(table);
        return NULL;
    }
    (void)pthread_mutex_init(&table->lock, NULL);
    return table;
}

void eg_fixed_base_free(eg_fixed_base *table)
{
    if (table == NULL) {
        return;
    }
    window_table *public_ = atomic_load(&table->public_);
    if (public_ != NULL) {
        free(public_->entry);
        free(public_);
    }
    free(table->secret.entry);
    (void)pthread_mutex_destroy(&table->lock);
    free(table);
}

const eg_modp *eg_fixed_base_value(const eg_fixed_base *table)
{
    return &table->value;
}

static eg_fixed_base *g_table;

static void make_g_table(void)
{
    g_table = eg_fixed_base_new(&eg_modp_g);
}

const eg_fixed_base *eg_fixed_base_g(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, make_g_table);
    return g_table;
}

/* The wide table, made at first use; the narrow one where memory runs out. */
static const window_table *public_table(const eg_fixed_base *base)
{
    window_table *table = atomic_load_explicit(&base->public_, memory_order_acquire);
    if (table != NULL) {
        return table;
    }
    eg_fixed_base *owner = (eg_fixed_base *)(uintptr_t)base;
    (void)pthread_mutex_lock(&owner->lock);
    table = atomic_load_explicit(&owner->public_, memory_order_acquire);
    if (table == NULL) {
        table = malloc(sizeof *table);
        if (table != NULL && !window_table_init(table, base->kernel, &base->value, PUBLIC_BITS)) {
            free(table);
            table = NULL;
        }
        atomic_store_explicit(&owner->public_, table, memory_order_release);
    }
    (void)pthread_mutex_unlock(&owner->lock);
    return table != NULL ? table : &base->secret;
}

/* Up to `lanes` jobs of one base; spare lanes repeat the first job and store nowhere. */
static void run_lanes(const eg_fixed_pow *const jobs[], unsigned count, bool secret)
{
    const eg_fixed_base *base = jobs[0]->base;
    const eg_kernel *kernel = base->kernel;
    const window_table *table = secret ? &base->secret : public_table(base);
    eg_block result, factor;
    uint32_t digit[EG_KERNEL_MAX_LANES];
    for (unsigned w = 0; w < table->windows; w++) {
        const uint64_t *entry[EG_KERNEL_MAX_LANES];
        for (unsigned l = 0; l < kernel->lanes; l++) {
            digit[l] = eg_digit(jobs[l < count ? l : 0]->exponent, w, table->bits);
        }
        eg_block *to = w == 0 ? &result : &factor;
        if (secret) {
            kernel->select(to, entry_at(table, kernel, w, 0), 1u << table->bits, digit);
        } else {
            for (unsigned l = 0; l < kernel->lanes; l++) {
                entry[l] = entry_at(table, kernel, w, digit[l]);
            }
            kernel->from_entries_vartime(to, entry);
        }
        if (w > 0) {
            kernel->mul(&result, &result, &factor);
        }
    }
    eg_modp *out[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < kernel->lanes; l++) {
        out[l] = l < count ? jobs[l]->out : NULL;
    }
    kernel->store(out, &result);
}

enum { GROUP_JOBS = 1024 };

/* Jobs of one base at a time, so that lanes are filled whatever the order. */
static void run_some(const eg_fixed_pow *jobs, size_t n, bool secret)
{
    bool done[GROUP_JOBS] = {false};
    for (size_t i = 0; i < n; i++) {
        if (done[i]) {
            continue;
        }
        const eg_kernel *kernel = jobs[i].base->kernel;
        const eg_fixed_pow *lane[EG_KERNEL_MAX_LANES];
        unsigned filled = 0;
        for (size_t j = i; j < n; j++) {
            if (done[j] || jobs[j].base != jobs[i].base) {
                continue;
            }
            done[j] = true;
            lane[filled++] = &jobs[j];
            if (filled == kernel->lanes) {
                run_lanes(lane, filled, secret);
                filled = 0;
            }
        }
        if (filled > 0) {
            run_lanes(lane, filled, secret);
        }
    }
}

static void run_all(const eg_fixed_pow *jobs, size_t n, bool secret)
{
    if (n == 0) {
        return;
    }
    const eg_kernel *kernel = jobs[0].base->kernel;
    uint32_t saved = eg_kernel_enter(kernel);
    for (size_t i = 0; i < n; i += GROUP_JOBS) {
        run_some(jobs + i, n - i < GROUP_JOBS ? n - i : GROUP_JOBS, secret);
    }
    eg_kernel_leave(kernel, saved);
}

void eg_fixed_pow_batch(const eg_fixed_pow *jobs, size_t n)
{
    run_all(jobs, n, true);
}

void eg_fixed_pow_batch_vartime(const eg_fixed_pow *jobs, size_t n)
{
    run_all(jobs, n, false);
}
