/* UTF-8: every code point is taken, everything else is refused. */
#include "support/cmocka_all.h"

#include "base/utf8.h"

static size_t encode(char out[4], uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n; i-- > 1; c >>= 6) {
        out[i] = (char)(0x80 | (c & 0x3f));
    }
    out[0] = (char)(lead[n] | c);
    return n;
}

static void every_code_point(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x110800; c++) {
        char text[16] = "0123456789";
        bool surrogate = c >= 0xd800 && c < 0xe000;
        size_t n = encode(text + 7, c); /* across the eight bytes that are read at once */
        eg_str s = {text, 7 + n};
        assert_int_equal(eg_utf8_is_valid(s), !surrogate && c < 0x110000);
        if (!surrogate && c < 0x110000) {
            size_t bytes;
            assert_int_equal(eg_utf8_count(s), 8);
            assert_int_equal(eg_utf8_at(s, 7, &bytes), c);
            assert_int_equal(bytes, n);
        }
    }
}

static void broken_sequences(void **state)
{
    static const char *const bad[] = {
        "\x80", /* a continuation alone */
        "\xc3", /* cut off */
        "\xe2\x82",
        "\xf0\x9f\x98",
        "\xc0\x80", /* overlong NUL */
        "\xc1\xbf",
        "\xe0\x9f\xbf",
        "\xf0\x8f\xbf\xbf",
        "\xf5\x80\x80\x80", /* above U+10FFFF */
        "\xff\xfe",
        "\xc3\x28",
        "abcdefgh\xe2\x28\xa1",
        "\xed\xa0\x80", /* a surrogate */
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(eg_utf8_is_valid(eg_str_from(bad[i])));
    }
}

static void nul_is_a_character(void **state)
{
    (void)state;
    eg_str s = {"a\0b", 3};
    assert_true(eg_utf8_is_valid(s));
    assert_int_equal(eg_utf8_count(s), 3);
    assert_true(eg_utf8_is_valid((eg_str){NULL, 0}));
}

static void blank_is_what_shows_nothing(void **state)
{
    static const char *const blank[] = {"",
                                        " ",
                                        " \t\r\n",
                                        "\xc2\xa0",
                                        "\xe3\x80\x80 ",
                                        "\xe2\x80\x8b",
                                        "\xef\xbb\xbf",
                                        "\xc2\x85\xe2\x80\xa8"};
    static const char *const visible[] = {"a",        " a ", "\xc2\xa0.",
                                          "\xc3\xa4", "0",   "\xf0\x9f\x98\x80"};
    (void)state;
    for (size_t i = 0; i < sizeof blank / sizeof blank[0]; i++) {
        assert_true(eg_utf8_is_blank(eg_str_from(blank[i])));
    }
    for (size_t i = 0; i < sizeof visible / sizeof visible[0]; i++) {
        assert_false(eg_utf8_is_blank(eg_str_from(visible[i])));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point),
        cmocka_unit_test(broken_sequences),
        cmocka_unit_test(nul_is_a_character),
        cmocka_unit_test(blank_is_what_shows_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
