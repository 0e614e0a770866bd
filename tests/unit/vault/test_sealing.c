/* AES-256-GCM and scrypt against NIST's and the RFC's known answers, values computed by Python's
 * cryptography package, and OpenSSL itself: whichever file implements them here. */
#include "support/seeded.h"

#include "base/hex.h"
#include "vault/aead.h"
#include "vault/kdf.h"

#include <openssl/evp.h>

enum { TEXT_MAX = 300 };

static const eg_str nothing = {NULL, 0};

static void count_up(uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = (uint8_t)i;
    }
}

static void assert_hex(const uint8_t *got, size_t n, const char *hex)
{
    uint8_t want[128];
    assert_int_equal(strlen(hex), 2 * n);
    assert_true(eg_hex_decode(want, hex, n));
    assert_memory_equal(got, want, n);
}

static void texts_are_sealed(void **s)
{
    uint8_t key[32], nonce[12], tag[16], out[14], opened[14];
    bool authentic = false;
    (void)s;
    count_up(key, sizeof key);
    count_up(nonce, sizeof nonce);
    assert_false(
        eg_failed(eg_aead_seal(out, tag, key, nonce, nothing, EG_STR("attack at dawn"), NULL)));
    assert_hex(out, sizeof out, "2676a27aa68ee27af961f3eac687");
    assert_hex(tag, sizeof tag, "4a645e8e20a54e0ea3a3e272247f1284");
    assert_false(eg_failed(
        eg_aead_open(opened, &authentic, key, nonce, tag, nothing, out, sizeof out, NULL)));
    assert_true(authentic);
    assert_memory_equal(opened, "attack at dawn", 14);
    assert_false(eg_failed(eg_aead_seal(out, tag, key, nonce, nothing, nothing, NULL)));
    assert_hex(tag, sizeof tag, "f4c2db1dc38805a37b92171c5d0a81cc");
    assert_false(
        eg_failed(eg_aead_open(opened, &authentic, key, nonce, tag, nothing, out, 0, NULL)));
    assert_true(authentic);
}

static void a_changed_text_leaves_zeros(void **s)
{
    static const uint8_t zeros[14];
    uint8_t key[32] = {1}, nonce[12] = {2}, tag[16], out[14], opened[14];
    (void)s;
    assert_false(
        eg_failed(eg_aead_seal(out, tag, key, nonce, nothing, EG_STR("attack at dawn"), NULL)));
    for (unsigned which = 0; which < 4; which++) {
        uint8_t *changed[] = {key, nonce, tag, out};
        bool authentic = true;
        changed[which][3] ^= 0x10;
        memset(opened, 0xaa, sizeof opened);
        assert_false(eg_failed(
            eg_aead_open(opened, &authentic, key, nonce, tag, nothing, out, sizeof out, NULL)));
        assert_false(authentic);
        assert_memory_equal(opened, zeros, sizeof zeros);
        changed[which][3] ^= 0x10;
    }
}

/* ---- known answers ---- */

#define KEY "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
#define PLAIN                                                                                      \
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6" \
    "b525b16aedf5aa0de657ba637b39"
#define SEALED                                                                                     \
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b105682" \
    "8838c5f61e6393ba7a0abcc9f662"
#define ZEROS32 "00000000000000000000000000000000"

