/* Limb arithmetic that several files need; everything constant-time in the limbs. */
#ifndef EG_GROUP_LIMBS_H
#define EG_GROUP_LIMBS_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef unsigned __int128 eg_u128;

/* All ones when flag, else zero. */
static inline uint64_t eg_mask(bool flag)
{
    uint64_t bit = flag ? 1 : 0;
    __asm__("" : "+r"(bit)); /* keeps the compiler from turning masks back into branches */
    return (uint64_t)0 - bit;
}

/* One limb of a long sum or difference: carry in, 0 or 1; the carry out is returned. Compilers make
 * carry chains of it when nothing else stands between the calls. */
#if defined(__x86_64__)
static inline uint8_t eg_limb_add(uint8_t carry, uint64_t a, uint64_t b, uint64_t *r)
{
    unsigned long long sum;
    carry = _addcarry_u64(carry, a, b, &sum);
    *r = sum;
    return carry;
}

static inline uint8_t eg_limb_sub(uint8_t borrow, uint64_t a, uint64_t b, uint64_t *r)
{
    unsigned long long difference;
    borrow = _subborrow_u64(borrow, a, b, &difference);
    *r = difference;
    return borrow;
}
#else
static inline uint8_t eg_limb_add(uint8_t carry, uint64_t a, uint64_t b, uint64_t *r)
{
    eg_u128 s = (eg_u128)a + b + carry;
    *r = (uint64_t)s;
    return (uint8_t)(s >> 64);
}

static inline uint8_t eg_limb_sub(uint8_t borrow, uint64_t a, uint64_t b, uint64_t *r)
{
    eg_u128 s = (eg_u128)a - b - borrow;
    *r = (uint64_t)s;
    return (uint8_t)(s >> 64) & 1;
}
#endif

/* r = a - b; the borrow out, 0 or 1. r may be a or b. */
static inline uint64_t eg_limbs_sub(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n)
{
    uint8_t borrow = 0;
    for (size_t i = 0; i < n; i++) {
        borrow = eg_limb_sub(borrow, a[i], b[i], &r[i]);
    }
    return borrow;
}

/* r = take_b ? b : a, with take_b all ones or zero. r may be a or b. */
static inline void eg_limbs_select(uint64_t *r, const uint64_t *a, const uint64_t *b, size_t n,
                                   uint64_t take_b)
{
    for (size_t i = 0; i < n; i++) {
        r[i] = (a[i] & ~take_b) | (b[i] & take_b);
    }
}

static inline bool eg_limbs_equal(const uint64_t *a, const uint64_t *b, size_t n)
{
    uint64_t difference = 0;
    for (size_t i = 0; i < n; i++) {
        difference |= a[i] ^ b[i];
    }
    return difference == 0;
}

/* A limb from eight big-endian bytes, and back. */
static inline uint64_t eg_limb_from_bytes(const uint8_t bytes[8])
{
    uint64_t limb;
    memcpy(&limb, bytes, sizeof limb);
    return be64toh(limb);
}

static inline void eg_limb_to_bytes(uint8_t out[8], uint64_t limb)
{
    limb = htobe64(limb);
    memcpy(out, &limb, sizeof limb);
}

/* Big-endian bytes of any length to n limbs; false when a byte that does not fit is not zero. Time
 * depends on the length alone. */
static inline bool eg_limbs_from_bytes(uint64_t *r, size_t n, const uint8_t *bytes, size_t count)
{
    uint8_t surplus = 0;
    for (; count > n * 8; count--) {
        surplus |= *bytes++;
    }
    size_t whole = count / 8;
    for (size_t i = 0; i < whole; i++) {
        r[i] = eg_limb_from_bytes(bytes + count - 8 * (i + 1));
    }
    for (size_t i = whole; i < n; i++) {
        r[i] = 0;
    }
    for (size_t i = 0; i < count % 8; i++) { /* the top limb, when it is not whole */
        r[whole] = r[whole] << 8 | bytes[i];
    }
    return surplus == 0;
}

/* n limbs to 8n big-endian bytes. */
static inline void eg_limbs_to_bytes(uint8_t *out, const uint64_t *a, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        eg_limb_to_bytes(out + 8 * (n - 1 - i), a[i]);
    }
}

#endif
