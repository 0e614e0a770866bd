/* The control register of the vector units around a run of a kernel. */
#ifndef EG_GROUP_KERNELS_X86_MXCSR_H
#define EG_GROUP_KERNELS_X86_MXCSR_H

#include <immintrin.h>
#include <stdint.h>

/* Every exception masked and every status bit up already, so that no operand changes the register.
 * Some Intel CPUs retire vector multiplications a cycle later for some operands under any other
 * value ("MXCSR configuration dependent timing"; Intel's remedy is this value and a fence). */
#define EG_MXCSR_STEADY 0x1fbfu

/* Returns what to restore. */
static inline uint32_t eg_mxcsr_enter(uint32_t value)
{
    uint32_t saved = _mm_getcsr();
    _mm_setcsr(value);
    _mm_lfence();
    return saved;
}

static inline void eg_mxcsr_leave(uint32_t saved)
{
    _mm_setcsr(saved);
}

#endif