/* Test cases 13 to 16 of "The Galois/Counter Mode of Operation" (McGrew, Viega), NIST's. */
static void known_answers_of_gcm(void **state)
{
    static const struct {
        const char *key, *nonce, *associated, *plain, *sealed, *tag;
    } cases[] = {
        {ZEROS32 ZEROS32, "000000000000000000000000", "", "", "",
         "530f8afbc74536b9a963b4f1c4cb738b"},
        {ZEROS32 ZEROS32, "000000000000000000000000", "", ZEROS32,
         "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"},
        {KEY, "cafebabefacedbaddecaf888", "", PLAIN "1aafd255", SEALED "898015ad",
         "b094dac5d93471bdec1a502270e3cc6c"},
        {KEY, "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2", PLAIN, SEALED,
         "76fc6ece0f4e1768cddf8853bb2d551b"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t key[32], nonce[12], associated[64], plain[64], out[64], opened[64], tag[16];
        const size_t n = strlen(cases[i].plain) / 2, beside = strlen(cases[i].associated) / 2;
        const eg_str data = {(const char *)associated, beside};
        bool authentic = false;
        assert_true(eg_hex_decode(key, cases[i].key, 32));
        assert_true(eg_hex_decode(nonce, cases[i].nonce, 12));
        assert_true(eg_hex_decode(associated, cases[i].associated, beside));
        assert_true(eg_hex_decode(plain, cases[i].plain, n));
        assert_false(eg_failed(
            eg_aead_seal(out, tag, key, nonce, data, (eg_str){(const char *)plain, n}, NULL)));
        assert_hex(out, n, cases[i].sealed);
        assert_hex(tag, sizeof tag, cases[i].tag);
        assert_false(
            eg_failed(eg_aead_open(opened, &authentic, key, nonce, tag, data, out, n, NULL)));
        assert_true(authentic);
        assert_memory_equal(opened, plain, n);
    }
}

/* RFC 7914, section 12, but for the one that takes a gigabyte. */
static void known_answers_of_scrypt(void **state)
{
    static const struct {
        eg_scrypt_cost cost;
        const char *password, *salt, *key;
    } cases[] = {
        {{16, 1, 1},
         "",
         "",
         "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
         "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"},
        {{1024, 8, 16},
         "password",
         "NaCl",
         "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
         "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"},
        {{16384, 8, 1},
         "pleaseletmein",
         "SodiumChloride",
         "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
         "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t key[64];
        const eg_bytes salt = {(const uint8_t *)cases[i].salt, strlen(cases[i].salt)};
        assert_true(
            eg_scrypt_of(key, sizeof key, eg_str_from(cases[i].password), salt, &cases[i].cost));
        assert_hex(key, sizeof key, cases[i].key);
    }
}

static void keys_of_the_format(void **state)
{
    uint8_t salt[EG_SALT_BYTES], out[EG_KEY_BYTES];
    (void)state;
    count_up(salt, sizeof salt);
    assert_false(
        eg_failed(eg_scrypt(out, EG_STR("p\xc3\xa4ssword of 32 characters, no less"), salt, NULL)));
    assert_hex(out, 32, "94ce9a5fd0b873a4721cb86e2ee79052fb119b43bbbc5d19c6a7008c38c01066");
}

static void costs_that_are_none_are_refused(void **state)
{
    static const eg_scrypt_cost cases[] = {{0, 8, 1},       {1, 8, 1},         {48, 8, 1},
                                           {16, 0, 1},      {16, 8, 0},        {1048576, 8, 1},
                                           {16, 8, 131072}, {2147483648, 8, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t key[32];
        assert_false(eg_scrypt_of(key, sizeof key, EG_STR("a"), (eg_bytes){NULL, 0}, &cases[i]));
    }
}

/* ---- OpenSSL ---- */

static void openssl_seals_the_same(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 300; i++) {
        uint8_t key[32], nonce[12], text[TEXT_MAX], beside[TEXT_MAX], out[TEXT_MAX], tag[16];
        uint8_t wanted[TEXT_MAX], wanted_tag[16];
        const size_t n = seeded_below(TEXT_MAX), m = i % 2 == 0 ? seeded_below(TEXT_MAX) : 0;
        int done = 0;
        (void)seeded_fill(NULL, key, sizeof key, NULL);
        (void)seeded_fill(NULL, nonce, sizeof nonce, NULL);
        (void)seeded_fill(NULL, text, sizeof text, NULL);
        (void)seeded_fill(NULL, beside, sizeof beside, NULL);
        EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
        assert_int_equal(EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce), 1);
        assert_int_equal(EVP_EncryptUpdate(context, NULL, &done, beside, (int)m), 1);
        assert_int_equal(EVP_EncryptUpdate(context, wanted, &done, text, (int)n), 1);
        assert_int_equal(EVP_EncryptFinal_ex(context, wanted + done, &done), 1);
        assert_int_equal(
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, sizeof wanted_tag, wanted_tag), 1);
        EVP_CIPHER_CTX_free(context);
        assert_false(eg_failed(eg_aead_seal(out, tag, key, nonce, (eg_str){(char *)beside, m},
                                            (eg_str){(char *)text, n}, NULL)));
        assert_memory_equal(out, wanted, n);
        assert_memory_equal(tag, wanted_tag, sizeof tag);
    }
}

static void openssl_derives_the_same(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 60; i++) {
        const eg_scrypt_cost cost = {2u << seeded_below(7), 1 + (uint32_t)seeded_below(9),
                                     1 + (uint32_t)seeded_below(3)};
        uint8_t salt[100], password[100], key[100], wanted[100];
        const size_t of_salt = seeded_below(100), of_password = seeded_below(100);
        const size_t n = 1 + seeded_below(99);
        (void)seeded_fill(NULL, salt, sizeof salt, NULL);
        (void)seeded_fill(NULL, password, sizeof password, NULL);
        assert_int_equal(EVP_PBE_scrypt((char *)password, of_password, salt, of_salt, cost.n,
                                        cost.r, cost.p, 1 << 24, wanted, n),
                         1);
        assert_true(eg_scrypt_of(key, n, (eg_str){(char *)password, of_password},
                                 (eg_bytes){salt, of_salt}, &cost));
        assert_memory_equal(key, wanted, n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_sealed),       cmocka_unit_test(a_changed_text_leaves_zeros),
        cmocka_unit_test(known_answers_of_gcm),   cmocka_unit_test(known_answers_of_scrypt),
        cmocka_unit_test(keys_of_the_format),     cmocka_unit_test(costs_that_are_none_are_refused),
        cmocka_unit_test(openssl_seals_the_same), cmocka_unit_test(openssl_derives_the_same),
    };
    seed_from_environment();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
