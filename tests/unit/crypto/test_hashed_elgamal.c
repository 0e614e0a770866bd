/* Hashed ElGamal: what is sealed opens to the same, and every bit of it matters. */
#include "support/own_stack.h"
#include "support/seeded.h"

#include "base/hex.h"
#include "base/secret.h"
#include "crypto/hashed_elgamal.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

static eg_modq secret, seed;
static eg_modp pad, shared;

static int start(void **state)
{
    eg_modq nonce;
    eg_modp key;
    (void)state;
    seed_from_environment();
    secret = seeded_q();
    seed = seeded_q();
    nonce = seeded_q();
    eg_public_key(&key, &secret);
    eg_public_key(&pad, &nonce);
    eg_pow_batch(&(eg_pow){&key, &nonce, &shared}, 1);
    return 0;
}

static void random_text(char *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = (char)seeded_u64();
    }
}

static void padding_is_taken_off_again(void **state)
{
    uint8_t padded[EG_PADDED_BYTES];
    char text[EG_PADDED_MESSAGE_MAX + 1];
    eg_str back;
    eg_error err = {.code = EG_OK};
    (void)state;
    for (size_t n = 0; n <= EG_PADDED_MESSAGE_MAX; n += 1 + seeded_below(40)) {
        random_text(text, n);
        assert_false(eg_failed(eg_padding_add(padded, (eg_str){text, n}, NULL)));
        assert_false(eg_failed(eg_padding_remove(&back, padded, NULL)));
        assert_int_equal(back.len, n);
        assert_memory_equal(back.data, text, n);
    }
    const eg_str longest = {text, EG_PADDED_MESSAGE_MAX}, too_long = {text, sizeof text};
    assert_false(eg_failed(eg_padding_add(padded, longest, NULL)));
    assert_true(eg_failed(eg_padding_add(padded, too_long, &err)));
    assert_int_equal(err.code, EG_E_TOO_LARGE);
}

static void wrong_padding_is_refused(void **state)
{
    uint8_t padded[EG_PADDED_BYTES];
    eg_str back;
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        eg_error err = {.code = EG_OK};
        assert_false(eg_failed(eg_padding_add(padded, EG_STR("text"), NULL)));
        if (i == 0) {
            padded[EG_PADDED_BYTES - 1] = 1; /* in the fill */
        } else if (i == 1) {
            padded[6] = 1; /* its first byte */
        } else {
            padded[0] = 0x02; /* a fill of 511 or more */
            padded[1] = 0xff;
        }
        assert_true(eg_failed(eg_padding_remove(&back, padded, &err)));
        assert_int_equal(err.code, EG_E_BAD_ENCODING);
    }
}

static void sealed(eg_hashed_ciphertext *c, uint8_t message[EG_PADDED_BYTES])
{
    char text[40];
    random_text(text, sizeof text);
    assert_false(eg_failed(eg_padding_add(message, (eg_str){text, sizeof text}, NULL)));
    assert_false(eg_failed(eg_hashed_elgamal_seal(c, message, &pad, &shared, &seed, NULL)));
}

static void opens_to_what_was_sealed(void **state)
{
    (void)state;
    for (size_t i = 0; i < 20; i++) {
        eg_hashed_ciphertext c;
        uint8_t message[EG_PADDED_BYTES], opened[EG_PADDED_BYTES];
        eg_modp from_secret;
        sealed(&c, message);
        eg_pow_batch(&(eg_pow){&c.pad, &secret, &from_secret}, 1);
        assert_false(eg_failed(eg_hashed_elgamal_open(opened, &c, &from_secret, &seed, NULL)));
        assert_memory_equal(opened, message, sizeof message);
    }
}

static void seal_and_open(void *message_)
{
    eg_hashed_ciphertext c;
    uint8_t *message = message_;
    uint8_t opened[EG_PADDED_BYTES];
    sealed(&c, message);
    assert_false(eg_failed(eg_hashed_elgamal_open(opened, &c, &shared, &seed, NULL)));
    eg_wipe(opened, sizeof opened);
}

