/* Base64 beside OpenSSL's encoder, and what must be refused. */
#include "support/cmocka_all.h"

#include "base/base64.h"
#include "base/vbmi.h"

#include <openssl/evp.h>

enum { LONGEST = 200 };

static void as_openssl_writes_it(void **state)
{
    (void)state;
    uint8_t bytes[LONGEST], back[EG_BASE64_DECODED_MAX(EG_BASE64_ENCODED_LEN(LONGEST))];
    unsigned char want[2 * LONGEST];
    char got[2 * LONGEST];
    for (size_t i = 0; i < LONGEST; i++) {
        bytes[i] = (uint8_t)(i * 73 + i / 3);
    }
    for (size_t n = 0; n <= LONGEST; n++) {
        size_t back_len = 0;
        int want_len = EVP_EncodeBlock(want, bytes, (int)n);
        assert_int_equal(EG_BASE64_ENCODED_LEN(n), want_len);
        eg_base64_encode_plain(got, bytes, n);
        assert_memory_equal(got, want, (size_t)want_len);
        memset(got, 0, sizeof got);
        eg_base64_encode(got, bytes, n);
        assert_memory_equal(got, want, (size_t)want_len);
        assert_true(eg_base64_decode(back, &back_len, got, (size_t)want_len));
        assert_int_equal(back_len, n);
        assert_memory_equal(back, bytes, n);
    }
}

static void every_byte_at_every_place(void **state)
{
    (void)state;
    for (unsigned first = 0; first < 256; first++) {
        uint8_t bytes[LONGEST];
        unsigned char want[2 * LONGEST];
        char got[EG_BASE64_ENCODED_LEN(LONGEST)];
        for (size_t i = 0; i < LONGEST; i++) {
            bytes[i] = (uint8_t)(first + i * 89);
        }
        (void)EVP_EncodeBlock(want, bytes, LONGEST);
        eg_base64_encode(got, bytes, LONGEST);
        assert_memory_equal(got, want, sizeof got);
        memset(got, 0, sizeof got);
        eg_base64_encode_plain(got, bytes, LONGEST);
        assert_memory_equal(got, want, sizeof got);
    }
}

static void expect_in_place(void (*encode)(char *, const uint8_t *, size_t), const uint8_t *bytes,
                            size_t n)
{
    char want[EG_BASE64_ENCODED_LEN(LONGEST)], room[EG_BASE64_ENCODED_LEN(LONGEST) + 1];
    size_t encoded = EG_BASE64_ENCODED_LEN(n);
    encode(want, bytes, n);
    memcpy(room, bytes, n);
    room[encoded] = '#';
    encode(room, (const uint8_t *)room, n);
    assert_memory_equal(room, want, encoded);
    assert_int_equal(room[encoded], '#');
}

static void bytes_become_their_own_text(void **state)
{
    uint8_t bytes[LONGEST];
    (void)state;
    for (size_t i = 0; i < LONGEST; i++) {
        bytes[i] = (uint8_t)(i * 151 + i / 5);
    }
    for (size_t n = 0; n <= LONGEST; n++) {
        expect_in_place(eg_base64_encode, bytes, n);
        expect_in_place(eg_base64_encode_plain, bytes, n);
    }
}

static bool decodes(const char *text, const char *want)
{
    uint8_t out[256];
    size_t n = 0;
    return eg_base64_decode(out, &n, text, strlen(text)) && n == strlen(want) &&
           memcmp(out, want, n) == 0;
}

static void white_space_is_skipped(void **state)
{
    (void)state;
    assert_true(decodes("YmFs bG90\r\n\t", "ballot"));
    assert_true(decodes(" Y m F s b G 8 = ", "ballo"));
    assert_true(decodes("YmFsbA= =", "ball"));
    assert_true(decodes("", ""));
    assert_true(decodes(" \n", ""));
}

static void what_is_no_base64_is_refused(void **state)
{
    static const char *const bad[] = {
        "YmFsbG8",      /* padding missing */
        "YmFsbA=",      /* one of two pads */
        "YmFsbG8==",    /* one pad too many */
        "Y",            /* a lone character */
        "Y===",         /* three pads */
        "====",         /* pads alone */
        "YmFsbG8=YQ==", /* something behind the end */
        "YmFs-G90",     /* the other alphabet */
        "YmFs_G90",
        "YmFs*G90",
        "YmFsbGQ\x80",
        "YmFsbB==", /* non-zero bits behind the last byte */
        "YmFsbG9=",
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t out[64];
        size_t n;
        if (eg_base64_decode(out, &n, bad[i], strlen(bad[i]))) {
            fail_msg("'%s' was taken", bad[i]);
        }
    }
}

/* Texts are read in blocks: each character at each place of a text of several. */
static void every_character_at_every_place(void **state)
{
    enum { BYTES = 150, CHARACTERS = EG_BASE64_ENCODED_LEN(BYTES) };
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    (void)state;
    for (unsigned c = 0; c < 256; c++) {
        const char *found = c == 0 ? NULL : strchr(alphabet, (int)c);
        bool space = c == ' ' || (c >= 9 && c <= 13);
        for (size_t at = 0; at < CHARACTERS; at++) {
            char text[CHARACTERS + 1];
            uint8_t out[EG_BASE64_DECODED_MAX(CHARACTERS + 1)];
            size_t n = 0;
            memset(text, 'A', sizeof text);
            text[at] = (char)c;
            /* white space stands between, anything else in place of a character */
            bool taken = eg_base64_decode(out, &n, text, space ? CHARACTERS + 1 : CHARACTERS);
            bool ends = c == '=' && at == CHARACTERS - 1;
            assert_int_equal(taken, found != NULL || space || ends);
            if (found != NULL) {
                unsigned value = (unsigned)(found - alphabet);
                unsigned word = value << (18 - 6 * (at % 4));
                const uint8_t want[3] = {(uint8_t)(word >> 16), (uint8_t)(word >> 8),
                                         (uint8_t)word};
                assert_int_equal(n, BYTES);
                assert_memory_equal(out + at / 4 * 3, want, 3);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_openssl_writes_it),
        cmocka_unit_test(every_byte_at_every_place),
        cmocka_unit_test(bytes_become_their_own_text),
        cmocka_unit_test(every_character_at_every_place),
        cmocka_unit_test(white_space_is_skipped),
        cmocka_unit_test(what_is_no_base64_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
