/* Guardians' polynomials, coordinates, Lagrange coefficients. Source: docs/crypto.md 9. */
#ifndef EG_CRYPTO_POLYNOMIAL_H
#define EG_CRYPTO_POLYNOMIAL_H

#include "crypto/elgamal.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/* P(x) = sum a_j x^j mod q. coefficients secret, x public. */
void eg_polynomial_value(eg_modq *out, const eg_modq coefficients[], size_t count, uint64_t x);
/* product K_j^(x^j mod q): what g^P(x) must be. Commitments are residues already. */
void eg_recovery_key_vartime(eg_modp *out, const eg_modp commitments[], size_t count, uint64_t x);
bool eg_coordinate_verify(const eg_modq *coordinate, uint64_t x, const eg_modp commitments[],
                          size_t count);
/* Coefficient of x among x and others; 1 when there are no others. Fails with EG_E_DUPLICATE on
 * equal x. */
eg_result eg_lagrange(eg_modq *out, uint64_t x, const uint64_t others[], size_t count,
                      eg_error *err) EG_MUST_USE;

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
