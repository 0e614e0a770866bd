/* hash_elems, the text of numbers, and nonce sequences: answers worked out by hand with SHA-256 of
 * the documented input, and the rules that docs/crypto.md 2 and 3 state. */
#include "support/seeded.h"

#include "crypto/hash.h"
#include "crypto/nonces.h"

#include <openssl/sha.h>

static int start(void **state)
{
    (void)state;
    seed_from_environment();
    return 0;
}

/* SHA-256 of a text, mod q. */
static eg_modq digest_of(const char *text)
{
    uint8_t digest[EG_Q_BYTES];
    eg_modq out;
    (void)SHA256((const uint8_t *)text, strlen(text), digest);
    eg_modq_from_digest(&out, digest);
    return out;
}

static void assert_hash(eg_hash *h, const char *text)
{
    eg_modq got, want = digest_of(text);
    eg_hash_final(&got, h);
    assert_true(eg_modq_equal(&got, &want));
}

static void arguments_are_rendered(void **state)
{
    eg_hash h;
    eg_modq big = eg_modq_from_u64(256);
    eg_modp zero = eg_modp_zero;
    (void)state;
    eg_hash_init(&h);
    assert_hash(&h, "|");
    eg_hash_init(&h);
    eg_hash_str(&h, EG_STR(""));
    assert_hash(&h, "||");
    eg_hash_init(&h);
    eg_hash_null(&h);
    eg_hash_int(&h, -7);
    eg_hash_str(&h, EG_STR("a|b"));
    assert_hash(&h, "|null|-7|a|b|");
    eg_hash_init(&h);
    eg_hash_q(&h, &big);
    eg_hash_p(&h, &zero);
    eg_hash_raw_hex(&h, EG_STR("0A"));
    assert_hash(&h, "|0100|00|0A|");
}

static void moduli_are_arguments(void **state)
{
    eg_hash h;
    (void)state;
    eg_hash_init(&h);
    eg_hash_q_modulus(&h);
    assert_hash(&h, "|FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF43|");
}

static void assert_text_q(uint64_t value, const char *want)
{
    char text[EG_Q_HEX_MAX];
    eg_modq x = eg_modq_from_u64(value);
    size_t n = eg_modq_to_hex(text, &x);
    assert_int_equal(n, strlen(want));
    assert_memory_equal(text, want, n);
}

static void text_keeps_whole_bytes(void **state)
{
    (void)state;
    assert_text_q(0, "00");
    assert_text_q(1, "01");
    assert_text_q(16, "10");
    assert_text_q(256, "0100");
    assert_text_q(0xabcdef, "ABCDEF");
}

static bool reads_q(const char *text, uint64_t *low)
{
    eg_modq x;
    bool good = eg_modq_from_hex(&x, (eg_str){text, strlen(text)});
    *low = good ? x.limb[0] : 0;
    return good;
}

static void text_that_is_read(void **state)
{
    static const struct {
        const char *text;
        bool good;
        uint64_t value;
    } cases[] = {
        {"", true, 0},
        {"00", true, 0},
        {"0", true, 0},
        {"ff", true, 255},
        {"FF", true, 255},
        {"0fF", true, 255},
        {"fff", false, 0},
        {"000000ff", true, 255},
        {"+1", false, 0},
        {"0x1f", false, 0},
        {" 1f", false, 0},
        {"1f ", false, 0},
        {"g0", false, 0},
        {"0g", false, 0},
        {"1/", false, 0},
        {"@1", false, 0},
        {"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF42", true,
         0xFFFFFFFFFFFFFF42U},
        {"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF43", false, 0},
        {"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", false, 0},
        {"0100000000000000000000000000000000000000000000000000000000000000000", false, 0},
        {"00FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF42", false, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t low;
        if (reads_q(cases[i].text, &low) != cases[i].good || low != cases[i].value) {
            fail_msg("'%s'", cases[i].text);
        }
    }
}

static void text_is_read_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < 200; i++) {
        char q_text[EG_Q_HEX_MAX], p_text[EG_P_HEX_MAX];
        eg_modq q = seeded_q(), q_back;
        eg_modp p = seeded_stranger(), p_back;
        size_t gone = seeded_below(EG_Q_LIMBS);
        for (size_t k = 0; k < gone; k++) { /* short ones too */
            q.limb[EG_Q_LIMBS - 1 - k] = 0;
            p.limb[EG_P_LIMBS - 1 - k] = 0;
        }
        assert_true(eg_modq_from_hex(&q_back, (eg_str){q_text, eg_modq_to_hex(q_text, &q)}));
        assert_true(eg_modp_from_hex(&p_back, (eg_str){p_text, eg_modp_to_hex(p_text, &p)}));
        assert_true(eg_modq_equal(&q, &q_back));
        assert_true(eg_modp_equal(&p, &p_back));
    }
}

static void p_itself_is_no_element(void **state)
{
    char text[EG_P_HEX_MAX];
    eg_modp p, x;
    (void)state;
    memcpy(p.limb, eg_p_limbs, sizeof p.limb);
    assert_false(eg_modp_from_hex(&x, (eg_str){text, eg_modp_to_hex(text, &p)}));
}

/* Item i is H(base, i); with a header the base is H(seed, header). */
static void nonces_follow_their_definition(void **state)
{
    char text[EG_Q_HEX_MAX];
    eg_nonces plain, with_header, with_q;
    eg_modq seed = seeded_q(), header = seeded_q(), got, want, base;
    eg_hash h;
    (void)state;
    eg_nonces_init(&plain, &seed);
    eg_nonces_init_str(&with_header, &seed, EG_STR("header"));
    eg_nonces_init_q(&with_q, &seed, &header);
    for (uint64_t i = 0; i < 3; i++) {
        eg_hash_init(&h);
        eg_hash_raw_hex(&h, (eg_str){text, eg_modq_to_hex(text, &seed)});
        eg_hash_int(&h, (int64_t)i);
        eg_hash_final(&want, &h);
        eg_nonces_item(&got, &plain, i);
        assert_true(eg_modq_equal(&got, &want));
    }
    eg_hash_init(&h);
    eg_hash_q(&h, &seed);
    eg_hash_str(&h, EG_STR("header"));
    eg_hash_final(&base, &h);
    assert_true(eg_modq_equal(&with_header.base, &base));
    eg_hash_init(&h);
    eg_hash_q(&h, &seed);
    eg_hash_q(&h, &header);
    eg_hash_final(&base, &h);
    assert_true(eg_modq_equal(&with_q.base, &base));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_are_rendered),
        cmocka_unit_test(moduli_are_arguments),
        cmocka_unit_test(text_keeps_whole_bytes),
        cmocka_unit_test(text_that_is_read),
        cmocka_unit_test(text_is_read_back),
        cmocka_unit_test(p_itself_is_no_element),
        cmocka_unit_test(nonces_follow_their_definition),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
