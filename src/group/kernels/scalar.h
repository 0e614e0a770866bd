/* What the kernels of one lane share. A block of theirs is the limbs of a number in Montgomery
 * form, R = 2^4096 (kernel.h); table entries are those limbs too. */
#ifndef EG_GROUP_KERNELS_SCALAR_H
#define EG_GROUP_KERNELS_SCALAR_H

#include "group/internal.h"

/* What a kernel brings: how it multiplies a number by a few limbs of another. */
typedef struct eg_sweeps {
    size_t width; /* those few, and the limbs of a quotient digit: four or eight */
    /* t[0 .. n+width-1] = x[0 .. n-1] * y[0 .. width-1]; n is a multiple of width. */
    void (*set)(uint64_t t[], const uint64_t x[], size_t n, const uint64_t y[]);
    /* The same added to t; returns the carry out of t[n+width-1], 0 or 1. */
    uint64_t (*add)(uint64_t t[], const uint64_t x[], size_t n, const uint64_t y[]);
    /* digit = -t/p mod 2^(64 * width) */
    void (*quotient)(uint64_t digit[], const uint64_t t[]);
} eg_sweeps;

/* r = a * b / 2^4096 mod p, below 2^4096, for any a and b below 2^4096. r may be a or b. */
void eg_scalar_mul(eg_block *r, const eg_block *a, const eg_block *b, const eg_sweeps *by);
void eg_scalar_sqr(eg_block *r, const eg_block *a, const eg_sweeps *by);
/* r = t / 2^4096 mod p, below 2^4096; t < 2^8192 is used up. r may be t. */
void eg_scalar_reduce(uint64_t r[EG_P_LIMBS], uint64_t t[2 * EG_P_LIMBS], const eg_sweeps *by);

void eg_scalar_load(eg_block *r, const eg_modp *in, const eg_sweeps *by);
/* For any a below 2^4096. NULL for out stores nothing. */
void eg_scalar_store(eg_modp *out, const eg_block *a, const eg_sweeps *by);

/* These are operations of eg_kernel as they stand. */
void eg_scalar_take(eg_block *r, const eg_modp *const in[]);
void eg_scalar_give(eg_modp *const out[], eg_block *a);
void eg_scalar_one(eg_block *r);
void eg_scalar_to_entries(uint64_t *const entry[], const eg_block *a);
void eg_scalar_from_entries_vartime(eg_block *r, const uint64_t *const entry[]);
void eg_scalar_to_window(uint64_t *const window[], const unsigned count[], unsigned digit,
                         const eg_block a[EG_WINDOW_STEP]);
void eg_scalar_select(eg_block r[], size_t n, const uint64_t *window, unsigned count,
                      const uint32_t digit[]);
void eg_scalar_select_blocks(eg_block *r, const eg_block *blocks, unsigned count,
                             const uint32_t digit[]);

/* Defines mul, sqr, load and store of a kernel by its sweeps. */
#define EG_SCALAR_OPERATIONS(sweeps)                                                               \
    static void mul(eg_block *r, const eg_block *a, const eg_block *b)                             \
    {                                                                                              \
        eg_scalar_mul(r, a, b, sweeps);                                                            \
    }                                                                                              \
    static void sqr(eg_block *r, const eg_block *a)                                                \
    {                                                                                              \
        eg_scalar_sqr(r, a, sweeps);                                                               \
    }                                                                                              \
    static void load(eg_block *r, const eg_modp *const in[])                                       \
    {                                                                                              \
        eg_scalar_load(r, in[0], sweeps);                                                          \
    }                                                                                              \
    static void store(eg_modp *const out[], const eg_block *a)                                     \
    {                                                                                              \
        eg_scalar_store(out[0], a, sweeps);                                                        \
    }

/* Those, and all that kernels of one lane have in common, as members of eg_kernel. */
#define EG_SCALAR_MEMBERS                                                                          \
    .lanes = 1, .entry_words = EG_P_LIMBS, .load = load, .store = store, .take = eg_scalar_take,   \
    .give = eg_scalar_give, .one = eg_scalar_one, .mul = mul, .sqr = sqr,                          \
    .to_entries = eg_scalar_to_entries, .from_entries_vartime = eg_scalar_from_entries_vartime,    \
    .select_blocks = eg_scalar_select_blocks

#endif
