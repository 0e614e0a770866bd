#include "base/vbmi.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define EG_VBMI __attribute__((target("avx512vbmi,avx512bw,avx512f")))

/* Byte i of a multishift's control: which bit of the 64 its result begins at. */
#define SHIFTS(a, b, c, d)                                                                         \
    _mm512_set1_epi64((long long)(a) | (b) << 8 | (c) << 16 | (long long)(d) << 24 |               \
                      (long long)((a) + 32) << 32 | (long long)((b) + 32) << 40 |                  \
                      (long long)((c) + 32) << 48 | (long long)((d) + 32) << 56)

EG_VBMI void eg_vbmi_hex_encode(char *out, const uint8_t *bytes, size_t blocks)
{
    static const char digits[] = "0123456789ABCDEF";
    const __m512i digit = _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)digits));
    const __m512i nibbles = SHIFTS(4, 0, 20, 16), low = _mm512_set1_epi8(15);
    for (size_t i = 0; i < blocks; i++) {
        __m256i in = _mm256_loadu_si256((const void *)(bytes + i * EG_VBMI_HEX_BYTES));
        __m512i both = _mm512_multishift_epi64_epi8(nibbles, _mm512_cvtepu8_epi16(in));
        __m512i text = _mm512_shuffle_epi8(digit, _mm512_and_si512(both, low));
        _mm512_storeu_si512(out + i * EG_VBMI_CHARACTERS, text);
    }
}

/* Of three bytes a b c, in each four: b a c b. Little-endian the four sextets then begin at bits
 * 10, 4, 22 and 16; what stands above a sextet the permutation of 64 characters ignores. */
static const uint8_t b_a_c_b[EG_VBMI_CHARACTERS] = {
    1,  0,  2,  1,  4,  3,  5,  4,  7,  6,  8,  7,  10, 9,  11, 10, 13, 12, 14, 13, 16, 15,
    17, 16, 19, 18, 20, 19, 22, 21, 23, 22, 25, 24, 26, 25, 28, 27, 29, 28, 31, 30, 32, 31,
    34, 33, 35, 34, 37, 36, 38, 37, 40, 39, 41, 40, 43, 42, 44, 43, 46, 45, 47, 46};

EG_VBMI void eg_vbmi_base64_encode(char *out, const uint8_t *bytes, size_t blocks)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const __mmask64 present = ((__mmask64)1 << EG_VBMI_BASE64_BYTES) - 1;
    const __m512i characters = _mm512_loadu_si512(alphabet), order = _mm512_loadu_si512(b_a_c_b);
    const __m512i sextets = SHIFTS(10, 4, 22, 16);
    for (size_t i = blocks; i-- > 0;) {
        __m512i in = _mm512_maskz_loadu_epi8(present, bytes + i * EG_VBMI_BASE64_BYTES);
        in = _mm512_multishift_epi64_epi8(sextets, _mm512_permutexvar_epi8(order, in));
        _mm512_storeu_si512(out + i * EG_VBMI_CHARACTERS, _mm512_permutexvar_epi8(in, characters));
    }
}

#endif
