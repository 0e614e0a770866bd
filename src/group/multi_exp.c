/* Products of powers of public bases. Two ways, chosen by their count of block multiplications:
 *
 * Straus for few terms: the terms are dealt out to the lanes, a lane's terms share its squarings,
 * and each term has a table of sixteen powers.
 *
 * Pippenger for many: the windows of the exponents are dealt out to the lanes, so that a lane has
 * the buckets of one window only; each term is multiplied into one bucket of every lane. A window's
 * value is the product of bucket[d]^d, taken by running products; the scalar kernel puts the
 * windows together.
 *
 * The buckets also hold, for each bit of the window, the product of the bases whose exponent has
 * that bit: of all buckets whose digit has it. Taken instead of the running products, at the same
 * price, they are what eg_multi_pow_bits_vartime gives. */
#include "group/internal.h"

#include <stdlib.h>

enum {
    STRAUS_BITS = 4,
    STRAUS_DIGITS = 1 << STRAUS_BITS,
    STRAUS_TERMS_MAX = 128, /* a table of 16 entries each: 1.3 MB */
    BUCKET_BITS_MAX = 11,
    BUCKETS_MAX = 2048, /* of all lanes: 1.3 MB */
    TERMS_MAX = EG_BATCH_MAX
};

typedef struct terms {
    const eg_kernel *kernel;
    const eg_modp *const *bases;
    const eg_modq *exponents;
    size_t n;
    unsigned exponent_bits;
    eg_modp *bit_products; /* out, exponent_bits of them; or NULL where they are not wanted */
} terms;

typedef struct plan {
    unsigned bucket_bits; /* 0: Straus */
    size_t cost;
} plan;

/* Entries of a kernel in one allocation. */
typedef struct entries {
    uint64_t *word; /* owned, 64-byte aligned */
    size_t entry_words;
} entries;

static unsigned windows_of(unsigned exponent_bits, unsigned bits)
{
    return (exponent_bits + bits - 1) / bits;
}

static bool entries_init(entries *e, const eg_kernel *kernel, size_t count)
{
    e->entry_words = kernel->entry_words;
    e->word = aligned_alloc(64, count * e->entry_words * sizeof(uint64_t));
    return e->word != NULL;
}

static uint64_t *entry_at(const entries *e, size_t index)
{
    return e->word + index * e->entry_words;
}

/* The bases of a round, one a lane; 1 where there is no term. */
static void load_round(eg_block *r, const terms *t, size_t round)
{
    const eg_modp *in[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < t->kernel->lanes; l++) {
        size_t i = round * t->kernel->lanes + l;
        in[l] = i < t->n ? t->bases[i] : &eg_modp_one;
    }
    t->kernel->load(r, in);
}

static size_t rounds_of(const terms *t)
{
    return (t->n + t->kernel->lanes - 1) / t->kernel->lanes;
}

/* ---- Straus ---------------------------------------------------------------------------------- */

/* table[(round * lanes + lane) * 16 + d] = base^d */
static void fill_round(const entries *table, const terms *t, size_t round)
{
    eg_block base, power;
    load_round(&base, t, round);
    t->kernel->one(&power);
    for (unsigned d = 0; d < STRAUS_DIGITS; d++) {
        uint64_t *to[EG_KERNEL_MAX_LANES];
        for (unsigned l = 0; l < t->kernel->lanes; l++) {
            to[l] = entry_at(table, (round * t->kernel->lanes + l) * STRAUS_DIGITS + d);
        }
        t->kernel->to_entries(to, &power);
        t->kernel->mul(&power, &power, &base);
    }
}

/* result *= the round's powers for one window; nothing where all digits are zero */
static void multiply_round(eg_block *result, const entries *table, const terms *t, size_t round,
                           unsigned window)
{
    const uint64_t *from[EG_KERNEL_MAX_LANES];
    uint32_t any = 0;
    for (unsigned l = 0; l < t->kernel->lanes; l++) {
        size_t i = round * t->kernel->lanes + l;
        uint32_t digit =
            i < t->n ? eg_bits_at(&t->exponents[i], window * STRAUS_BITS, STRAUS_BITS) : 0;
        from[l] = entry_at(table, i * STRAUS_DIGITS + digit);
        any |= digit;
    }
    if (any != 0) {
        eg_block factor;
        t->kernel->from_entries_vartime(&factor, from);
        t->kernel->mul(result, result, &factor);
    }
}

