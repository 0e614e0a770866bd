/* Numbers in and out, tables and selections of the one-lane kernels. */
#include "group/kernels/scalar.h"

#include "base/secret.h"

#include <string.h>

enum { N = EG_P_LIMBS };

void eg_scalar_take(eg_block *r, const eg_modp *const in[])
{
    memcpy(r->word, in[0]->limb, sizeof in[0]->limb);
}

/* A number below 2^4096, which is less than 2 p; wipes it. */
static void give(eg_modp *out, uint64_t number[N])
{
    uint64_t difference[N];
    uint64_t below = eg_limbs_sub(difference, number, eg_p_limbs, N);
    eg_limbs_select(out->limb, difference, number, N, eg_mask(below != 0));
    eg_wipe(number, N * sizeof *number);
    eg_wipe(difference, sizeof difference);
}

void eg_scalar_give(eg_modp *const out[], eg_block *a)
{
    if (out[0] != NULL) {
        give(out[0], a->word);
    } else {
        eg_wipe(a->word, N * sizeof(uint64_t));
    }
}

void eg_scalar_load(eg_block *r, const eg_modp *in, const eg_sweeps *by)
{
    eg_block plain, r2;
    eg_scalar_take(&plain, &in);
    memcpy(r2.word, eg_mont_r2.limb, sizeof eg_mont_r2.limb);
    eg_scalar_mul(r, &plain, &r2, by);
    eg_wipe(plain.word, sizeof in->limb);
}

void eg_scalar_store(eg_modp *out, const eg_block *a, const eg_sweeps *by)
{
    if (out == NULL) {
        return;
    }
    uint64_t t[2 * N] = {0};
    memcpy(t, a->word, N * sizeof *t);
    eg_scalar_reduce(t, t, by);
    give(out, t);
    eg_wipe(t + N, N * sizeof *t);
}

void eg_scalar_one(eg_block *r)
{
    memcpy(r->word, eg_mont_one.limb, sizeof eg_mont_one.limb);
}

void eg_scalar_to_entries(uint64_t *const entry[], const eg_block *a)
{
    if (entry[0] != NULL) {
        memcpy(entry[0], a->word, N * sizeof(uint64_t));
    }
}

void eg_scalar_from_entries_vartime(eg_block *r, const uint64_t *const entry[])
{
    memcpy(r->word, entry[0], N * sizeof(uint64_t));
}

/* A window is its numbers in order. */
void eg_scalar_to_window(uint64_t *const window[], const unsigned count[], unsigned digit,
                         const eg_block a[EG_WINDOW_STEP])
{
    (void)count;
    for (size_t k = 0; window[0] != NULL && k < EG_WINDOW_STEP; k++) {
        memcpy(window[0] + (digit + k) * N, a[k].word, N * sizeof(uint64_t));
    }
}

/* r = the digit-th of `count` numbers that stand `stride` words apart; all are read. Eight limbs at
 * a time, so that their sums stay in registers: half the time of number after number. */
static void scan(eg_block *r, const uint64_t *first, size_t stride, unsigned count, uint32_t digit)
{
    enum { PART = 8 };
    for (size_t at = 0; at < N; at += PART) {
        uint64_t sum[PART] = {0};
        for (unsigned e = 0; e < count; e++) {
            uint64_t take = eg_mask(e == digit);
            const uint64_t *limb = first + e * stride + at;
            for (size_t i = 0; i < PART; i++) {
                sum[i] |= limb[i] & take;
            }
        }
        memcpy(r->word + at, sum, sizeof sum);
    }
}

void eg_scalar_select(eg_block r[], size_t n, const uint64_t *window, unsigned count,
                      const uint32_t digit[])
{
    for (size_t b = 0; b < n; b++) {
        scan(&r[b], window, N, count, digit[b]);
    }
}

void eg_scalar_select_blocks(eg_block *r, const eg_block *blocks, unsigned count,
                             const uint32_t digit[])
{
    scan(r, blocks[0].word, sizeof *blocks / sizeof blocks->word[0], count, digit[0]);
}
