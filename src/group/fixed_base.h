/* Tables of powers of one base, as fixed_base.c makes them and fixed_pow.c uses them. */
#ifndef EG_GROUP_FIXED_BASE_H
#define EG_GROUP_FIXED_BASE_H

#include "base/lock.h"
#include "group/internal.h"

#include <stdatomic.h>

/* Window w holds base^(d * 2^(w * bits)) for every digit d: as a window to select from in the
 * narrow table, as entries to address in the wide one. The last window is as narrow as the exponent
 * leaves it. Numbers are in the kernel's form, but for those of window 0, which are plain: so is
 * the product of a number of each window, and no reduction follows it. */
typedef struct eg_table {
    bool is_narrow;
    unsigned bits;
    unsigned windows;
    uint64_t *entries; /* owned, 64-byte aligned */
    size_t bytes;
} eg_table;

/* The variable-time table, made at its first use. */
typedef struct eg_wide_table {
    eg_lock lock;        /* held by the thread that makes it */
    atomic_bool is_made; /* written under lock; the table is immutable once this is true */
    eg_table table;
} eg_wide_table;

struct eg_fixed_base {
    eg_modp value;
    const eg_kernel *kernel; /* the form of both tables */
    eg_table narrow;
    eg_wide_table *wide; /* in the same allocation as this struct */
};

static inline unsigned eg_table_window_bits(const eg_table *table, unsigned window)
{
    unsigned left = 256 - window * table->bits;
    return left < table->bits ? left : table->bits;
}

/* The narrow table's window, or the wide one's first entry of it. */
static inline uint64_t *eg_table_window(const eg_table *table, const eg_kernel *kernel,
                                        unsigned window)
{
    return table->entries + ((size_t)window << table->bits) * kernel->entry_words;
}

/* The wide table, made now if need be; NULL where there is no memory for it. */
const eg_table *eg_fixed_base_public_table(const eg_fixed_base *base);

#endif