static void multiply_lanes(eg_modp *r, const eg_kernel *kernel, const eg_block *value)
{
    eg_modp lane[EG_KERNEL_MAX_LANES];
    eg_modp *out[EG_KERNEL_MAX_LANES];
    const eg_modp *factor[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < kernel->lanes; l++) {
        out[l] = &lane[l];
        factor[l] = &lane[l];
    }
    kernel->store(out, value);
    eg_modp_product(r, factor, kernel->lanes);
}

static void run_straus(eg_modp *r, const terms *t, const entries *table)
{
    eg_block result;
    t->kernel->one(&result);
    for (size_t round = 0; round < rounds_of(t); round++) {
        fill_round(table, t, round);
    }
    unsigned windows = windows_of(t->exponent_bits, STRAUS_BITS);
    for (unsigned w = windows; w-- > 0;) {
        for (unsigned s = 0; s < STRAUS_BITS && w + 1 < windows; s++) {
            t->kernel->sqr(&result, &result);
        }
        for (size_t round = 0; round < rounds_of(t); round++) {
            multiply_round(&result, table, t, round, w);
        }
    }
    multiply_lanes(r, t->kernel, &result);
}

static bool straus(eg_modp *r, const terms *t)
{
    entries table;
    if (!entries_init(&table, t->kernel, rounds_of(t) * t->kernel->lanes * STRAUS_DIGITS)) {
        return false;
    }
    run_straus(r, t, &table);
    free(table.word);
    return true;
}

static size_t straus_cost(const terms *t)
{
    size_t round_cost = STRAUS_DIGITS + windows_of(t->exponent_bits, STRAUS_BITS);
    return t->exponent_bits + rounds_of(t) * round_cost;
}

/* ---- Pippenger ------------------------------------------------------------------------------- */

typedef struct buckets {
    const terms *terms;
    unsigned bits;
    entries base;   /* base[i]: term i */
    entries bucket; /* bucket[lane * 2^bits + digit]; digit 0 takes what counts for nothing */
} buckets;

static uint64_t *bucket_at(const buckets *b, unsigned lane, unsigned digit)
{
    return entry_at(&b->bucket, ((size_t)lane << b->bits) + digit);
}

static void load_bases(const buckets *b)
{
    const eg_kernel *kernel = b->terms->kernel;
    for (size_t round = 0; round < rounds_of(b->terms); round++) {
        eg_block block;
        uint64_t *to[EG_KERNEL_MAX_LANES];
        load_round(&block, b->terms, round);
        for (unsigned l = 0; l < kernel->lanes; l++) {
            to[l] = entry_at(&b->base, round * kernel->lanes + l);
        }
        kernel->to_entries(to, &block);
    }
}

static void clear_buckets(const buckets *b)
{
    const eg_kernel *kernel = b->terms->kernel;
    eg_block one;
    kernel->one(&one);
    for (unsigned d = 0; d < 1u << b->bits; d++) {
        uint64_t *to[EG_KERNEL_MAX_LANES];
        for (unsigned l = 0; l < kernel->lanes; l++) {
            to[l] = bucket_at(b, l, d);
        }
        kernel->to_entries(to, &one);
    }
}

/* Multiplies term i into the buckets of the windows from `first` on, one a lane. */
static void add_term(const buckets *b, size_t i, unsigned first)
{
    const eg_kernel *kernel = b->terms->kernel;
    const uint64_t *from[EG_KERNEL_MAX_LANES], *base[EG_KERNEL_MAX_LANES];
    uint64_t *to[EG_KERNEL_MAX_LANES];
    uint32_t any = 0;
    for (unsigned l = 0; l < kernel->lanes; l++) {
        unsigned at = (first + l) * b->bits;
        uint32_t digit = 0;
        if (at < b->terms->exponent_bits) {
            digit = eg_bits_at(&b->terms->exponents[i], at, b->bits);
        }
        any |= digit;
        to[l] = bucket_at(b, l, digit);
        from[l] = to[l];
        base[l] = entry_at(&b->base, i);
    }
    if (any == 0) {
        return;
    }
    eg_block sum, factor;
    kernel->from_entries_vartime(&sum, from);
    kernel->from_entries_vartime(&factor, base);
    kernel->mul(&sum, &sum, &factor);
    kernel->to_entries(to, &sum);
}

