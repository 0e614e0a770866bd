/* The other side of every comparison here: GMP, the edges worth trying, random values below p and
 * q. */
#ifndef EG_TESTS_GMP_ORACLE_H
#define EG_TESTS_GMP_ORACLE_H

#include "support/seeded.h"

#include "group/kernel.h"

#include <gmp.h>
#include <stdio.h>

enum { EDGE_MODP_COUNT = 12, EDGE_MODQ_COUNT = 10 };

static inline void mpz_from_limbs(mpz_t out, const uint64_t *limbs, size_t n)
{
    mpz_import(out, n, -1, sizeof *limbs, 0, 0, limbs);
}

static inline void limbs_from_mpz(uint64_t *limbs, size_t n, const mpz_t value)
{
    memset(limbs, 0, n * sizeof *limbs);
    assert_true(mpz_sizeinbase(value, 2) <= n * 64);
    mpz_export(limbs, NULL, -1, sizeof *limbs, 0, 0, value);
}

static inline void mpz_p(mpz_t out)
{
    mpz_from_limbs(out, eg_p_limbs, EG_P_LIMBS);
}

static inline void mpz_q(mpz_t out)
{
    mpz_from_limbs(out, eg_q_limbs, EG_Q_LIMBS);
}

static inline eg_modp modp_of(const mpz_t value)
{
    eg_modp r;
    limbs_from_mpz(r.limb, EG_P_LIMBS, value);
    return r;
}

static inline eg_modq modq_of(const mpz_t value)
{
    eg_modq r;
    limbs_from_mpz(r.limb, EG_Q_LIMBS, value);
    return r;
}

/* Most are uniform; some have long runs of ones or zeros, where carries live. */
static inline void random_limbs(uint64_t *limbs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        limbs[i] = seeded_u64();
    }
    if (seeded_u64() % 4 == 0) {
        size_t from = seeded_u64() % n;
        size_t to = from + seeded_u64() % (n - from) + 1;
        uint64_t fill = seeded_u64() % 2 == 0 ? 0 : UINT64_MAX;
        for (size_t i = from; i < to; i++) {
            limbs[i] = fill;
        }
    }
}

/* Never 0, which is an edge of its own and has no inverse; runs of zeros as long as the number do
 * come up. */
static inline eg_modp random_modp(void)
{
    eg_modp r;
    mpz_t value, p;
    mpz_inits(value, p, NULL);
    mpz_p(p);
    do {
        random_limbs(r.limb, EG_P_LIMBS);
        mpz_from_limbs(value, r.limb, EG_P_LIMBS);
        mpz_mod(value, value, p);
    } while (mpz_sgn(value) == 0);
    r = modp_of(value);
    mpz_clears(value, p, NULL);
    return r;
}

static inline eg_modq random_modq(void)
{
    eg_modq r;
    mpz_t value, q;
    mpz_inits(value, q, NULL);
    random_limbs(r.limb, EG_Q_LIMBS);
    mpz_q(q);
    mpz_from_limbs(value, r.limb, EG_Q_LIMBS);
    mpz_mod(value, value, q);
    r = modq_of(value);
    mpz_clears(value, q, NULL);
    return r;
}

/* 0, 1, 2, p-1, p-2, (p-1)/2, 2^4095, 2^4096-p, 2^3840-1, 2^64-1, g, p - 2^256 */
static inline eg_modp edge_modp(size_t i)
{
    mpz_t v, p;
    mpz_inits(v, p, NULL);
    mpz_p(p);
    switch (i % EDGE_MODP_COUNT) {
    case 0:
    case 1:
    case 2:
        mpz_set_ui(v, i % EDGE_MODP_COUNT);
        break;
    case 3:
        mpz_sub_ui(v, p, 1);
        break;
    case 4:
        mpz_sub_ui(v, p, 2);
        break;
    case 5:
        mpz_fdiv_q_2exp(v, p, 1);
        break;
    case 6:
        mpz_setbit(v, 4095);
        break;
    case 7:
        mpz_setbit(v, 4096);
        mpz_sub(v, v, p);
        break;
    case 8:
        mpz_setbit(v, 3840);
        mpz_sub_ui(v, v, 1);
        break;
    case 9:
        mpz_setbit(v, 64);
        mpz_sub_ui(v, v, 1);
        break;
    case 10:
        mpz_from_limbs(v, eg_modp_g.limb, EG_P_LIMBS);
        break;
    default:
        mpz_setbit(v, 256);
        mpz_sub(v, p, v);
        break;
    }
    eg_modp r = modp_of(v);
    mpz_clears(v, p, NULL);
    return r;
}

