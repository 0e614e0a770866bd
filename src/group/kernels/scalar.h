/* What the kernels of one lane share. A block of theirs is the limbs of a number in Montgomery
 * form, R = 2^4096 (kernel.h); table entries are those limbs too. */
#ifndef EG_GROUP_KERNELS_SCALAR_H
#define EG_GROUP_KERNELS_SCALAR_H

#include "group/internal.h"

typedef void eg_scalar_mul(eg_block *r, const eg_block *a, const eg_block *b);
/* r = t / 2^4096 mod p, below 2^4096; t < 2^8192 is used up. r may be t. */
typedef void eg_scalar_reduce(uint64_t r[EG_P_LIMBS], uint64_t t[2 * EG_P_LIMBS]);

void eg_scalar_load(eg_block *r, const eg_modp *in, eg_scalar_mul *mul);
/* NULL for out stores nothing. */
void eg_scalar_store(eg_modp *out, const eg_block *a, eg_scalar_reduce *reduce);

/* These are operations of eg_kernel as they stand. */
void eg_scalar_one(eg_block *r);
void eg_scalar_to_entries(uint64_t *const entry[], const eg_block *a);
void eg_scalar_from_entries_vartime(eg_block *r, const uint64_t *const entry[]);
void eg_scalar_to_window(uint64_t *const window[], const unsigned count[], unsigned digit,
                         const eg_block a[EG_WINDOW_STEP]);
void eg_scalar_select(eg_block r[], size_t n, const uint64_t *window, unsigned count,
                      const uint32_t digit[]);
void eg_scalar_select_blocks(eg_block *r, const eg_block *blocks, unsigned count,
                             const uint32_t digit[]);

#endif
