/* Sealing and opening a secret, and that every failure costs the same work. This program is linked
 * with EVP_PBE_scrypt wrapped (mk/vault.mk), so that its runs can be counted. */

#include "support/cmocka_all.h"

#include "vault/credential.h"

#include <openssl/evp.h>

enum { ROOM = 256 };

static unsigned scrypt_runs;
static bool scrypt_fails;

int __real_EVP_PBE_scrypt(const char *pass, size_t passlen, const unsigned char *salt,
                          size_t saltlen, uint64_t n, uint64_t r, uint64_t p, uint64_t maxmem,
                          unsigned char *key, size_t keylen);
int __wrap_EVP_PBE_scrypt(const char *pass, size_t passlen, const unsigned char *salt,
                          size_t saltlen, uint64_t n, uint64_t r, uint64_t p, uint64_t maxmem,
                          unsigned char *key, size_t keylen);
int __wrap_EVP_PBE_scrypt(const char *pass, size_t passlen, const unsigned char *salt,
                          size_t saltlen, uint64_t n, uint64_t r, uint64_t p, uint64_t maxmem,
                          unsigned char *key, size_t keylen)
{
    scrypt_runs++;
    assert_int_equal(n, 65536);
    assert_int_equal(r, 8);
    assert_int_equal(p, 1);
    assert_true(maxmem >= 128 * n * r);
    if (scrypt_fails) {
        return 0;
    }
    /* the same function of its inputs, with a smaller N: these tests are not about its strength */
    return __real_EVP_PBE_scrypt(pass, passlen, salt, saltlen, 16, r, p, maxmem, key, keylen);
}

/* ---- a generator that counts, and fails when told ---- */

typedef struct counter {
    uint8_t next;
    unsigned calls;
    unsigned fails_at; /* 0: never */
} counter;

static eg_result fill(void *context, uint8_t *out, size_t n, eg_error *err)
{
    counter *c = context;
    if (++c->calls == c->fails_at) {
        return EG_FAIL(err, EG_E_INTERNAL, NULL, "no random bytes");
    }
    for (size_t i = 0; i < n; i++) {
        out[i] = c->next++;
    }
    return EG_SUCCESS;
}

/* ---- one sealed secret ---- */

typedef struct sealed {
    eg_credential credential;
    uint8_t password[ROOM];
    uint8_t data[ROOM];
    size_t data_bytes;
    uint8_t mac[EG_CREDENTIAL_MAC_BYTES];
    char text[32]; /* that is signed */
    uint8_t master[EG_AEAD_KEY_BYTES];
} sealed;

static const char secret[] = "a guardian's key";

static void make(sealed *s)
{
    counter c = {.next = 1};
    eg_rng rng = {fill, &c};
    uint8_t mac_key[EG_KEY_BYTES];
    memset(s, 0, sizeof *s);
    s->master[7] = 3;
    s->data_bytes = strlen(secret);
    s->credential.sealed_password = s->password;
    (void)memcpy(s->text, "{\"version\":\"1.0\"}", 18);
    assert_false(eg_failed(eg_credential_seal(&s->credential, s->data, mac_key, s->master,
                                              EG_STR("a password of 32 characters, yes"),
                                              eg_str_from(secret), &rng, NULL)));
    assert_int_equal(s->credential.sealed_password_bytes, 32 + EG_SEALED_PASSWORD_OVERHEAD);
    eg_hmac_sha256(s->mac, mac_key, eg_str_from(s->text));
}

static bool open_to(uint8_t out[ROOM], const sealed *s)
{
    uint8_t password[ROOM];
    static const uint8_t zeros[ROOM];
    bool authentic = true;
    const eg_sealed_secret given = {.sealed = s->data,
                                    .sealed_bytes = s->data_bytes,
                                    .signed_text = eg_str_from(s->text),
                                    .mac = s->mac};
    eg_credential credential = s->credential;
    credential.sealed_password = (uint8_t *)(uintptr_t)s->password;
    assert_false(eg_failed(
        eg_credential_open(out, &authentic, &credential, &given, password, s->master, NULL)));
    assert_memory_equal(password, zeros, credential.sealed_password_bytes);
    return authentic;
}