/* Who has it opens the ciphertext. */
static void the_shared_element_is_not_left_behind(void **state)
{
    enum { PIECE = 8 };
    uint8_t message[EG_PADDED_BYTES], bytes[EG_P_BYTES];
    char text[2 * EG_P_BYTES];
    (void)state;
    assert_true(own_stack_run(seal_and_open, message));
    eg_modp_to_bytes(bytes, &shared);
    eg_hex_encode(text, bytes, sizeof bytes);
    for (size_t at = 0; at < sizeof bytes; at += PIECE) {
        assert_false(own_stack_holds(bytes + at, PIECE));
        assert_false(own_stack_holds(text + 2 * at, 2 * PIECE));
        assert_false(own_stack_holds(&shared.limb[at / PIECE], PIECE));
    }
}

static void assert_tampered(const eg_hashed_ciphertext *c, const eg_modp *with,
                            const eg_modq *with_seed)
{
    static const uint8_t wiped[EG_PADDED_BYTES];
    uint8_t opened[EG_PADDED_BYTES];
    eg_error err = {.code = EG_OK};
    assert_true(eg_failed(eg_hashed_elgamal_open(opened, c, with, with_seed, &err)));
    assert_int_equal(err.code, EG_E_TAMPERED);
    assert_memory_equal(opened, wiped, sizeof wiped);
}

static void every_part_counts(void **state)
{
    eg_hashed_ciphertext c, good;
    uint8_t message[EG_PADDED_BYTES];
    (void)state;
    sealed(&good, message);
    for (size_t i = 0; i < 40; i++) {
        c = good;
        c.data[seeded_below(sizeof c.data)] ^= (uint8_t)(1u << seeded_below(8));
        assert_tampered(&c, &shared, &seed);
        c = good;
        c.mac[seeded_below(sizeof c.mac)] ^= (uint8_t)(1u << seeded_below(8));
        assert_tampered(&c, &shared, &seed);
    }
    c = good;
    c.pad = seeded_member();
    assert_tampered(&c, &shared, &seed);
    eg_modp other = seeded_member();
    assert_tampered(&good, &other, &seed);
    eg_modq other_seed = seeded_q();
    assert_tampered(&good, &shared, &other_seed);
}

static void lengths_beyond_are_refused(void **state)
{
    static char text[EG_HASHED_MESSAGE_MAX + 1];
    static uint8_t data[EG_HASHED_MESSAGE_MAX + 32];
    uint8_t mac[32];
    size_t n;
    eg_error err = {.code = EG_OK};
    (void)state;
    assert_true(eg_failed(eg_hashed_elgamal_seal_any(data, &n, mac, (eg_str){text, sizeof text},
                                                     &pad, &shared, &seed, &err)));
    assert_int_equal(err.code, EG_E_TOO_LARGE);
    assert_false(eg_failed(
        eg_hashed_elgamal_seal_any(data, &n, mac, (eg_str){text, 33}, &pad, &shared, &seed, &err)));
    assert_int_equal(n, 64);
    const eg_bytes long_message = {data, EG_HMAC_FRAMED_MAX + 1}, no_key = {data, 0};
    assert_false(eg_hmac(mac, no_key, long_message, 1, 0));
}

/* Keys shorter than SHA-256's block, as long, and longer; messages of none to several blocks. */
static void macs_are_those_of_openssl(void **state)
{
    enum { LONGEST = 200 };
    char key[LONGEST], message[LONGEST];
    (void)state;
    random_text(key, sizeof key);
    random_text(message, sizeof message);
    for (size_t n = 0; n <= LONGEST; n++) {
        const size_t key_bytes[] = {n, 32, LONGEST - n}, message_bytes[] = {n, LONGEST - n, n};
        for (size_t i = 0; i < sizeof key_bytes / sizeof *key_bytes; i++) {
            uint8_t got[32], want[32];
            const uint8_t *text = (const uint8_t *)message;
            assert_non_null(
                HMAC(EVP_sha256(), key, (int)key_bytes[i], text, message_bytes[i], want, NULL));
            assert_true(eg_hmac(got, (eg_bytes){(const uint8_t *)key, key_bytes[i]},
                                (eg_bytes){text, message_bytes[i]}, 0, 0));
            assert_memory_equal(got, want, sizeof got);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(padding_is_taken_off_again),
        cmocka_unit_test(wrong_padding_is_refused),
        cmocka_unit_test(opens_to_what_was_sealed),
        cmocka_unit_test(every_part_counts),
        cmocka_unit_test(the_shared_element_is_not_left_behind),
        cmocka_unit_test(lengths_beyond_are_refused),
        cmocka_unit_test(macs_are_those_of_openssl),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
