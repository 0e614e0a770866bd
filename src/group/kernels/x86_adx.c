/* One lane, mulx with two carry chains (adcx, adox): sweeps of eight limbs (scalar_mul.c).
 *
 * Compilers do not keep two carry chains apart, hence the one piece of assembly here: rows
 * of eight products, their columns in registers. */
#include "group/kernels/x86_adx.h"

#include "group/kernels/scalar.h"
#include "group/kernels/x86_cpu.h"

#include <string.h>

enum { W = 8, HALF = W / 2 };

/* ---- tiles ----------------------------------------------------------------------------------- */

/* One low half into column `low`, the high half into the next. */
#define PRODUCT(j, low, high)                                                                      \
    "mulx 8*" #j "(%[y]), %[p], %[q]\n\t"                                                          \
    "adcx %[p], %[" #low "]\n\t"                                                                   \
    "adox %[q], %[" #high "]\n\t"

/* The window c0 .. c7 stands over columns k .. k+7. Adds x[k] * y, puts column k to memory; column
 * k+8 comes into the register that c0 left, and the carries end in it: a window of eight limbs plus
 * a product of eight by one is below 2^576. The xor clears both carries, so that no row waits for
 * the one before. */
/* clang-format off */
#define ROW(k, c0, c1, c2, c3, c4, c5, c6, c7)                                                     \
    "movq 8*" #k "(%[x]), %%rdx\n\t"                                                               \
    "xorl %k[p], %k[p]\n\t"                                                                        \
    PRODUCT(0, c0, c1)                                                                             \
    "movq %[" #c0 "], 8*" #k "(%[t])\n\t"                                                          \
    PRODUCT(1, c1, c2)                                                                             \
    PRODUCT(2, c2, c3)                                                                             \
    PRODUCT(3, c3, c4)                                                                             \
    PRODUCT(4, c4, c5)                                                                             \
    PRODUCT(5, c5, c6)                                                                             \
    PRODUCT(6, c6, c7)                                                                             \
    "mulx 8*7(%[y]), %[p], %[" #c0 "]\n\t"                                                         \
    "movl $0, %k[q]\n\t"                                                                           \
    "adcx %[p], %[" #c7 "]\n\t"                                                                    \
    "adox %[q], %[" #c0 "]\n\t"                                                                    \
    "adcx %[q], %[" #c0 "]\n\t"

#define ROWS                                                                                       \
    ROW(0, a0, a1, a2, a3, a4, a5, a6, a7)                                                         \
    ROW(1, a1, a2, a3, a4, a5, a6, a7, a0)                                                         \
    ROW(2, a2, a3, a4, a5, a6, a7, a0, a1)                                                         \
    ROW(3, a3, a4, a5, a6, a7, a0, a1, a2)                                                         \
    ROW(4, a4, a5, a6, a7, a0, a1, a2, a3)                                                         \
    ROW(5, a5, a6, a7, a0, a1, a2, a3, a4)                                                         \
    ROW(6, a6, a7, a0, a1, a2, a3, a4, a5)                                                         \
    ROW(7, a7, a0, a1, a2, a3, a4, a5, a6)
/* clang-format on */

/* Columns of memory into those that came in as products alone, from the carry that came in on. */
#define UPPER                                                                                      \
    "movq %[carry], %[p]\n\taddq $-1, %[p]\n\t"                                                    \
    "adcq 8*8(%[t]), %[a0]\n\tadcq 8*9(%[t]), %[a1]\n\t"                                           \
    "adcq 8*10(%[t]), %[a2]\n\tadcq 8*11(%[t]), %[a3]\n\t"                                         \
    "adcq 8*12(%[t]), %[a4]\n\tadcq 8*13(%[t]), %[a5]\n\t"                                         \
    "adcq 8*14(%[t]), %[a6]\n\tadcq 8*15(%[t]), %[a7]\n\t"                                         \
    "movl $0, %k[p]\n\tadcq $0, %[p]\n\tmovq %[p], %[carry]\n\t"

