/* One lane, plain C: columns of four products (scalar_mul.c). */
#include "group/kernels/scalar.h"

#include <string.h>

enum { W = 4 };

/* The sum of a column, low and high halves of its products apart: two short carry chains. */
typedef struct column {
    eg_u128 low, high;
} column;

static inline void add_product(column *c, uint64_t a, uint64_t b)
{
    eg_u128 product = (eg_u128)a * b;
    c->low += (uint64_t)product;
    c->high += (uint64_t)(product >> 64);
}

/* The column's limb; leaves in c what goes on to the next column, plus `next`. */
static inline uint64_t take_limb(column *c, uint64_t next)
{
    uint64_t limb = (uint64_t)c->low;
    c->low = (c->low >> 64) + c->high + next; /* below 2^68 */
    c->high = 0;
    return limb;
}

/* t[0 .. n+3] = a[0 .. n-1] * b[0 .. 3], added to what is there if `onto`; n >= 4. Returns the
 * carry out of t[n+3], 0 or 1. */
static inline __attribute__((always_inline)) uint64_t sweep(uint64_t t[], const uint64_t a[],
                                                            size_t n, const uint64_t b[], bool onto)
{
    const uint64_t b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3];
    uint64_t a0 = 0, a1 = 0, a2 = 0; /* a[k-3], a[k-2], a[k-1]: zero before the first */
    column c = {.low = onto ? t[0] : 0};
    for (size_t k = 0; k < n; k++) {
        uint64_t a3 = a[k];
        add_product(&c, a3, b0);
        add_product(&c, a2, b1);
        add_product(&c, a1, b2);
        add_product(&c, a0, b3);
        t[k] = take_limb(&c, onto ? t[k + 1] : 0);
        a0 = a1;
        a1 = a2;
        a2 = a3;
    }
    add_product(&c, a2, b1);
    add_product(&c, a1, b2);
    add_product(&c, a0, b3);
    t[n] = take_limb(&c, onto ? t[n + 1] : 0);
    add_product(&c, a2, b2);
    add_product(&c, a1, b3);
    t[n + 1] = take_limb(&c, onto ? t[n + 2] : 0);
    add_product(&c, a2, b3);
    t[n + 2] = take_limb(&c, onto ? t[n + 3] : 0);
    t[n + 3] = take_limb(&c, 0);
    return (uint64_t)c.low;
}

static void sweep_set(uint64_t t[], const uint64_t x[], size_t n, const uint64_t y[])
{
    (void)sweep(t, x, n, y, false);
}

static uint64_t sweep_add(uint64_t t[], const uint64_t x[], size_t n, const uint64_t y[])
{
    return sweep(t, x, n, y, true);
}

/* -1/p = 1 mod 2^256 */
static void quotient(uint64_t digit[], const uint64_t t[])
{
    memcpy(digit, t, W * sizeof *t);
}

static const eg_sweeps sweeps = {W, sweep_set, sweep_add, quotient};

static bool is_supported(void)
{
    return true;
}

EG_SCALAR_OPERATIONS(&sweeps)

const eg_kernel eg_kernel_portable = {
    EG_SCALAR_MEMBERS,
    .name = "portable",
    .window_bits = 6,
    .is_supported = is_supported,
    .to_window = eg_scalar_to_window,
    .select = eg_scalar_select,
};
