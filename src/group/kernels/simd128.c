/* Four lanes in vectors of 128 bits, for WebAssembly: a limb of 28 bits of four numbers fills a
 * vector, and its widening products are the widest multiplication there is. Written with the
 * compilers' own vectors, so that the tests run the same code natively. */
#include "group/kernels/simd128.h"

#include "base/secret.h"

#include <string.h>

enum { D = 4 }; /* limbs of a quotient digit, rows of a sweep */

/* A column of products: of lanes 0 and 1, of lanes 2 and 3. */
typedef struct column {
    pairs low, high;
} column;

static ALWAYS_INLINE pairs low_pair(lanes x)
{
    return __builtin_convertvector(__builtin_shufflevector(x, x, 0, 1), pairs);
}

static ALWAYS_INLINE pairs high_pair(lanes x)
{
    return __builtin_convertvector(__builtin_shufflevector(x, x, 2, 3), pairs);
}

static ALWAYS_INLINE void add_product(column *c, lanes x, lanes y)
{
    c->low += low_pair(x) * low_pair(y);
    c->high += high_pair(x) * high_pair(y);
}

/* The same pointer, for all that the compiler knows another one. Compilers for WebAssembly multiply
 * the halves of two vectors in one instruction where they see them widened there, and in six where
 * they have hoisted the widening out of the loop: what is read through this stays in it. */
static ALWAYS_INLINE const lanes *anew(const lanes *x)
{
    __asm__ volatile("" : "+r"(x));
    return x;
}

/* The low 28 bits of four sums. */
static ALWAYS_INLINE lanes limbs_of(const column *c)
{
    return __builtin_shufflevector((lanes)c->low, (lanes)c->high, 0, 2, 4, 6) & EG_MASK_28;
}

static ALWAYS_INLINE void carry(column *to, const column *from)
{
    to->low += from->low >> 28;
    to->high += from->high >> 28;
}

/* t[0 .. n+2] += x[0 .. 3] * y[0 .. n-1] */
static void sweep(column t[], const lanes x[D], const lanes y[], size_t n)
{
    lanes y0 = {0}, y1 = {0}, y2 = {0};
    for (size_t k = 0; k < n; k += D) {
        const lanes *at = anew(x);
        const lanes x0 = at[0], x1 = at[1], x2 = at[2], x3 = at[3];
        _Pragma("GCC unroll 4") for (size_t j = 0; j < D; j++)
        {
            const lanes y3 = y[k + j];
            column c = t[k + j];
            add_product(&c, x0, y3);
            add_product(&c, x1, y2);
            add_product(&c, x2, y1);
            add_product(&c, x3, y0);
            t[k + j] = c;
            y0 = y1;
            y1 = y2;
            y2 = y3;
        }
    }
    add_product(&t[n], x[1], y2);
    add_product(&t[n], x[2], y1);
    add_product(&t[n], x[3], y0);
    add_product(&t[n + 1], x[2], y2);
    add_product(&t[n + 1], x[3], y1);
    add_product(&t[n + 2], x[3], y2);
}

#define IN_EVERY_LANE(y) ((lanes){(y), (y), (y), (y)})

/* Every column below 2^28 but the last: a product's columns come near 2^64. */
static void settle(column t[2 * N])
{
    const pairs mask = {EG_MASK_28, EG_MASK_28};
    for (size_t i = 0; i + 1 < 2 * N; i++) {
        carry(&t[i + 1], &t[i]);
        t[i].low &= mask;
        t[i].high &= mask;
    }
}

/* r = t / R mod p, below p + t / R; the columns are settled. Each gets 140 products at most. */
static void reduce(lanes r[N], column t[2 * N])
{
    lanes folded[EG_P_FOLDED_LIMBS_28]; /* in memory: a number in every lane is seen through */
    for (size_t i = 0; i < EG_P_FOLDED_LIMBS_28; i++) {
        folded[i] = IN_EVERY_LANE(eg_p_folded_28[i]);
    }
    for (size_t i = 0; i < N; i += D) {
        lanes digit[D];
        for (size_t j = 0; j < D; j++) {
            digit[j] = limbs_of(&t[i + j]);
            carry(&t[i + j + 1], &t[i + j]);
        }
        sweep(t + i + EG_FOLDED_AT_28, digit, folded, EG_P_FOLDED_LIMBS_28);
    }
    for (size_t i = N; i + 1 < 2 * N; i++) {
        r[i - N] = limbs_of(&t[i]);
        carry(&t[i + 1], &t[i]);
    }
    r[N - 1] = limbs_of(&t[2 * N - 1]);
}