/* product of bucket[d]^d: running = b15, total = b15; running *= b14, total *= running; ... */
static void sum_buckets(eg_block *total, const buckets *b)
{
    const eg_kernel *kernel = b->terms->kernel;
    eg_block running, next;
    kernel->one(&running);
    kernel->one(total);
    for (unsigned d = (1u << b->bits) - 1; d >= 1; d--) {
        const uint64_t *from[EG_KERNEL_MAX_LANES];
        for (unsigned l = 0; l < kernel->lanes; l++) {
            from[l] = bucket_at(b, l, d);
        }
        kernel->from_entries_vartime(&next, from);
        kernel->mul(&running, &running, &next);
        kernel->mul(total, total, &running);
    }
}

/* result = result^(2^bits) * the window's value, from the highest window of the block down */
static void append_windows(eg_block *result, const buckets *b, const eg_block *total)
{
    const eg_kernel *kernel = b->terms->kernel, *scalar = eg_kernel_scalar();
    eg_modp value[EG_KERNEL_MAX_LANES];
    eg_modp *out[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < kernel->lanes; l++) {
        out[l] = &value[l];
    }
    kernel->store(out, total);
    for (unsigned l = kernel->lanes; l-- > 0;) {
        const eg_modp *window = &value[l];
        eg_block factor;
        for (unsigned s = 0; s < b->bits; s++) {
            scalar->sqr(result, result);
        }
        scalar->load(&factor, &window);
        scalar->mul(result, result, &factor);
    }
}

/* Multiplies together, lane by lane, the upper half of the first 2^(bit + 1) buckets, and each of
 * them into the one below it: so the lower half is left with what the lower bits need. */
static void fold_bit(eg_block *product, const buckets *b, unsigned bit)
{
    const eg_kernel *kernel = b->terms->kernel;
    eg_block upper, lower;
    kernel->one(product);
    for (unsigned d = 0; d < 1u << bit; d++) {
        const uint64_t *from[EG_KERNEL_MAX_LANES], *below[EG_KERNEL_MAX_LANES];
        uint64_t *to[EG_KERNEL_MAX_LANES];
        for (unsigned l = 0; l < kernel->lanes; l++) {
            from[l] = bucket_at(b, l, d + (1u << bit));
            to[l] = bucket_at(b, l, d);
            below[l] = to[l];
        }
        kernel->from_entries_vartime(&upper, from);
        kernel->mul(product, product, &upper);
        if (d > 0) { /* digit 0 counts for nothing */
            kernel->from_entries_vartime(&lower, below);
            kernel->mul(&lower, &lower, &upper);
            kernel->to_entries(to, &lower);
        }
    }
}

/* The products of every bit of the windows from `first` on, one window a lane. */
static void take_bit_products(const buckets *b, unsigned first)
{
    const terms *t = b->terms;
    for (unsigned bit = b->bits; bit-- > 0;) {
        eg_block product;
        eg_modp *out[EG_KERNEL_MAX_LANES];
        fold_bit(&product, b, bit);
        for (unsigned l = 0; l < t->kernel->lanes; l++) {
            unsigned at = (first + l) * b->bits + bit;
            out[l] = at < t->exponent_bits ? &t->bit_products[at] : NULL;
        }
        t->kernel->store(out, &product);
    }
}

/* product of value[i]^(2^i) */
static void compose_bits(eg_modp *r, const eg_modp values[], unsigned count)
{
    const eg_kernel *scalar = eg_kernel_scalar();
    eg_block result, factor;
    scalar->one(&result);
    for (unsigned i = count; i-- > 0;) {
        const eg_modp *value = &values[i];
        scalar->sqr(&result, &result);
        scalar->load(&factor, &value);
        scalar->mul(&result, &result, &factor);
    }
    scalar->store(&r, &result);
}

