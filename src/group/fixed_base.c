/* Making and keeping the tables of fixed bases. */
#include "group/fixed_base.h"

#include "base/pages.h"

#include <stdlib.h>

enum {
    WIDE_BITS = 8,
    WINDOWS_MAX = (256 + EG_WINDOW_BITS_MIN - 1) / EG_WINDOW_BITS_MIN,
    /* the last of the windows is narrower */
    NARROW_ENTRIES_MAX = (256 / EG_WINDOW_BITS_MAX + 1) << EG_WINDOW_BITS_MAX
};

typedef struct holder {
    eg_fixed_base base;
    eg_wide_table wide;
} holder;

static void set_shape(eg_table *table, const eg_kernel *kernel, bool is_narrow)
{
    unsigned bits = is_narrow ? kernel->window_bits : WIDE_BITS;
    table->is_narrow = is_narrow;
    table->bits = bits;
    table->windows = (256 + bits - 1) / bits;
    unsigned last = 1u << eg_table_window_bits(table, table->windows - 1);
    size_t before_last = ((size_t)(table->windows - 1) << bits) * kernel->entry_words;
    table->bytes = (before_last + eg_window_words(kernel, last)) * sizeof(uint64_t);
}

/* base^(2^(bits * w)) for every window, by the scalar kernel: one chain of squarings */
static void window_bases(eg_modp out[WINDOWS_MAX], const eg_table *table, const eg_modp *base)
{
    const eg_kernel *kernel = eg_kernel_scalar();
    eg_block power;
    kernel->load(&power, &base);
    for (unsigned w = 0; w < table->windows; w++) {
        eg_modp *to = &out[w];
        kernel->store(&to, &power);
        for (unsigned s = 0; s < table->bits; s++) {
            kernel->sqr(&power, &power);
        }
    }
}

/* The windows from `first` on, one a lane, and how many numbers each takes; none beyond the last.
 */
typedef struct lane_windows {
    uint64_t *at[EG_KERNEL_MAX_LANES];
    unsigned count[EG_KERNEL_MAX_LANES];
} lane_windows;

static lane_windows windows_from(const eg_table *table, const eg_kernel *kernel, unsigned first)
{
    lane_windows of = {{NULL}, {0}};
    for (unsigned l = 0; l < kernel->lanes && first + l < table->windows; l++) {
        of.at[l] = eg_table_window(table, kernel, first + l);
        of.count[l] = 1u << eg_table_window_bits(table, first + l);
    }
    return of;
}

/* Numbers d .. d + EG_WINDOW_STEP - 1 of the windows, which may have fewer. */
static void put_numbers(const eg_table *table, const eg_kernel *kernel, const lane_windows *of,
                        unsigned d, const eg_block power[EG_WINDOW_STEP])
{
    uint64_t *to[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < kernel->lanes; l++) {
        to[l] = d < of->count[l] ? of->at[l] : NULL;
    }
    if (table->is_narrow) {
        kernel->to_window(to, of->count, d, power);
        return;
    }
    for (unsigned k = 0; k < EG_WINDOW_STEP; k++) {
        uint64_t *entry[EG_KERNEL_MAX_LANES];
        for (unsigned l = 0; l < kernel->lanes; l++) {
            entry[l] = to[l] != NULL ? to[l] + (size_t)(d + k) * kernel->entry_words : NULL;
        }
        kernel->to_entries(entry, &power[k]);
    }
}

/* 1 in every lane; plain in the first where that is to be. */
static void set_ones(eg_block *r, const eg_kernel *kernel, bool first_is_plain)
{
    const eg_modp *in[EG_KERNEL_MAX_LANES];
    const uint32_t choice[EG_KERNEL_MAX_LANES] = {first_is_plain ? 1 : 0};
    eg_block one[2];
    for (unsigned l = 0; l < kernel->lanes; l++) {
        in[l] = &eg_modp_one;
    }
    kernel->one(&one[0]);
    kernel->take(&one[1], in);
    kernel->select_blocks(r, one, 2, choice);
}

/* Up to `lanes` windows side by side, from window `first` on. */
static void fill_windows(const eg_table *table, const eg_kernel *kernel, unsigned first,
                         const eg_modp bases[WINDOWS_MAX])
{
    const lane_windows of = windows_from(table, kernel, first);
    const eg_modp *in[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < kernel->lanes; l++) {
        in[l] = of.at[l] != NULL ? &bases[first + l] : &eg_modp_one;
    }
    eg_block base, power[EG_WINDOW_STEP + 1];
    kernel->load(&base, in);
    set_ones(&power[0], kernel, first == 0);
    for (unsigned d = 0; d < 1u << table->bits; d += EG_WINDOW_STEP) {
        for (unsigned k = 0; k < EG_WINDOW_STEP; k++) {
            kernel->mul(&power[k + 1], &power[k], &base);
        }
        put_numbers(table, kernel, &of, d, power);
        power[0] = power[EG_WINDOW_STEP];
    }
}

