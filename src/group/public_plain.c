/* The same without GMP, for where there is none: short loops, on public numbers only. */
#include "group/internal.h"
#include "group/public_numbers.h"

enum { N = EG_P_LIMBS, PRODUCTS_OF_INVERSE = 200, PRODUCTS_OF_SYMBOL = 100 };

typedef uint64_t number[N];

static bool is_one(const number a)
{
    return eg_limbs_equal(a, eg_modp_one.limb, N);
}

static bool is_zero(const number a)
{
    return eg_limbs_equal(a, eg_modp_zero.limb, N);
}

static bool is_below(const number a, const number b)
{
    for (size_t i = N; i-- > 0;) {
        if (a[i] != b[i]) {
            return a[i] < b[i];
        }
    }
    return false;
}

/* a / 2, with `top` as its bit 4096. */
static void halve(number a, uint64_t top)
{
    for (size_t i = 0; i + 1 < N; i++) {
        a[i] = a[i] >> 1 | a[i + 1] << 63;
    }
    a[N - 1] = a[N - 1] >> 1 | top << 63;
}

static uint64_t add(number r, const number a, const number b)
{
    uint8_t carry = 0;
    for (size_t i = 0; i < N; i++) {
        carry = eg_limb_add(carry, a[i], b[i], &r[i]);
    }
    return carry;
}

/* ---- inverses: the binary form of Euclid's algorithm (Knuth, 4.5.2) ---- */

/* value = factor * a mod p holds throughout. */
typedef struct eg_euclid {
    number value;  /* not 0 */
    number factor; /* below p */
} eg_euclid;

/* Halves the value until it is odd, the factor with it. */
static void make_odd(eg_euclid *e)
{
    while ((e->value[0] & 1) == 0) {
        uint64_t carry = (e->factor[0] & 1) == 0 ? 0 : add(e->factor, e->factor, eg_p_limbs);
        halve(e->value, 0);
        halve(e->factor, carry);
    }
}

static void subtract(eg_euclid *from, const eg_euclid *what)
{
    (void)eg_limbs_sub(from->value, from->value, what->value, N);
    if (eg_limbs_sub(from->factor, from->factor, what->factor, N) != 0) {
        (void)add(from->factor, from->factor, eg_p_limbs);
    }
}

bool eg_modp_inverse_vartime(eg_modp *r, const eg_modp *a)
{
    if (eg_modp_is_zero(a)) {
        return false;
    }
    eg_euclid x = {.factor = {1}}, y = {.factor = {0}};
    memcpy(x.value, a->limb, sizeof x.value);
    memcpy(y.value, eg_p_limbs, sizeof y.value);
    eg_count_products(eg_kernel_scalar(), PRODUCTS_OF_INVERSE);
    make_odd(&x);
    while (!is_one(x.value)) { /* p is prime: the last value but 0 is 1 */
        if (is_below(x.value, y.value)) {
            eg_euclid swapped = x;
            x = y;
            y = swapped;
        }
        subtract(&x, &y);
        make_odd(&x);
    }
    memcpy(r->limb, x.factor, sizeof r->limb);
    return true;
}

/* ---- symbols: the binary form of Jacobi's algorithm (Cohen, 1.4.10) ---- */

int eg_modp_jacobi_vartime(const eg_modp *a)
{
    number top, bottom; /* the symbol of top over bottom, which is odd */
    int sign = 1;
    memcpy(top, a->limb, sizeof top);
    memcpy(bottom, eg_p_limbs, sizeof bottom);
    eg_count_products(eg_kernel_scalar(), PRODUCTS_OF_SYMBOL);
    while (!is_zero(top)) {
        while ((top[0] & 1) == 0) {
            halve(top, 0);
            if ((bottom[0] & 7) == 3 || (bottom[0] & 7) == 5) {
                sign = -sign; /* of 2 */
            }
        }
        if (is_below(top, bottom)) {
            number swapped;
            memcpy(swapped, top, sizeof top);
            memcpy(top, bottom, sizeof top);
            memcpy(bottom, swapped, sizeof top);
            if ((top[0] & 3) == 3 && (bottom[0] & 3) == 3) {
                sign = -sign; /* reciprocity */
            }
        }
        (void)eg_limbs_sub(top, top, bottom, N);
    }
    return is_one(bottom) ? sign : 0;
}

/* ---- decimal texts ---- */

enum { GROUP_DIGITS = 9, GROUPS = (EG_P_DECIMAL_MAX + GROUP_DIGITS - 1) / GROUP_DIGITS };

static const uint64_t group_value = 1000000000u;

/* a / 10^9; the remainder is returned. */
static uint32_t divide(number a)
{
    uint64_t remainder = 0;
    for (size_t i = N; i-- > 0;) {
        uint64_t high = remainder << 32 | a[i] >> 32;
        uint64_t low = high % group_value << 32 | (a[i] & UINT32_MAX);
        a[i] = high / group_value << 32 | low / group_value;
        remainder = low % group_value;
    }
    return (uint32_t)remainder;
}

void eg_modp_to_decimal_vartime(char out[EG_P_DECIMAL_MAX + 1], const eg_modp *value)
{
    char digits[GROUPS * GROUP_DIGITS];
    number rest;
    size_t zeros = 0;
    memcpy(rest, value->limb, sizeof rest);
    for (size_t i = sizeof digits; i > 0; i -= GROUP_DIGITS) {
        uint32_t group = divide(rest);
        for (size_t j = 1; j <= GROUP_DIGITS; j++) {
            digits[i - j] = (char)('0' + group % 10);
            group /= 10;
        }
    }
    while (zeros + 1 < sizeof digits && digits[zeros] == '0') {
        zeros++;
    }
    memcpy(out, digits + zeros, sizeof digits - zeros);
    out[sizeof digits - zeros] = '\0';
}

bool eg_modp_from_decimal_vartime(eg_modp *out, const char *digits, size_t count)
{
    number value = {0};
    for (size_t i = 0; i < count; i++) {
        eg_u128 carry = (eg_u128)(digits[i] - '0');
        for (size_t j = 0; j < N; j++) {
            carry += (eg_u128)value[j] * 10;
            value[j] = (uint64_t)carry;
            carry >>= 64;
        }
        if (carry != 0) {
            return false;
        }
    }
    if (!is_below(value, eg_p_limbs)) {
        return false;
    }
    memcpy(out->limb, value, sizeof value);
    return true;
}