static void run_pippenger(eg_modp *r, const buckets *b)
{
    const eg_kernel *scalar = eg_kernel_scalar();
    unsigned lanes = b->terms->kernel->lanes;
    eg_block result, total;
    scalar->one(&result);
    load_bases(b);
    unsigned groups = (windows_of(b->terms->exponent_bits, b->bits) + lanes - 1) / lanes;
    for (unsigned g = groups; g-- > 0;) {
        clear_buckets(b);
        for (size_t i = 0; i < b->terms->n; i++) {
            add_term(b, i, g * lanes);
        }
        if (b->terms->bit_products != NULL) {
            take_bit_products(b, g * lanes);
        } else {
            sum_buckets(&total, b);
            append_windows(&result, b, &total);
        }
    }
    scalar->store(&r, &result);
}

static bool pippenger(eg_modp *r, const terms *t, unsigned bits)
{
    buckets b = {.terms = t, .bits = bits};
    bool ready = entries_init(&b.base, t->kernel, rounds_of(t) * t->kernel->lanes) &&
                 entries_init(&b.bucket, t->kernel, (size_t)t->kernel->lanes << bits);
    if (ready) {
        run_pippenger(r, &b);
    }
    free(b.base.word);
    free(b.bucket.word);
    return ready;
}

static size_t pippenger_cost(const terms *t, unsigned bits)
{
    size_t lanes = t->kernel->lanes;
    size_t groups = (windows_of(t->exponent_bits, bits) + lanes - 1) / lanes;
    /* squarings of the scalar kernel: a third of a block's multiplication, or the same for one lane
     */
    size_t squarings = groups * lanes * bits / (lanes > 1 ? 3 : 1);
    return squarings + rounds_of(t) + groups * (t->n + (2u << bits));
}

/* ---- choice ---------------------------------------------------------------------------------- */

static plan best_plan(const terms *t)
{
    plan best = {.bucket_bits = 0, .cost = SIZE_MAX};
    if (t->n <= STRAUS_TERMS_MAX && t->bit_products == NULL) {
        best.cost = straus_cost(t);
    }
    for (unsigned bits = 2; bits <= BUCKET_BITS_MAX; bits++) {
        if (t->kernel->lanes << bits > BUCKETS_MAX) {
            break;
        }
        size_t cost = pippenger_cost(t, bits);
        if (cost < best.cost) {
            best = (plan){.bucket_bits = bits, .cost = cost};
        }
    }
    return best;
}

static bool run_some(eg_modp *r, const terms *t)
{
    plan chosen = best_plan(t);
    uint32_t saved = eg_kernel_enter(t->kernel);
    eg_count_products(t->kernel, chosen.cost);
    bool done = chosen.bucket_bits == 0 ? straus(r, t) : pippenger(r, t, chosen.bucket_bits);
    eg_kernel_leave(t->kernel, saved);
    return done;
}

bool eg_multi_pow_vartime(eg_modp *r, const eg_modp *const bases[], const eg_modq exponents[],
                          size_t n, unsigned exponent_bits)
{
    eg_modp result = eg_modp_one, part;
    for (size_t i = 0; i < n; i += TERMS_MAX) {
        size_t count = n - i < TERMS_MAX ? n - i : TERMS_MAX;
        terms t = {.kernel = eg_kernel_for(count),
                   .bases = bases + i,
                   .exponents = exponents + i,
                   .n = count,
                   .exponent_bits = exponent_bits};
        if (!run_some(&part, &t)) {
            return false;
        }
        eg_modp_mul(&result, &result, &part);
    }
    *r = result;
    return true;
}

bool eg_multi_pow_bits_vartime(eg_modp *r, eg_modp bit_products[], const eg_modp *const bases[],
                               const eg_modq exponents[], size_t n, unsigned exponent_bits)
{
    eg_modp part[EG_BIT_PRODUCTS_MAX], ignored;
    for (unsigned bit = 0; bit < exponent_bits; bit++) {
        bit_products[bit] = eg_modp_one;
    }
    for (size_t i = 0; i < n; i += TERMS_MAX) {
        size_t count = n - i < TERMS_MAX ? n - i : TERMS_MAX;
        terms t = {.kernel = eg_kernel_for(count),
                   .bases = bases + i,
                   .exponents = exponents + i,
                   .n = count,
                   .exponent_bits = exponent_bits,
                   .bit_products = part};
        if (!run_some(&ignored, &t)) {
            return false;
        }
        for (unsigned bit = 0; bit < exponent_bits; bit++) {
            eg_modp_mul(&bit_products[bit], &bit_products[bit], &part[bit]);
        }
    }
    compose_bits(r, bit_products, exponent_bits);
    return true;
}
