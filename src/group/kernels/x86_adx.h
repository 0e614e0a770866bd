/* Windows of the adx kernel, by SSSE3: what kernel.h says of the operations of these names. A
 * select for sixteen blocks takes as long as for one. */
#ifndef EG_GROUP_KERNELS_X86_ADX_H
#define EG_GROUP_KERNELS_X86_ADX_H

#include "group/internal.h"

void eg_adx_to_window(uint64_t *const window[], const unsigned count[], unsigned digit,
                      const eg_block a[EG_WINDOW_STEP]);
void eg_adx_select(eg_block r[], size_t n, const uint64_t *window, unsigned count,
                   const uint32_t digit[]);

#endif
