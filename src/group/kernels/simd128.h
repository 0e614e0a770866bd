/* What the files of the simd128 kernel share: four lanes, limbs of 28 bits. */
#ifndef EG_GROUP_KERNELS_SIMD128_H
#define EG_GROUP_KERNELS_SIMD128_H

#include "group/kernels/limbs28.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))

enum { N = EG_LIMBS_28, LANES = 4 };

typedef uint32_t lanes __attribute__((vector_size(16))); /* one for each of four numbers */
typedef uint64_t pairs __attribute__((vector_size(16))); /* of two of them */

/* A block is its limbs, each of all lanes. */
static inline lanes *limbs_in(eg_block *a)
{
    return (lanes *)(void *)a->word;
}

static inline const lanes *limbs_of_block(const eg_block *a)
{
    return (const lanes *)(const void *)a->word;
}

/* simd128_windows.c; as in kernel.h */
void eg_simd128_to_entries(uint64_t *const entry[], const eg_block *a);
void eg_simd128_from_entries_vartime(eg_block *r, const uint64_t *const entry[]);
void eg_simd128_to_window(uint64_t *const window[], const unsigned count[], unsigned digit,
                          const eg_block a[EG_WINDOW_STEP]);
void eg_simd128_select(eg_block r[], size_t n, const uint64_t *window, unsigned count,
                       const uint32_t digit[]);
void eg_simd128_select_blocks(eg_block *r, const eg_block *blocks, unsigned count,
                              const uint32_t digit[]);

#endif