static void what_was_sealed_opens(void **state)
{
    sealed s;
    uint8_t out[ROOM];
    (void)state;
    make(&s);
    assert_memory_not_equal(s.data, secret, s.data_bytes);
    assert_true(open_to(out, &s));
    assert_memory_equal(out, secret, s.data_bytes);
}

/* Every part changed in turn: the same answer, zeros, and one run of scrypt. */
static void every_change_costs_the_same(void **state)
{
    static const uint8_t zeros[ROOM];
    sealed good, s;
    (void)state;
    make(&good);
    uint8_t *parts[] = {
        s.master,
        s.mac,
        s.data,
        (uint8_t *)s.text + 12,
        s.password,
        s.password + EG_AEAD_NONCE_BYTES,
        s.password + EG_SEALED_PASSWORD_OVERHEAD,
        s.credential.salt,
        s.credential.nonce,
        s.credential.tag,
        s.credential.kem_ciphertext,
        s.credential.kem_private,                               /* another key */
        s.credential.kem_private + EG_ML_KEM_PRIVATE_BYTES - 64 /* no key: its hash is wrong */
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        uint8_t out[ROOM];
        s = good;
        *parts[i] ^= 1;
        memset(out, 0xaa, sizeof out);
        scrypt_runs = 0;
        assert_false(open_to(out, &s));
        assert_memory_equal(out, zeros, s.data_bytes);
        assert_int_equal(scrypt_runs, 1);
    }
    s = good;
    s.data_bytes--;
    uint8_t out[ROOM];
    assert_false(open_to(out, &s));
}

static void random_bytes_that_fail_end_it(void **state)
{
    (void)state;
    for (unsigned at = 1; at <= 6; at++) {
        counter c = {.fails_at = at};
        eg_rng rng = {fill, &c};
        eg_credential credential;
        uint8_t password[ROOM], data[ROOM], mac_key[EG_KEY_BYTES];
        credential.sealed_password = password;
        eg_result r = eg_credential_seal(&credential, data, mac_key, password, EG_STR("password"),
                                         EG_STR("s"), &rng, NULL);
        /* salt, key pair, message, nonce of the secret, nonce of the password */
        assert_int_equal(r.code, at <= 5 ? EG_E_INTERNAL : EG_OK);
    }
}

static void no_memory_for_scrypt_is_busy(void **state)
{
    sealed s;
    eg_error err;
    uint8_t out[ROOM], password[ROOM];
    bool authentic = true;
    (void)state;
    make(&s);
    const eg_sealed_secret given = {s.data, s.data_bytes, eg_str_from(s.text), s.mac};
    scrypt_fails = true;
    eg_result r =
        eg_credential_open(out, &authentic, &s.credential, &given, password, s.master, &err);
    scrypt_fails = false;
    assert_int_equal(r.code, EG_E_BUSY);
    assert_false(authentic);
}

static eg_result fill_one(void *context, uint8_t *out, size_t n, eg_error *err)
{
    (void)err;
    memset(out, 0, n);
    out[0] = *(const uint8_t *)context;
    return EG_SUCCESS;
}

/* Every value that the generator can give: each sign comes from three of them, the rest are left
 * out, and the next value is taken. */
static void made_passwords_favour_no_sign(void **state)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*";
    unsigned seen[256] = {0}, left_out = 0;
    (void)state;
    for (unsigned value = 0; value < 256; value++) {
        uint8_t byte = (uint8_t)value;
        eg_rng rng = {fill_one, &byte};
        char out[EG_MADE_PASSWORD_CHARACTERS];
        assert_false(eg_failed(eg_password_make(out, &rng, NULL)));
        if (value < 210) {
            seen[(unsigned char)out[0]]++;
        } else {
            left_out += out[0] == alphabet[0];
        }
    }
    for (const char *sign = alphabet; *sign != '\0'; sign++) {
        assert_int_equal(seen[(unsigned char)*sign], 3);
    }
    assert_int_equal(left_out, 46);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_sealed_opens),
        cmocka_unit_test(every_change_costs_the_same),
        cmocka_unit_test(random_bytes_that_fail_end_it),
        cmocka_unit_test(no_memory_for_scrypt_is_busy),
        cmocka_unit_test(made_passwords_favour_no_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