/* 0, 1, 2, q-1, q-2, 2^255, 2^64-1, 2^192, 189, 2^256-2^64 */
static inline eg_modq edge_modq(size_t i)
{
    static const eg_modq fixed[EDGE_MODQ_COUNT] = {
        {{0}},
        {{1}},
        {{2}},
        {{UINT64_MAX - 189, UINT64_MAX, UINT64_MAX, UINT64_MAX}},
        {{UINT64_MAX - 190, UINT64_MAX, UINT64_MAX, UINT64_MAX}},
        {{0, 0, 0, (uint64_t)1 << 63}},
        {{UINT64_MAX}},
        {{0, 0, 0, 1}},
        {{189}},
        {{0, UINT64_MAX, UINT64_MAX, UINT64_MAX}},
    };
    return fixed[i % EDGE_MODQ_COUNT];
}

/* an edge in the first rounds, random after */
static inline eg_modp some_modp(size_t round)
{
    return round < EDGE_MODP_COUNT ? edge_modp(round) : random_modp();
}

static inline eg_modq some_modq(size_t round)
{
    return round < EDGE_MODQ_COUNT ? edge_modq(round) : random_modq();
}

static inline void assert_modp(const eg_modp *got, const mpz_t want)
{
    eg_modp expected = modp_of(want);
    assert_memory_equal(got->limb, expected.limb, sizeof expected.limb);
}

static inline void assert_modq(const eg_modq *got, const mpz_t want)
{
    eg_modq expected = modq_of(want);
    assert_memory_equal(got->limb, expected.limb, sizeof expected.limb);
}

static inline eg_modp oracle_pow(const eg_modp *base, const eg_modq *exponent)
{
    mpz_t b, e, p;
    mpz_inits(b, e, p, NULL);
    mpz_p(p);
    mpz_from_limbs(b, base->limb, EG_P_LIMBS);
    mpz_from_limbs(e, exponent->limb, EG_Q_LIMBS);
    mpz_powm(b, b, e, p);
    eg_modp r = modp_of(b);
    mpz_clears(b, e, p, NULL);
    return r;
}

static inline eg_modp oracle_mul(const eg_modp *a, const eg_modp *b)
{
    mpz_t x, y, p;
    mpz_inits(x, y, p, NULL);
    mpz_p(p);
    mpz_from_limbs(x, a->limb, EG_P_LIMBS);
    mpz_from_limbs(y, b->limb, EG_P_LIMBS);
    mpz_mul(x, x, y);
    mpz_mod(x, x, p);
    eg_modp r = modp_of(x);
    mpz_clears(x, y, p, NULL);
    return r;
}

static inline void assert_modp_equal(const eg_modp *got, const eg_modp *want)
{
    assert_memory_equal(got->limb, want->limb, sizeof want->limb);
}

/* Runs `body` once for every kernel that this CPU has, chosen; leaves the best one chosen. */
static inline void for_each_kernel(void (*body)(void))
{
    for (size_t i = 0; eg_kernels[i] != NULL; i++) {
        if (eg_kernels[i]->is_supported()) {
            assert_true(eg_group_init(eg_kernels[i]->name));
            body();
        }
    }
    assert_true(eg_group_init(NULL));
}

#endif
