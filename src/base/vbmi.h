/* Hexadecimal and base64 for CPUs with AVX-512 VBMI, whole blocks of it: two and five times as fast
 * as what the compiler makes of plain C for AVX2. hex.c and base64.c do the rest, and everything on
 * other CPUs. Private to this folder.
 *
 * Characters are picked by a permutation within a register: no address depends on a byte. */
#ifndef EG_BASE_VBMI_H
#define EG_BASE_VBMI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    EG_VBMI_HEX_BYTES = 32,    /* to 64 digits */
    EG_VBMI_BASE64_BYTES = 48, /* to 64 characters */
    EG_VBMI_CHARACTERS = 64
};

/* eg_hex_encode and eg_base64_encode without it. */
void eg_hex_encode_plain(char *out, const uint8_t *bytes, size_t n);
void eg_base64_encode_plain(char *out, const uint8_t *bytes, size_t n);

#if defined(__x86_64__) && defined(__GNUC__)

/* The CPU and the operating system have it. */
static inline bool eg_vbmi_is_supported(void)
{
    return __builtin_cpu_supports("avx512vbmi");
}

/* Upper case. */
void eg_vbmi_hex_encode(char *out, const uint8_t *bytes, size_t blocks);

/* From the last block to the first, each read before it is written: out may be where the bytes are.
 */
void eg_vbmi_base64_encode(char *out, const uint8_t *bytes, size_t blocks);

#else

static inline bool eg_vbmi_is_supported(void)
{
    return false;
}

static inline void eg_vbmi_hex_encode(char *out, const uint8_t *bytes, size_t blocks)
{
    (void)out;
    (void)bytes;
    (void)blocks;
}

static inline void eg_vbmi_base64_encode(char *out, const uint8_t *bytes, size_t blocks)
{
    (void)out;
    (void)bytes;
    (void)blocks;
}

#endif

#endif
