/* SHA-256: examples of FIPS 180-4, and every cut around a block's length against OpenSSL. */
#include "support/cmocka_all.h"

#include "base/hex.h"
#include "base/sha256.h"

#include <openssl/evp.h>

static void assert_digest(const uint8_t digest[EG_SHA256_BYTES], const char *hex)
{
    char text[2 * EG_SHA256_BYTES + 1] = "";
    eg_hex_encode_lower(text, digest, EG_SHA256_BYTES);
    assert_string_equal(text, hex);
}

static void published_examples(void **state)
{
    (void)state;
    uint8_t digest[EG_SHA256_BYTES];
    const char *two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    eg_sha256_of(digest, NULL, 0);
    assert_digest(digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    eg_sha256_of(digest, "abc", 3);
    assert_digest(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    eg_sha256_of(digest, two, strlen(two));
    assert_digest(digest, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void a_million_times_a(void **state)
{
    (void)state;
    uint8_t digest[EG_SHA256_BYTES];
    char some[1000];
    eg_sha256 hash;
    memset(some, 'a', sizeof some);
    eg_sha256_init(&hash);
    for (int i = 0; i < 1000; i++) {
        eg_sha256_update(&hash, some, sizeof some);
    }
    eg_sha256_final(digest, &hash);
    assert_digest(digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void every_length_in_every_two_pieces(void **state)
{
    (void)state;
    enum { LONGEST = 3 * EG_SHA256_BLOCK_BYTES + 2 };
    uint8_t data[LONGEST], want[EG_SHA256_BYTES], got[EG_SHA256_BYTES];
    for (size_t i = 0; i < LONGEST; i++) {
        data[i] = (uint8_t)(i * 7 + 3);
    }
    for (size_t length = 0; length <= LONGEST; length++) {
        assert_int_equal(EVP_Digest(data, length, want, NULL, EVP_sha256(), NULL), 1);
        for (size_t cut = 0; cut <= length; cut++) {
            eg_sha256 hash;
            eg_sha256_init(&hash);
            eg_sha256_update(&hash, data, cut);
            eg_sha256_update(&hash, data + cut, length - cut);
            eg_sha256_final(got, &hash);
            assert_memory_equal(got, want, sizeof want);
        }
    }
}

static void a_copy_goes_on_by_itself_and_final_wipes(void **state)
{
    (void)state;
    uint8_t digest[EG_SHA256_BYTES];
    const eg_sha256 nothing = {{0}};
    eg_sha256 hash, copy;
    eg_sha256_init(&hash);
    eg_sha256_update(&hash, "ab", 2);
    copy = hash;
    eg_sha256_update(&hash, "x", 1);
    eg_sha256_final(digest, &hash);
    assert_memory_equal(&hash, &nothing, sizeof hash);
    eg_sha256_update(&copy, "c", 1);
    eg_sha256_final(digest, &copy);
    assert_digest(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_examples),
        cmocka_unit_test(a_million_times_a),
        cmocka_unit_test(every_length_in_every_two_pieces),
        cmocka_unit_test(a_copy_goes_on_by_itself_and_final_wipes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
