/* What the runner takes of GMP, where there is none: JavaScript's BigInt, by number
 * (tests/package/vectors_host.mjs). */
#ifndef VECTORS_WASM_GMP_H
#define VECTORS_WASM_GMP_H

#include <stddef.h>

typedef int mpz_t[1];

#define GMP_HOST(name) __attribute__((import_module("gmp"), import_name(#name))) name

/* words of 64 bits, lowest first */
void GMP_HOST(mpz_import)(mpz_t out, size_t count, int order, size_t size, int endian, size_t nails,
                          const void *words);
/* bytes, highest first */
void *GMP_HOST(mpz_export)(void *out, size_t *count, int order, size_t size, int endian,
                           size_t nails, const mpz_t value);
char *GMP_HOST(mpz_get_str)(char *out, int base, const mpz_t value);
size_t GMP_HOST(mpz_sizeinbase)(const mpz_t value, int base);
int GMP_HOST(mpz_cmp)(const mpz_t a, const mpz_t b);
void GMP_HOST(mpz_set_ui)(mpz_t out, unsigned long value);
void GMP_HOST(mpz_add_ui)(mpz_t out, const mpz_t a, unsigned long b);
void GMP_HOST(mpz_sub_ui)(mpz_t out, const mpz_t a, unsigned long b);
void GMP_HOST(mpz_mul)(mpz_t out, const mpz_t a, const mpz_t b);
void GMP_HOST(mpz_divexact)(mpz_t out, const mpz_t a, const mpz_t b);
void GMP_HOST(mpz_powm)(mpz_t out, const mpz_t base, const mpz_t exponent, const mpz_t modulus);

/* a number is there once it is set */
#define mpz_inits(...)  (void)0
#define mpz_clears(...) (void)0

#endif