/* The columns of a tile in registers, and the carry that goes on above them: 0 or 1 when the one
 * that comes in is, since the sum of a tile stays below twice the power of two above it. */
typedef struct columns {
    uint64_t a0, a1, a2, a3, a4, a5, a6, a7, carry;
} columns;

#define TILE(rows)                                                                                 \
    uint64_t p, q;                                                                                 \
    __asm__(rows                                                                                   \
            : [a0] "+&r"(c->a0), [a1] "+&r"(c->a1), [a2] "+&r"(c->a2), [a3] "+&r"(c->a3),          \
              [a4] "+&r"(c->a4), [a5] "+&r"(c->a5), [a6] "+&r"(c->a6), [a7] "+&r"(c->a7),          \
              [p] "=&r"(p), [q] "=&r"(q), [carry] "+x"(c->carry) /* the others are all in use */   \
            : [t] "r"(t), [x] "r"(x), [y] "r"(y)                                                   \
            : "rdx", "cc", "memory")

/* t[0 .. 15] = c + x[0 .. 7] * y[0 .. 7]; t[8 .. 15] stay in c */
static inline __attribute__((always_inline)) void tile_set(columns *c, uint64_t t[2 * W],
                                                           const uint64_t x[W], const uint64_t y[W])
{
    TILE(ROWS);
}

/* the same added to t[8 .. 15] */
static inline __attribute__((always_inline)) void tile_add(columns *c, uint64_t t[2 * W],
                                                           const uint64_t x[W], const uint64_t y[W])
{
    TILE(ROWS UPPER);
}

static inline void store_columns(uint64_t t[W], const columns *c)
{
    t[0] = c->a0;
    t[1] = c->a1;
    t[2] = c->a2;
    t[3] = c->a3;
    t[4] = c->a4;
    t[5] = c->a5;
    t[6] = c->a6;
    t[7] = c->a7;
}

static void sweep_set(uint64_t t[], const uint64_t x[], size_t n, const uint64_t y[])
{
    columns c = {0};
    for (size_t k = 0; k < n; k += W) {
        tile_set(&c, t + k, x + k, y);
    }
    store_columns(t + n, &c);
}

static uint64_t sweep_add(uint64_t t[], const uint64_t x[], size_t n, const uint64_t y[])
{
    columns c = {t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], 0};
    for (size_t k = 0; k < n; k += W) {
        tile_add(&c, t + k, x + k, y);
    }
    store_columns(t + n, &c);
    return c.carry;
}

/* The four low limbs, and after them t[4 .. 7] + t[0 .. 3] * (p + 1) / 2^256, mod 2^256. */
static void quotient(uint64_t digit[], const uint64_t t[])
{
    uint64_t low[HALF], high[HALF];
    memcpy(low, t, sizeof low);
    memcpy(high, t + HALF, sizeof high);
    for (size_t j = 0; j < HALF; j++) {
        uint64_t carry = 0;
        for (size_t k = 0; j + k < HALF; k++) {
            eg_u128 s = (eg_u128)low[j] * eg_p_folded[k] + high[j + k] + carry;
            high[j + k] = (uint64_t)s;
            carry = (uint64_t)(s >> 64);
        }
    }
    memcpy(digit, low, sizeof low);
    memcpy(digit + HALF, high, sizeof high);
}

static const eg_sweeps sweeps = {W, sweep_set, sweep_add, quotient};

static bool is_supported(void)
{
    return eg_cpu_has(EG_CPU_BMI2 | EG_CPU_ADX | EG_CPU_SSSE3);
}

EG_SCALAR_OPERATIONS(&sweeps)

const eg_kernel eg_kernel_adx = {
    EG_SCALAR_MEMBERS,
    .name = "adx",
    .window_bits = 7,
    .is_supported = is_supported,
    .to_window = eg_adx_to_window,
    .select = eg_adx_select,
};
