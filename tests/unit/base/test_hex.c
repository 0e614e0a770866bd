/* Hexadecimal: every byte, every character, and the lengths around the compiler's vectors. */
#include "support/cmocka_all.h"

#include "base/hex.h"
#include "base/vbmi.h"

#include <stdio.h>

enum { LONGEST = 70 };

static void every_byte_as_printf_writes_it(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        char upper[3], lower[3], got[2];
        uint8_t value = (uint8_t)byte;
        (void)snprintf(upper, sizeof upper, "%02X", byte);
        (void)snprintf(lower, sizeof lower, "%02x", byte);
        eg_hex_encode(got, &value, 1);
        assert_memory_equal(got, upper, 2);
        eg_hex_encode_lower(got, &value, 1);
        assert_memory_equal(got, lower, 2);
    }
}

static void every_length_there_and_back(void **state)
{
    (void)state;
    uint8_t bytes[LONGEST], back[LONGEST];
    char digits[2 * LONGEST + 1];
    for (size_t i = 0; i < LONGEST; i++) {
        bytes[i] = (uint8_t)(i * 151 + 7);
    }
    for (size_t n = 0; n <= LONGEST; n++) {
        digits[2 * n] = '~'; /* nothing is written behind the last digit */
        eg_hex_encode(digits, bytes, n);
        assert_int_equal(digits[2 * n], '~');
        assert_true(eg_hex_decode(back, digits, n));
        assert_memory_equal(back, bytes, n);
    }
}

static void every_byte_at_every_place(void **state)
{
    (void)state;
    for (unsigned first = 0; first < 256; first++) {
        uint8_t bytes[LONGEST];
        char want[2 * LONGEST + 1], got[2 * LONGEST];
        for (size_t i = 0; i < LONGEST; i++) {
            bytes[i] = (uint8_t)(first + i * 89);
            (void)snprintf(want + 2 * i, 3, "%02X", bytes[i]);
        }
        eg_hex_encode(got, bytes, LONGEST);
        assert_memory_equal(got, want, sizeof got);
        memset(got, 0, sizeof got);
        eg_hex_encode_plain(got, bytes, LONGEST);
        assert_memory_equal(got, want, sizeof got);
    }
}

static int value_of(unsigned c)
{
    const char *digits = "0123456789abcdefABCDEF";
    const char *found = c == 0 ? NULL : strchr(digits, (int)c);
    return found == NULL                ? -1
           : (int)(found - digits) < 16 ? (int)(found - digits)
                                        : (int)(found - digits) - 6;
}

/* At each place of a text long enough to be read in vectors. */
static void every_character_at_every_place(void **state)
{
    (void)state;
    enum { BYTES = 33 };
    for (unsigned c = 0; c < 256; c++) {
        for (size_t at = 0; at < 2 * BYTES; at++) {
            char digits[2 * BYTES];
            uint8_t out[BYTES];
            memset(digits, '0', sizeof digits);
            digits[at] = (char)c;
            int value = value_of(c);
            assert_int_equal(eg_hex_decode(out, digits, BYTES), value >= 0);
            if (value >= 0) {
                assert_int_equal(out[at / 2], at % 2 == 0 ? value * 16 : value);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_as_printf_writes_it),
        cmocka_unit_test(every_length_there_and_back),
        cmocka_unit_test(every_byte_at_every_place),
        cmocka_unit_test(every_character_at_every_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
