/* Products of powers of public bases.
 *
 * Pippenger's buckets, lane by lane: the terms are dealt out to the lanes, each lane runs over its
 * own share, and the lanes' products are multiplied in the end. For few terms the buckets are
 * narrow, down to Straus-like windows of two bits, so one code path serves all sizes. */
#include "group/internal.h"

#include <stdlib.h>

enum { BITS_MAX = 8 };

typedef struct work {
    const eg_kernel *kernel;
    const eg_modp *const *bases;
    const eg_modq *exponents;
    size_t n;
    size_t rounds; /* terms of one lane: ceil(n / lanes) */
    unsigned bits;
    uint64_t *loaded; /* owned: bases in table form, term by term, rounds * lanes of them */
    uint64_t *bucket; /* owned: lane by lane, 2^bits entries each */
} work;

static uint64_t *loaded_at(const work *w, size_t term)
{
    return w->loaded + term * w->kernel->entry_words;
}

static uint64_t *bucket_at(const work *w, unsigned lane, unsigned digit)
{
    return w->bucket + (((size_t)lane << w->bits) + digit) * w->kernel->entry_words;
}

/* Width that makes rounds * windows + 2 * 2^bits * windows smallest. */
static unsigned best_bits(size_t rounds, unsigned exponent_bits)
{
    unsigned best = 2;
    size_t best_cost = SIZE_MAX;
    for (unsigned bits = 2; bits <= BITS_MAX; bits++) {
        size_t windows = (exponent_bits + bits - 1) / bits;
        size_t cost = windows * (rounds + (2u << bits));
        if (cost < best_cost) {
            best_cost = cost;
            best = bits;
        }
    }
    return best;
}

static void load_bases(const work *w)
{
    for (size_t first = 0; first < w->rounds * w->kernel->lanes; first += w->kernel->lanes) {
        const eg_modp *in[EG_KERNEL_MAX_LANES];
        uint64_t *out[EG_KERNEL_MAX_LANES];
        for (unsigned l = 0; l < w->kernel->lanes; l++) {
            in[l] = first + l < w->n ? w->bases[first + l] : &eg_modp_one;
            out[l] = loaded_at(w, first + l);
        }
        eg_block block;
        w->kernel->load(&block, in);
        w->kernel->to_entries(out, &block);
    }
}

static void clear_buckets(const work *w)
{
    eg_block one;
    w->kernel->one(&one);
    for (unsigned d = 0; d < 1u << w->bits; d++) {
        uint64_t *to[EG_KERNEL_MAX_LANES];
        for (unsigned l = 0; l < w->kernel->lanes; l++) {
            to[l] = bucket_at(w, l, d);
        }
        w->kernel->to_entries(to, &one);
    }
}

static void into_buckets(const work *w, unsigned window)
{
    for (size_t round = 0; round < w->rounds; round++) {
        const uint64_t *from[EG_KERNEL_MAX_LANES];
        const uint64_t *term[EG_KERNEL_MAX_LANES];
        uint64_t *to[EG_KERNEL_MAX_LANES];
        for (unsigned l = 0; l < w->kernel->lanes; l++) {
            size_t i = round * w->kernel->lanes + l;
            uint32_t digit = i < w->n ? eg_bits_at(&w->exponents[i], window * w->bits, w->bits) : 0;
            to[l] = bucket_at(w, l, digit);
            from[l] = to[l];
            term[l] = loaded_at(w, i);
        }
        eg_block sum, factor;
        w->kernel->from_entries_vartime(&sum, from);
        w->kernel->from_entries_vartime(&factor, term);
        w->kernel->mul(&sum, &sum, &factor);
        w->kernel->to_entries(to, &sum);
    }
}

/* product of bucket[d]^d by running products */
static void sum_buckets(eg_block *total, const work *w)
{
    eg_block running, next;
    unsigned top = (1u << w->bits) - 1;
    for (unsigned d = top; d >= 1; d--) {
        const uint64_t *from[EG_KERNEL_MAX_LANES];
        for (unsigned l = 0; l < w->kernel->lanes; l++) {
            from[l] = bucket_at(w, l, d);
        }
        w->kernel->from_entries_vartime(&next, from);
        if (d == top) {
            running = next;
            *total = next;
        } else {
            w->kernel->mul(&running, &running, &next);
            w->kernel->mul(total, total, &running);
        }
    }
}

static void run(eg_modp *r, const work *w, unsigned exponent_bits)
{
    eg_block result, part;
    unsigned windows = (exponent_bits + w->bits - 1) / w->bits;
    w->kernel->one(&result);
    load_bases(w);
    for (unsigned i = windows; i-- > 0;) {
        for (unsigned s = 0; s < w->bits && i + 1 < windows; s++) {
            w->kernel->sqr(&result, &result);
        }
        clear_buckets(w);
        into_buckets(w, i);
        sum_buckets(&part, w);
        w->kernel->mul(&result, &result, &part);
    }
    eg_modp lane[EG_KERNEL_MAX_LANES];
    eg_modp *out[EG_KERNEL_MAX_LANES];
    const eg_modp *factor[EG_KERNEL_MAX_LANES];
    for (unsigned l = 0; l < w->kernel->lanes; l++) {
        out[l] = &lane[l];
        factor[l] = &lane[l];
    }
    w->kernel->store(out, &result);
    eg_modp_product(r, factor, w->kernel->lanes);
}

bool eg_multi_pow_vartime(eg_modp *r, const eg_modp *const bases[], const eg_modq exponents[],
                          size_t n, unsigned exponent_bits)
{
    const eg_kernel *kernel = eg_kernel_active();
    work w = {.kernel = kernel, .bases = bases, .exponents = exponents, .n = n};
    w.rounds = (n + kernel->lanes - 1) / kernel->lanes;
    w.bits = best_bits(w.rounds, exponent_bits);
    size_t entry_bytes = kernel->entry_words * sizeof(uint64_t);
    w.loaded = aligned_alloc(64, (w.rounds + 1) * kernel->lanes * entry_bytes);
    w.bucket = aligned_alloc(64, ((size_t)kernel->lanes << w.bits) * entry_bytes);
    bool ready = w.loaded != NULL && w.bucket != NULL;
    if (ready) {
        uint32_t saved = eg_kernel_enter(kernel);
        run(r, &w, exponent_bits);
        eg_kernel_leave(kernel, saved);
    }
    free(w.loaded);
    free(w.bucket);
    return ready;
}