static void fill(const eg_table *table, const eg_kernel *kernel, const eg_modp *base)
{
    eg_modp bases[WINDOWS_MAX];
    window_bases(bases, table, base);
    const unsigned blocks = (table->windows + kernel->lanes - 1) / kernel->lanes;
    eg_count_products(kernel, (uint64_t)blocks << table->bits);
    uint32_t saved = eg_kernel_enter(kernel);
    for (unsigned w = 0; w < table->windows; w += kernel->lanes) {
        fill_windows(table, kernel, w, bases);
    }
    eg_kernel_leave(kernel, saved);
}

/* Own pages, so that a freed table goes back to the system at once. */
static bool make(eg_table *table, const eg_kernel *kernel, const eg_modp *base, bool is_narrow)
{
    set_shape(table, kernel, is_narrow);
    table->entries = eg_pages_new(table->bytes);
    if (table->entries == NULL) {
        return false;
    }
    fill(table, kernel, base);
    return true;
}

static void unmake(eg_table *table)
{
    eg_pages_free(table->entries, table->bytes);
    table->entries = NULL;
}

eg_fixed_base *eg_fixed_base_new(const eg_modp *base)
{
    holder *h = calloc(1, sizeof *h);
    if (h == NULL) {
        return NULL;
    }
    h->base.value = *base;
    h->base.kernel = eg_kernel_active();
    h->base.wide = &h->wide;
    if (!make(&h->base.narrow, h->base.kernel, base, true)) {
        free(h);
        return NULL;
    }
    eg_lock_init(&h->wide.lock);
    return &h->base;
}

void eg_fixed_base_free(eg_fixed_base *base)
{
    if (base == NULL) {
        return;
    }
    unmake(&base->narrow);
    unmake(&base->wide->table);
    eg_lock_clear(&base->wide->lock);
    free(base); /* first in its holder */
}

size_t eg_fixed_base_bytes(void)
{
    eg_table narrow, wide;
    set_shape(&narrow, eg_kernel_active(), true);
    set_shape(&wide, eg_kernel_active(), false);
    return sizeof(holder) + narrow.bytes + wide.bytes;
}

const eg_modp *eg_fixed_base_value(const eg_fixed_base *base)
{
    return &base->value;
}

const eg_table *eg_fixed_base_public_table(const eg_fixed_base *base)
{
    eg_wide_table *wide = base->wide;
    bool is_made = atomic_load_explicit(&wide->is_made, memory_order_acquire);
    if (!is_made) {
        eg_lock_take(&wide->lock);
        is_made = atomic_load_explicit(&wide->is_made, memory_order_relaxed) ||
                  make(&wide->table, base->kernel, &base->value, false);
        atomic_store_explicit(&wide->is_made, is_made, memory_order_release);
        eg_lock_give(&wide->lock);
    }
    return is_made ? &wide->table : NULL;
}

/* ---- g: static, so that its narrow table cannot fail ----------------------------------------- */

/* the table, from the first huge page on that begins in it */
static unsigned char g_room[EG_HUGE_PAGE + (size_t)NARROW_ENTRIES_MAX * EG_KERNEL_ENTRY_WORDS_MAX *
                                               sizeof(uint64_t)];
static holder g = {.wide = {.lock = EG_LOCK_FREE}};
static eg_lock g_lock = EG_LOCK_FREE;
static atomic_bool g_is_made; /* written under g_lock */

/* under g_lock */
static void make_g(void)
{
    g.base.value = eg_modp_g;
    g.base.kernel = eg_kernel_active();
    g.base.wide = &g.wide;
    set_shape(&g.base.narrow, g.base.kernel, true);
    g.base.narrow.entries = (void *)(g_room + (0 - (uintptr_t)g_room) % EG_HUGE_PAGE);
    eg_pages_prefer_huge(g.base.narrow.entries, g.base.narrow.bytes);
    fill(&g.base.narrow, g.base.kernel, &eg_modp_g);
    atomic_store_explicit(&g_is_made, true, memory_order_release);
}

const eg_fixed_base *eg_fixed_base_g(void)
{
    if (!atomic_load_explicit(&g_is_made, memory_order_acquire)) {
        eg_lock_take(&g_lock);
        if (!atomic_load_explicit(&g_is_made, memory_order_relaxed)) {
            make_g();
        }
        eg_lock_give(&g_lock);
    }
    return &g.base;
}

void eg_fixed_base_g_renew(void)
{
    eg_lock_take(&g_lock);
    if (g.base.kernel != eg_kernel_active()) {
        unmake(&g.wide.table);
        atomic_store(&g.wide.is_made, false);
        make_g();
    }
    eg_lock_give(&g_lock);
    /* here rather than at first use: processes forked from this one then share it */
    (void)eg_fixed_base_public_table(&g.base);
}
