/* The two number systems of ElectionGuard 1.x: integers mod p (4096 bits) and mod q (256 bits).
 *
 * Values are plain and canonical: little-endian 64-bit limbs, fully reduced. Source: CRYPTO.md 1
 * "Numbers".
 *
 * Names that end in _vartime take time that depends on their values: public data only. All others
 * are constant-time in every value. Nothing here allocates, except the maker of tables. Everything
 * is safe from any thread. */
#ifndef EG_GROUP_NUMBERS_H
#define EG_GROUP_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

enum { EG_P_LIMBS = 64, EG_P_BYTES = 512, EG_Q_LIMBS = 4, EG_Q_BYTES = 32 };

typedef struct eg_modp {
    uint64_t limb[EG_P_LIMBS];
} eg_modp;

typedef struct eg_modq {
    uint64_t limb[EG_Q_LIMBS];
} eg_modq;

/* ---- start-up ---- */

/* Chooses the kernel: NULL for the best that this CPU runs, else by name ("portable", "adx", "fma",
 * "ifma"). False when the name is unknown, the CPU cannot run it, or it computes wrong numbers
 * here. Call before any thread exists; without a call the best is chosen at first use. Also builds
 * the tables of g. */
bool eg_group_init(const char *kernel_name);
const char *eg_group_kernel_name(void);

/* ---- constants ---- */

extern const eg_modp eg_modp_zero, eg_modp_one, eg_modp_g;
extern const eg_modq eg_modq_zero, eg_modq_one;
extern const uint64_t eg_p_limbs[EG_P_LIMBS]; /* p itself, no element */
extern const uint64_t eg_q_limbs[EG_Q_LIMBS]; /* q itself, no element */

/* ---- mod q: constant-time ---- */

eg_modq eg_modq_from_u64(uint64_t x);
/* Big-endian, any length; surplus leading zero bytes are fine. False when the value is q or more.
 */
bool eg_modq_from_bytes(eg_modq *out, const uint8_t *bytes, size_t n);
/* A 32-byte digest, big-endian, reduced mod q. */
void eg_modq_from_digest(eg_modq *out, const uint8_t digest[EG_Q_BYTES]);
void eg_modq_to_bytes(uint8_t out[EG_Q_BYTES], const eg_modq *a); /* big-endian, full width */
bool eg_modq_equal(const eg_modq *a, const eg_modq *b);
bool eg_modq_is_zero(const eg_modq *a);
void eg_modq_add(eg_modq *r, const eg_modq *a, const eg_modq *b);
void eg_modq_sub(eg_modq *r, const eg_modq *a, const eg_modq *b);
void eg_modq_neg(eg_modq *r, const eg_modq *a); /* 0 stays 0 */
void eg_modq_mul(eg_modq *r, const eg_modq *a, const eg_modq *b);
/* a + b*c */
void eg_modq_add_mul(eg_modq *r, const eg_modq *a, const eg_modq *b, const eg_modq *c);
/* By Fermat, constant-time. 0 gives 0: callers check. */
void eg_modq_inverse(eg_modq *r, const eg_modq *a);
/* base^exponent mod q; 0^0 = 1. Variable time in the exponent (a small public integer). */
void eg_modq_pow_u64_vartime(eg_modq *r, const eg_modq *base, uint64_t exponent);
/* base^exponent mod q with a full-width exponent. */
void eg_modq_pow(eg_modq *r, const eg_modq *base, const eg_modq *exponent);
/* r = flag ? b : a, without a branch. */
void eg_modq_select(eg_modq *r, const eg_modq *a, const eg_modq *b, bool flag);

/* ---- mod p ---- */

void eg_modp_from_u64(eg_modp *r, uint64_t x);
/* Big-endian, any length; surplus leading zero bytes are fine. False when the value is p or more.
 */
bool eg_modp_from_bytes(eg_modp *out, const uint8_t *bytes, size_t n);
void eg_modp_to_bytes(uint8_t out[EG_P_BYTES], const eg_modp *a); /* big-endian, full width */
bool eg_modp_equal(const eg_modp *a, const eg_modp *b);
bool eg_modp_is_zero(const eg_modp *a);
bool eg_modp_is_one(const eg_modp *a);
void eg_modp_mul(eg_modp *r, const eg_modp *a, const eg_modp *b);
void eg_modp_select(eg_modp *r, const eg_modp *a, const eg_modp *b, bool flag);
/* False (r untouched) for 0. */
bool eg_modp_inverse_vartime(eg_modp *r, const eg_modp *a);

/* Running product, half the price of eg_modp_mul for each factor: the tally's accumulator. Opaque.
 */
typedef struct eg_modp_acc {
    uint64_t state[EG_P_LIMBS];
    uint64_t factors;
} eg_modp_acc;
void eg_modp_acc_init(eg_modp_acc *acc); /* 1 */
void eg_modp_acc_mul(eg_modp_acc *acc, const eg_modp *factor);
void eg_modp_acc_merge(eg_modp_acc *acc, const eg_modp_acc *other);
void eg_modp_acc_value(eg_modp *r, const eg_modp_acc *acc);

/* ---- powers of a base with a table ---- */

/* Precomputed powers of one base. Immutable once made: any number of threads may use it. */
typedef struct eg_fixed_base eg_fixed_base;

/* NULL when memory runs out. Up to 3 MB and some 10 ms; the wider variable-time table is added at
 * its first use (another 5 MB). */
eg_fixed_base *eg_fixed_base_new(const eg_modp *base);
void eg_fixed_base_free(eg_fixed_base *table); /* NULL is fine */
size_t eg_fixed_base_bytes(void);              /* of one base's tables, at most */
const eg_modp *eg_fixed_base_value(const eg_fixed_base *table);
const eg_fixed_base *eg_fixed_base_g(void); /* static, built once */

/* x != 0 and x^q = 1. */
bool eg_modp_is_residue_vartime(const eg_modp *x);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