static void mul(eg_block *r, const eg_block *a, const eg_block *b)
{
    column t[2 * N];
    const lanes *x = limbs_of_block(a), *y = limbs_of_block(b);
    memset(t, 0, sizeof t);
    for (size_t i = 0; i < N; i += D) {
        sweep(t + i, x + i, y, N);
    }
    settle(t);
    reduce(limbs_in(r), t);
}

/* The products of different limbs once, with one of the two doubled. */
static void sqr(eg_block *r, const eg_block *a)
{
    column t[2 * N];
    const lanes *x = limbs_of_block(a);
    memset(t, 0, sizeof t);
    for (size_t i = 0; i < N; i += D) {
        lanes twice[D];
        for (size_t j = 0; j < D; j++) {
            twice[j] = x[i + j] + x[i + j];
            add_product(&t[2 * (i + j)], x[i + j], x[i + j]);
            for (size_t k = 0; k < j; k++) {
                add_product(&t[2 * i + j + k], x[i + k], twice[j]);
            }
        }
        sweep(t + 2 * i + D, twice, x + i + D, N - i - D);
    }
    settle(t);
    reduce(limbs_in(r), t);
}

/* ---- numbers in and out ---------------------------------------------------------------------- */

static void in_every_lane(eg_block *r, const eg_modp *a)
{
    for (size_t i = 0; i < N; i++) {
        limbs_in(r)[i] = IN_EVERY_LANE(eg_limb_28(a, i));
    }
}

static void one(eg_block *r)
{
    in_every_lane(r, &eg_one_r4144);
}

/* plain numbers, as they are */
static void take(eg_block *r, const eg_modp *const in[])
{
    for (size_t i = 0; i < N; i++) {
        limbs_in(r)[i] = (lanes){eg_limb_28(in[0], i), eg_limb_28(in[1], i), eg_limb_28(in[2], i),
                                 eg_limb_28(in[3], i)};
    }
}

/* plain numbers below 2 p, fully reduced; wipes a */
static void give(eg_modp *const out[], eg_block *a)
{
    uint32_t limb[N];
    for (size_t l = 0; l < LANES; l++) {
        if (out[l] != NULL) {
            for (size_t i = 0; i < N; i++) {
                limb[i] = limbs_in(a)[i][l];
            }
            eg_join_28(out[l], limb);
        }
    }
    eg_wipe(limb, sizeof limb);
    eg_wipe(a->word, sizeof a->word);
}

static void load(eg_block *r, const eg_modp *const in[])
{
    eg_block plain, r2;
    take(&plain, in);
    in_every_lane(&r2, &eg_r2_r4144);
    mul(r, &plain, &r2);
    eg_wipe(plain.word, sizeof plain.word);
}

static void store(eg_modp *const out[], const eg_block *a)
{
    column t[2 * N];
    eg_block plain;
    memset(t, 0, sizeof t);
    for (size_t i = 0; i < N; i++) {
        t[i] = (column){low_pair(limbs_of_block(a)[i]), high_pair(limbs_of_block(a)[i])};
    }
    reduce(limbs_in(&plain), t); /* (a + m p) / R: at most p */
    give(out, &plain);
}

static bool is_supported(void)
{
    return true;
}

const eg_kernel eg_kernel_simd128 = {
    .name = "simd128",
    .lanes = LANES,
    .entry_words = EG_ENTRY_WORDS_28,
    .window_bits = 6,
    .is_supported = is_supported,
    .load = load,
    .store = store,
    .take = take,
    .give = give,
    .one = one,
    .mul = mul,
    .sqr = sqr,
    .to_entries = eg_simd128_to_entries,
    .from_entries_vartime = eg_simd128_from_entries_vartime,
    .to_window = eg_simd128_to_window,
    .select = eg_simd128_select,
    .select_blocks = eg_simd128_select_blocks,
};
