/* Key derivation against values computed by Python's hashlib and cryptography package;
 * ML-KEM's key checks and implicit rejection. Its known answers: tests/vectors/ops_ml_kem.c. */

#include "support/cmocka_all.h"

#include "base/hex.h"
#include "vault/kdf.h"
#include "vault/ml_kem.h"

enum { PACKED_BYTES = 1536, PUBLIC_AT = 1536, HASH_AT = PUBLIC_AT + EG_ML_KEM_PUBLIC_BYTES };

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

static void keys_are_derived(void **s)
{
    uint8_t salt[EG_SALT_BYTES], input[64], out[32];
    (void)s;
    count_up(salt, sizeof salt);
    count_up(input, sizeof input);
    assert_false(eg_failed(
        eg_hkdf_sha256(out, input, sizeof input, salt, "ml-kem-1024-hybrid-enc-v1", NULL)));
    assert_hex(out, 32, "d672d0708ea53aa60980372a574fe7061da8936d8206c137d62d7f0473a3f422");
    eg_hmac_sha256(out, salt, EG_STR("{}"));
    assert_hex(out, 32, "86227fe96722a2247dcfee12c07d89c1b0567bbc9aa6a8d804838f66a3da843f");
}

/* ---- ML-KEM ---- */

typedef struct pair {
    uint8_t public_key[EG_ML_KEM_PUBLIC_BYTES];
    uint8_t private_key[EG_ML_KEM_PRIVATE_BYTES];
    uint8_t ciphertext[EG_ML_KEM_CIPHERTEXT_BYTES];
    uint8_t shared[EG_ML_KEM_SHARED_BYTES];
} pair;

static void make(pair *p, uint8_t seed_byte)
{
    uint8_t seed[EG_ML_KEM_SEED_BYTES], message[EG_ML_KEM_MESSAGE_BYTES];
    bool valid = false;
    memset(seed, seed_byte, sizeof seed);
    memset(message, seed_byte + 1, sizeof message);
    assert_true(eg_ml_kem_is_available());
    assert_false(eg_failed(eg_ml_kem_keypair(p->public_key, p->private_key, seed, NULL)));
    assert_false(eg_failed(
        eg_ml_kem_encapsulate(p->ciphertext, p->shared, &valid, p->public_key, message, NULL)));
    assert_true(valid);
}

static bool open_to(uint8_t shared[EG_ML_KEM_SHARED_BYTES], const pair *p)
{
    bool valid = false;
    assert_false(
        eg_failed(eg_ml_kem_decapsulate(shared, &valid, p->private_key, p->ciphertext, NULL)));
    return valid;
}

static void a_foreign_ciphertext_gives_another_secret(void **s)
{
    pair p;
    uint8_t shared[EG_ML_KEM_SHARED_BYTES], first[EG_ML_KEM_SHARED_BYTES];
    (void)s;
    make(&p, 5);
    assert_true(open_to(shared, &p));
    assert_memory_equal(shared, p.shared, sizeof shared);
    for (size_t at = 0; at < sizeof p.ciphertext; at += 97) {
        p.ciphertext[at] ^= 1;
        assert_true(open_to(first, &p));
        assert_memory_not_equal(first, p.shared, sizeof first);
        assert_true(open_to(shared, &p));
        assert_memory_equal(shared, first, sizeof shared);
        p.ciphertext[at] ^= 1;
    }
}

/* Sets the first coefficient at `packed` to value. */
static void set_coefficient(uint8_t *packed, unsigned value)
{
    packed[0] = (uint8_t)value;
    packed[1] = (uint8_t)((packed[1] & 0xf0u) | value >> 8);
}

static void private_keys_are_checked(void **s)
{
    static const uint8_t zeros[EG_ML_KEM_SHARED_BYTES];
    static const size_t places[] = {0, PACKED_BYTES - 3, PUBLIC_AT, PUBLIC_AT + PACKED_BYTES - 3};
    pair good, p;
    uint8_t shared[EG_ML_KEM_SHARED_BYTES];
    (void)s;
    make(&good, 9);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        p = good;
        set_coefficient(p.private_key + places[i], 3329);
        assert_false(open_to(shared, &p));
        assert_memory_equal(shared, zeros, sizeof zeros);
    }
    p = good;
    /* another secret, but a well-formed one: an implementation that compares it with the public key
     * refuses it, others open to something else */
    set_coefficient(p.private_key, 3328);
    if (open_to(shared, &p)) {
        assert_memory_not_equal(shared, good.shared, sizeof shared);
    } else {
        assert_memory_equal(shared, zeros, sizeof zeros);
    }
    for (size_t at = PUBLIC_AT + PACKED_BYTES; at < HASH_AT + 32; at += 31) {
        p = good;
        p.private_key[at] ^= 0x80;
        assert_false(open_to(shared, &p));
    }
    p = good;
    p.private_key[EG_ML_KEM_PRIVATE_BYTES - 1] ^= 1; /* z: any value will do */
    assert_true(open_to(shared, &p));
    assert_memory_equal(shared, good.shared, sizeof shared);
}

static void public_keys_are_checked(void **s)
{
    static const uint8_t message[EG_ML_KEM_MESSAGE_BYTES], zeros[EG_ML_KEM_SHARED_BYTES];
    pair p;
    bool valid = true;
    (void)s;
    make(&p, 11);
    for (unsigned value = 3328; value < 4096; value += 767) {
        set_coefficient(p.public_key + PACKED_BYTES - 3, value);
        assert_false(eg_failed(
            eg_ml_kem_encapsulate(p.ciphertext, p.shared, &valid, p.public_key, message, NULL)));
        assert_int_equal(valid, value == 3328);
    }
    assert_memory_equal(p.shared, zeros, sizeof zeros);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_derived),
        cmocka_unit_test(a_foreign_ciphertext_gives_another_secret),
        cmocka_unit_test(private_keys_are_checked),
        cmocka_unit_test(public_keys_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
