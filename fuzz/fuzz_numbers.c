/* Numbers mod p and q in hexadecimal and decimal: read, written, read again; decimals as GMP reads
 * them. */
#include "common.h"

#include "crypto/hash.h"
#include "wire/decimal.h"

#include <gmp.h>

static void check_p_hex(eg_str text)
{
    char out[EG_P_HEX_MAX];
    eg_modp value;
    eg_modp again;
    if (!eg_modp_from_hex(&value, text)) {
        return;
    }
    size_t n = eg_modp_to_hex(out, &value);
    CHECK(eg_modp_from_hex(&again, (eg_str){out, n}) && eg_modp_equal(&value, &again));
}

static void check_q_hex(eg_str text)
{
    char out[EG_Q_HEX_MAX];
    eg_modq value;
    eg_modq again;
    if (!eg_modq_from_hex(&value, text)) {
        return;
    }
    size_t n = eg_modq_to_hex(out, &value);
    CHECK(eg_modq_from_hex(&again, (eg_str){out, n}) && eg_modq_equal(&value, &again));
}

static bool only_digits(eg_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }
    return text.len > 0 && text.len <= EG_DECIMAL_DIGITS_MAX;
}

/* The text that GMP makes of the digits. */
static char *canonical(eg_str digits, char out[EG_DECIMAL_DIGITS_MAX + 2])
{
    char text[EG_DECIMAL_DIGITS_MAX + 1];
    mpz_t number;
    memcpy(text, digits.data, digits.len);
    text[digits.len] = '\0';
    CHECK(mpz_init_set_str(number, text, 10) == 0);
    (void)mpz_get_str(out, 10, number);
    mpz_clear(number);
    return out;
}

static void check_decimals(eg_str digits)
{
    char expected[EG_DECIMAL_DIGITS_MAX + 2];
    char out[EG_P_DECIMAL_MAX + 1];
    eg_modp p;
    eg_modq q;
    eg_decimal read_p = eg_modp_from_decimal(&p, digits);
    eg_decimal read_q = eg_modq_from_decimal(&q, digits);
    if (!only_digits(digits)) {
        CHECK(read_p == EG_DECIMAL_NO_DIGITS && read_q == EG_DECIMAL_NO_DIGITS);
        return;
    }
    (void)canonical(digits, expected);
    if (read_p == EG_DECIMAL_OK) {
        eg_modp_to_decimal_vartime(out, &p);
        CHECK(strcmp(out, expected) == 0);
    }
    if (read_q == EG_DECIMAL_OK) {
        CHECK(read_p == EG_DECIMAL_OK);
        eg_modq_to_decimal(out, &q);
        CHECK(strcmp(out, expected) == 0);
    }
    CHECK(strlen(expected) >= 1233 || read_p == EG_DECIMAL_OK); /* p > 10^1233 */
    CHECK(strlen(expected) >= 78 || read_q == EG_DECIMAL_OK);   /* q > 10^77 */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    eg_str text = {(const char *)data, n};
    check_p_hex(text);
    check_q_hex(text);
    check_decimals(text);
    return 0;
}
