/* Features of the CPU. This file is compiled for any x86-64: it decides what else may run. */
#include "group/kernels/x86_cpu.h"

#include <cpuid.h>

/* CPUID leaf 1, register ecx */
enum { SSSE3 = 1 << 9, FMA = 1 << 12, OSXSAVE = 1 << 27 };
/* leaf 7, register ebx */
enum {
    AVX2 = 1 << 5,
    BMI2 = 1 << 8,
    AVX512F = 1 << 16,
    AVX512DQ = 1 << 17,
    ADX = 1 << 19,
    AVX512IFMA = 1 << 21,
    AVX512BW = 1 << 30
};
#define AVX512VL (1u << 31)
/* XCR0: state that the system saves */
enum { XMM_YMM = 0x06, OPMASK_ZMM = 0xe0 };

static uint64_t saved_state(void)
{
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

static unsigned vector_features(uint32_t leaf1, uint32_t leaf7)
{
    const uint32_t avx512 = AVX512F | AVX512DQ | AVX512BW | AVX512VL;
    uint64_t saved = (leaf1 & OSXSAVE) != 0 ? saved_state() : 0;
    unsigned found = 0;
    if ((saved & XMM_YMM) != XMM_YMM) {
        return 0;
    }
    found |= (leaf7 & AVX2) != 0 ? EG_CPU_AVX2 : 0;
    found |= (leaf1 & FMA) != 0 ? EG_CPU_FMA : 0;
    if ((saved & OPMASK_ZMM) == OPMASK_ZMM && (leaf7 & avx512) == avx512) {
        found |= EG_CPU_AVX512;
        found |= (leaf7 & AVX512IFMA) != 0 ? EG_CPU_AVX512_IFMA : 0;
    }
    return found;
}

bool eg_cpu_has(unsigned features)
{
    uint32_t a, b, c, d, leaf1, leaf7;
    if (__get_cpuid(1, &a, &b, &c, &d) == 0) {
        return false;
    }
    leaf1 = c;
    leaf7 = __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 ? b : 0;
    unsigned found = vector_features(leaf1, leaf7);
    found |= (leaf1 & SSSE3) != 0 ? EG_CPU_SSSE3 : 0;
    found |= (leaf7 & BMI2) != 0 ? EG_CPU_BMI2 : 0;
    found |= (leaf7 & ADX) != 0 ? EG_CPU_ADX : 0;
    return (found & features) == features;
}
