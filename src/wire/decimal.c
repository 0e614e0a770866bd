#include "wire/decimal.h"

#include "base/secret.h"

typedef unsigned __int128 u128;

enum { CHUNK_DIGITS = 18, CHUNKS = (EG_Q_DECIMAL_MAX + CHUNK_DIGITS - 1) / CHUNK_DIGITS };

static const uint64_t chunk_value = 1000000000000000000u;

/* 128 by 64 bits, bit by bit: the machine's division takes time that depends on its operands */
static uint64_t divide_step(uint64_t *remainder, uint64_t low)
{
    uint64_t high = *remainder, quotient = 0; /* high < chunk_value < 2^60 */
    for (int bit = 63; bit >= 0; bit--) {
        high = high << 1 | (low >> bit & 1);
        uint64_t keep =
            (uint64_t)0 - ((high - chunk_value) >> 63); /* all ones when high < chunk_value */
        high -= chunk_value & ~keep;
        quotient |= (~keep & 1) << bit;
    }
    *remainder = high;
    return quotient;
}

/* x below 10^18 to 18 digits; v / 10 by multiplication */
static void put_digits(char *out, uint64_t x)
{
    for (int i = CHUNK_DIGITS; i-- > 0;) {
        uint64_t tenth = (uint64_t)(((u128)x * 0xcccccccccccccccdu) >> 67);
        out[i] = (char)('0' + (char)(x - 10 * tenth));
        x = tenth;
    }
}

void eg_modq_to_decimal(char out[EG_Q_DECIMAL_MAX + 1], const eg_modq *value)
{
    eg_modq rest = *value;
    char digits[CHUNKS * CHUNK_DIGITS];
    for (int c = CHUNKS; c-- > 0;) {
        uint64_t remainder = 0;
        for (int i = EG_Q_LIMBS; i-- > 0;) {
            rest.limb[i] = divide_step(&remainder, rest.limb[i]);
        }
        put_digits(digits + c * CHUNK_DIGITS, remainder);
    }
    size_t skip = 0; /* the number of digits shows in the text itself */
    while (skip + 1 < sizeof digits && digits[skip] == '0') {
        skip++;
    }
    memcpy(out, digits + skip, sizeof digits - skip);
    out[sizeof digits - skip] = '\0';
    eg_wipe(digits, sizeof digits);
    eg_wipe(&rest, sizeof rest);
}

static bool are_digits(eg_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)(s.data[i] - '0') > 9) {
            return false;
        }
    }
    return s.len > 0 && s.len <= EG_DECIMAL_DIGITS_MAX;
}

static eg_str without_leading_zeros(eg_str s)
{
    while (s.len > 1 && s.data[0] == '0') {
        s.data++;
        s.len--;
    }
    return s;
}

eg_decimal eg_modp_from_decimal(eg_modp *out, eg_str digits)
{
    if (!are_digits(digits)) {
        return EG_DECIMAL_NO_DIGITS;
    }
    digits = without_leading_zeros(digits);
    if (digits.len > EG_P_DECIMAL_MAX) {
        return EG_DECIMAL_TOO_LARGE;
    }
    return eg_modp_from_decimal_vartime(out, digits.data, digits.len) ? EG_DECIMAL_OK
                                                                      : EG_DECIMAL_TOO_LARGE;
}

eg_decimal eg_modq_from_decimal(eg_modq *out, eg_str digits)
{
    if (!are_digits(digits)) {
        return EG_DECIMAL_NO_DIGITS;
    }
    digits = without_leading_zeros(digits);
    if (digits.len > EG_Q_DECIMAL_MAX) {
        return EG_DECIMAL_TOO_LARGE;
    }
    uint64_t limb[EG_Q_LIMBS + 1] = {0}; /* 10^78 < 2^260: the fifth limb catches the excess */
    for (size_t i = 0; i < digits.len; i++) {
        u128 carry = (u128)(unsigned char)(digits.data[i] - '0');
        for (size_t j = 0; j <= EG_Q_LIMBS; j++) {
            carry += (u128)limb[j] * 10;
            limb[j] = (uint64_t)carry;
            carry >>= 64;
        }
    }
    uint8_t bytes[EG_Q_BYTES];
    for (size_t i = 0; i < EG_Q_BYTES; i++) {
        bytes[EG_Q_BYTES - 1 - i] = (uint8_t)(limb[i / 8] >> (i % 8 * 8));
    }
    bool good = limb[EG_Q_LIMBS] == 0 && eg_modq_from_bytes(out, bytes, sizeof bytes);
    eg_wipe(limb, sizeof limb);
    eg_wipe(bytes, sizeof bytes);
    return good ? EG_DECIMAL_OK : EG_DECIMAL_TOO_LARGE;
}
