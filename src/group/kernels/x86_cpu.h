/* What CPU and operating system can run, by CPUID and XGETBV. x86-64 only. */
#ifndef EG_GROUP_KERNELS_X86_CPU_H
#define EG_GROUP_KERNELS_X86_CPU_H

#include <stdbool.h>
#include <stdint.h>

typedef enum eg_cpu_feature {
    EG_CPU_BMI2 = 1 << 0,
    EG_CPU_ADX = 1 << 1,
    EG_CPU_AVX2 = 1 << 2, /* and the system keeps the upper halves of ymm registers */
    EG_CPU_FMA = 1 << 3,
    EG_CPU_AVX512 = 1 << 4, /* F, VL, DQ, BW, and the system keeps zmm and mask registers */
    EG_CPU_AVX512_IFMA = 1 << 5,
    EG_CPU_SSSE3 = 1 << 6,
} eg_cpu_feature;

/* Whether all of the features are there. */
bool eg_cpu_has(unsigned features);

#endif
