#include "crypto/polynomial.h"

#include "base/secret.h"

void eg_polynomial_value(eg_modq *out, const eg_modq coefficients[], size_t count, uint64_t x)
{
    eg_modq at = eg_modq_from_u64(x);
    eg_modq value = eg_modq_zero;
    for (size_t j = count; j-- > 0;) {
        eg_modq_add_mul(&value, &coefficients[j], &value, &at);
    }
    *out = value;
    eg_wipe(&value, sizeof value);
}

/* value^x for a small public x, square and multiply: a sequence order has few bits */
static void small_power(eg_modp *out, const eg_modp *value, uint64_t x)
{
    eg_modp result = eg_modp_one;
    for (unsigned bit = 64; bit-- > 0;) {
        if (x >> bit == 0) {
            continue;
        }
        eg_modp_mul(&result, &result, &result);
        if ((x >> bit & 1) != 0) {
            eg_modp_mul(&result, &result, value);
        }
    }
    *out = result;
}

void eg_recovery_key_vartime(eg_modp *out, const eg_modp commitments[], size_t count, uint64_t x)
{
    /* Horner in the exponent: (K_{k-1}^x * K_{k-2})^x ...; for residues the same as exponents mod q
     */
    eg_modp value = eg_modp_one;
    for (size_t j = count; j-- > 0;) {
        small_power(&value, &value, x);
        eg_modp_mul(&value, &value, &commitments[j]);
    }
    *out = value;
}

bool eg_coordinate_verify(const eg_modq *coordinate, uint64_t x, const eg_modp commitments[],
                          size_t count)
{
    eg_modp expected, got;
    eg_recovery_key_vartime(&expected, commitments, count, x);
    eg_public_key(&got, coordinate);
    return eg_modp_equal(&expected, &got);
}

eg_result eg_lagrange(eg_modq *out, uint64_t x, const uint64_t others[], size_t count,
                      eg_error *err)
{
    eg_modq numerator = eg_modq_one, denominator = eg_modq_one;
    eg_modq at = eg_modq_from_u64(x);
    for (size_t j = 0; j < count; j++) {
        if (others[j] == x) {
            return EG_FAIL(err, EG_E_DUPLICATE, NULL, "two guardians have the same sequence order");
        }
        eg_modq other = eg_modq_from_u64(others[j]), difference;
        eg_modq_sub(&difference, &other, &at);
        eg_modq_mul(&numerator, &numerator, &other);
        eg_modq_mul(&denominator, &denominator, &difference);
    }
    eg_modq_inverse(&denominator, &denominator);
    eg_modq_mul(out, &numerator, &denominator);
    return EG_SUCCESS;
}
