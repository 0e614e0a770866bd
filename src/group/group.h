/* All that other folders use of this one: the numbers, and powers of them in batches.
 *
 * Montgomery form and the representations of the kernels never leave this folder. Nothing here
 * allocates, except the makers of tables and eg_multi_pow_vartime; stack use stays below 256 KB.
 * Naming, time and threads: numbers.h. */
#ifndef EG_GROUP_GROUP_H
#define EG_GROUP_GROUP_H

#include "group/numbers.h"

/* ---- how much was asked for ---- */

/* How many products mod p this thread has worked out so far, squares among them, in lanes of the
 * kernel in use: spare lanes count, and a product of the scalar kernel as many as take its time.
 * For tests of how long a unit of work may hold a thread. */
uint64_t eg_group_products(void);

enum { EG_PRODUCTS_OF_POWER = 330 }; /* of any base, with an exponent of 256 bits */

/* How many powers a unit of work may take: some 5 ms (ifma), 6 (fma), 7 (adx), 10 (portable). A
 * multiple of the kernel's lanes. */
size_t eg_group_powers_of_unit(void);
/* How many lanes the kernel in use has: powers in this number, or a multiple, waste none. */
size_t eg_group_lanes(void);

/* ---- several elements at once ---- */

/* Product of n elements; 1 for n = 0. About half the cost of n calls of eg_modp_mul. */
void eg_modp_product(eg_modp *r, const eg_modp *const factors[], size_t n);
/* The values of n running products. Those of as many factors as the one before cost a product each;
 * eg_modp_acc_value takes some more to work out what the factors' number asks for. */
void eg_modp_acc_values(eg_modp *const r[], const eg_modp_acc *const acc[], size_t n);
/* n independent products. out may be a or b of its own job, not of another. */
typedef struct eg_modp_pair {
    const eg_modp *a, *b;
    eg_modp *out;
} eg_modp_pair;

void eg_modp_mul_batch(const eg_modp_pair jobs[], size_t n);

/* r = a * g when flag, else a; without a branch. */
void eg_modp_mul_g_if(eg_modp *r, const eg_modp *a, bool flag);
extern const eg_modp eg_modp_cofactor; /* (p - 1) / q */
/* Jacobi symbol (a/p): 1, -1 or 0. */
int eg_modp_jacobi_vartime(const eg_modp *a);

/* ---- powers of a base with a table ---- */

typedef struct eg_fixed_pow {
    const eg_fixed_base *base;
    const eg_modq *exponent; /* may be secret */
    eg_modp *out;            /* base^exponent; overlaps no input */
} eg_fixed_pow;

/* n independent powers. Order jobs as you like: the batcher groups them by base to fill the lanes.
 * With secret exponents it takes 200 KB of stack. */
void eg_fixed_pow_batch(const eg_fixed_pow *jobs, size_t n);
void eg_fixed_pow_batch_vartime(const eg_fixed_pow *jobs, size_t n); /* public exponents */

/* ---- powers of any base ---- */

typedef struct eg_pow {
    const eg_modp *base;
    const eg_modq *exponent;
    eg_modp *out;
} eg_pow;

void eg_pow_batch(const eg_pow *jobs, size_t n);         /* secret exponents (and bases) */
void eg_pow_batch_vartime(const eg_pow *jobs, size_t n); /* public */

/* product of bases[i]^exponents[i], any n. exponent_bits bounds every exponent (1 to 256): short
 * ones cost less. The one computation here that allocates: false (r untouched) when memory runs
 * out. */
bool eg_multi_pow_vartime(eg_modp *r, const eg_modp *const bases[], const eg_modq exponents[],
                          size_t n, unsigned exponent_bits);

/* The same of exponents of at most EG_BIT_PRODUCTS_MAX bits; and for each bit, from 0 up to
 * exponent_bits - 1, the product of those bases whose exponent has it. Where the exponents are
 * random these are products of random subsets: one bad factor shows in each with probability 1/2.
 * They cost next to nothing. bit_products is undefined on failure. */
enum { EG_BIT_PRODUCTS_MAX = 128 };
bool eg_multi_pow_bits_vartime(eg_modp *r, eg_modp bit_products[], const eg_modp *const bases[],
                               const eg_modq exponents[], size_t n, unsigned exponent_bits);

enum { EG_BATCH_MAX = 4096, EG_CHAIN_EXPONENTS = 2 };

/* Several powers of one base, and whether it lies in the subgroup of order q, from one chain of
 * squarings: x^(2^256) = x^189 is the same test as x^q = 1. Source: PERFORMANCE notes, "exact
 * verification". */
typedef struct eg_chain {
    const eg_modp *base;
    const eg_modq *exponents[EG_CHAIN_EXPONENTS]; /* public */
    eg_modp *powers[EG_CHAIN_EXPONENTS];          /* out: base^exponents[i] */
    size_t exponent_count;                        /* 0 to EG_CHAIN_EXPONENTS */
    bool is_residue;                              /* out: base != 0 and base^q = 1 */
} eg_chain;

void eg_chain_batch_vartime(eg_chain *jobs, size_t n);

#endif
