/* Bytes of secrets as text: numbers are hashed as hexadecimal, keys leave as base64. Where the CPU
 * has AVX-512 VBMI there are two ways of each. */
#include "ctime/trace/cases.h"

#include "base/base64.h"
#include "base/hex.h"
#include "base/secret.h"
#include "base/vbmi.h"
#include "ctime/trace/secrets.h"

/* Whole blocks of every way and a rest. */
enum { BYTES = EG_P_BYTES - 5 };

static uint8_t bytes[EG_P_BYTES], other[EG_P_BYTES], decoded[BYTES];
static char digits[2 * BYTES], text[EG_BASE64_ENCODED_LEN(BYTES)];
static bool answer;

/* Two numbers, the same ones for most secrets. */
static void set(unsigned secret)
{
    eg_modp number;
    secret_number(&number, secret, 0);
    eg_modp_to_bytes(bytes, &number);
    secret_number(&number, secret == 1 ? 0 : secret, secret % 2);
    eg_modp_to_bytes(other, &number);
}

static void set_digits(unsigned secret)
{
    set(secret);
    eg_hex_encode_plain(digits, bytes, BYTES);
}

static void run_hex(void)
{
    eg_hex_encode(digits, bytes, BYTES);
}

static void run_hex_plain(void)
{
    eg_hex_encode_plain(digits, bytes, BYTES);
}

static void run_hex_lower(void)
{
    eg_hex_encode_lower(digits, bytes, BYTES);
}

static void run_hex_decode(void)
{
    answer = eg_hex_decode(decoded, digits, BYTES);
}

static void run_base64(void)
{
    eg_base64_encode(text, bytes, BYTES);
}

static void run_base64_plain(void)
{
    eg_base64_encode_plain(text, bytes, BYTES);
}

static void run_equal(void)
{
    answer = eg_secret_equal(bytes, other, BYTES);
}

case_list cases_base(void)
{
    static const trace_case row[] = {
        {"eg_hex_encode", set, run_hex, digits, sizeof digits},
        {"eg_hex_encode_plain", set, run_hex_plain, digits, sizeof digits},
        {"eg_hex_encode_lower", set, run_hex_lower, digits, sizeof digits},
        {"eg_hex_decode", set_digits, run_hex_decode, decoded, sizeof decoded},
        {"eg_base64_encode", set, run_base64, text, sizeof text},
        {"eg_base64_encode_plain", set, run_base64_plain, text, sizeof text},
        {"eg_secret_equal", set, run_equal, &answer, sizeof answer},
    };
    return (case_list){row, sizeof row / sizeof row[0], SECRETS};
}
