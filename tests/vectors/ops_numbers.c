/* Elements, arithmetic mod p and q, hashing, nonces, HMAC. */
#include "base/hex.h"
#include "crypto/hash.h"
#include "crypto/hashed_elgamal.h"
#include "crypto/nonces.h"
#include "group/group.h"
#include "vectors/runner.h"
#include "wire/decimal.h"

#include <gmp.h>
#include <stdlib.h>
#include <string.h>

static bool is_p(const vec *v)
{
    return text(get(v, "kind"))[0] == 'p';
}

static void expect_mpz(vec *v, const char *hex_name, const char *decimal_name, const mpz_t value)
{
    uint8_t bytes[600];
    size_t n = 0;
    (void)mpz_export(bytes, &n, 1, 1, 0, 0, value);
    expect_bytes(v, hex_name, bytes, n);
    char *decimal = mpz_get_str(NULL, 10, value);
    expect_text(v, decimal_name, eg_str_from(decimal));
    free(decimal);
}

static bool constants(vec *v)
{
    mpz_t p, q, r, g, check;
    mpz_inits(p, q, r, g, check, NULL);
    mpz_import(p, EG_P_LIMBS, -1, 8, 0, 0, eg_p_limbs);
    mpz_import(q, EG_Q_LIMBS, -1, 8, 0, 0, eg_q_limbs);
    mpz_import(g, EG_P_LIMBS, -1, 8, 0, 0, eg_modp_g.limb);
    mpz_sub_ui(r, p, 1);
    mpz_divexact(r, r, q);
    expect_mpz(v, "p", "p_decimal", p);
    expect_mpz(v, "q", "q_decimal", q);
    expect_mpz(v, "r", "r_decimal", r);
    expect_mpz(v, "g", "g_decimal", g);
    expect_int(v, "p_bits", (int64_t)mpz_sizeinbase(p, 2));
    expect_int(v, "q_bits", (int64_t)mpz_sizeinbase(q, 2));
    expect_int(v, "r_bits", (int64_t)mpz_sizeinbase(r, 2));
    expect_int(v, "g_bits", (int64_t)mpz_sizeinbase(g, 2));
    mpz_mul(check, q, r);
    mpz_add_ui(check, check, 1);
    expect_bool(v, "p_equals_qr_plus_1", mpz_cmp(check, p) == 0);
    mpz_set_ui(check, 2);
    mpz_powm(check, check, r, p);
    expect_bool(v, "g_equals_2_to_r", mpz_cmp(check, g) == 0);
    expect_int(v, "max_sane_constant_exclusive", EG_CONSTANT_MAX);
    skip_field(v, "max_discrete_log"); /* the library's bound; ours is what the answer can be */
    mpz_clears(p, q, r, g, check, NULL);
    return true;
}

static bool element_to_hex(vec *v)
{
    char hex[EG_P_HEX_MAX];
    size_t n;
    eg_modp p;
    eg_modq q;
    if (is_p(v)) {
        if (eg_modp_from_decimal(&p, str_of(get(v, "decimal"))) != EG_DECIMAL_OK) {
            return false;
        }
        n = eg_modp_to_hex(hex, &p);
    } else {
        if (eg_modq_from_decimal(&q, str_of(get(v, "decimal"))) != EG_DECIMAL_OK) {
            return false;
        }
        n = eg_modq_to_hex(hex, &q);
    }
    expect_text(v, "hex", (eg_str){hex, n});
    expect_int(v, "bytes", (int64_t)n / 2);
    return true;
}

static bool element_from_hex(vec *v)
{
    char decimal[EG_P_DECIMAL_MAX + 1];
    if (is_p(v)) {
        GET_P(p, "hex");
        expect_p(v, "hex", &p);
        eg_modp_to_decimal_vartime(decimal, &p);
    } else {
        GET_Q(q, "hex");
        expect_q(v, "hex", &q);
        eg_modq_to_decimal(decimal, &q);
    }
    expect_text(v, "decimal", eg_str_from(decimal));
    return true;
}

static bool add_q(vec *v)
{
    eg_modq *terms, sum = eg_modq_zero;
    size_t n = q_list(&terms, v, get(v, "terms"));
    for (size_t i = 0; i < n; i++) {
        eg_modq_add(&sum, &sum, &terms[i]);
    }
    expect_q(v, "value", &sum);
    return true;
}

static bool mult_q(vec *v)
{
    eg_modq *factors, product = eg_modq_one;
    size_t n = q_list(&factors, v, get(v, "factors"));
    for (size_t i = 0; i < n; i++) {
        eg_modq_mul(&product, &product, &factors[i]);
    }
    expect_q(v, "value", &product);
    return true;
}

static bool sub_q(vec *v)
{
    GET_Q(a, "a");
    GET_Q(b, "b");
    eg_modq_sub(&a, &a, &b);
    expect_q(v, "value", &a);
    return true;
}

static bool div_q(vec *v)
{
    GET_Q(a, "a");
    GET_Q(b, "b");
    eg_modq_inverse(&b, &b);
    eg_modq_mul(&a, &a, &b);
    expect_q(v, "value", &a);
    return true;
}

static bool negate_q(vec *v)
{
    GET_Q(a, "a");
    eg_modq_neg(&a, &a);
    expect_q(v, "value", &a);
    return true;
}

static bool a_plus_bc_q(vec *v)
{
    GET_Q(a, "a");
    GET_Q(b, "b");
    GET_Q(c, "c");
    eg_modq_add_mul(&a, &a, &b, &c);
    expect_q(v, "value", &a);
    return true;
}

static bool pow_q(vec *v)
{
    GET_Q(base, "base");
    GET_Q(exponent, "exponent");
    eg_modq_pow(&base, &base, &exponent);
    expect_q(v, "value", &base);
    return true;
}

static bool g_pow_p(vec *v)
{
    GET_Q(exponent, "exponent");
    eg_modp value;
    eg_public_key(&value, &exponent);
    expect_p(v, "value", &value);
    return true;
}

static bool pow_p(vec *v)
{
    GET_P(base, "base");
    GET_Q(exponent, "exponent");
    eg_modp value;
    eg_pow_batch(&(eg_pow){&base, &exponent, &value}, 1);
    expect_p(v, "value", &value);
    return true;
}

static bool mult_p(vec *v)
{
    eg_modp *factors, product = eg_modp_one;
    size_t n = p_list(&factors, v, get(v, "factors"));
    for (size_t i = 0; i < n; i++) {
        eg_modp_mul(&product, &product, &factors[i]);
    }
    expect_p(v, "value", &product);
    return true;
}

static bool div_p(vec *v)
{
    GET_P(a, "a");
    GET_P(b, "b");
    if (!eg_modp_inverse_vartime(&b, &b)) {
        return false;
    }
    eg_modp_mul(&a, &a, &b);
    expect_p(v, "value", &a);
    return true;
}

static bool is_valid_residue(vec *v)
{
    GET_P(value, "value");
    expect_bool(v, "valid", eg_modp_is_residue_vartime(&value));
    return true;
}

/* A typed argument; p and q arguments are rendered without a range check. Lists nest. */
static void hash_typed(eg_hash *h, const json_t *elem)
{
    const char *type = text(json_object_get(elem, "t"));
    const json_t *value = json_object_get(elem, "v");
    if (strcmp(type, "null") == 0 || (strcmp(type, "list") == 0 && json_array_size(value) == 0)) {
        eg_hash_null(h);
    } else if (strcmp(type, "i") == 0 && strlen(text(value)) < 19) {
        eg_hash_int(h, strtoll(text(value), NULL, 10));
    } else if (strcmp(type, "list") == 0) {
        eg_hash inner;
        eg_modq digest;
        eg_hash_init(&inner);
        for (size_t i = 0; i < json_array_size(value); i++) {
            hash_typed(&inner, json_array_get(value, i));
        }
        eg_hash_final(&digest, &inner);
        eg_hash_q(h, &digest);
    } else if (strcmp(type, "p") == 0) {
        eg_modp p;
        if (eg_modp_from_hex(&p, str_of(value))) {
            eg_hash_p(h, &p);
        } else {
            eg_hash_p_modulus(h);
        }
    } else if (strcmp(type, "q") == 0) {
        eg_modq q;
        if (eg_modq_from_hex(&q, str_of(value))) {
            eg_hash_q(h, &q);
        } else {
            eg_hash_q_modulus(h);
        }
    } else {
        eg_hash_str(h, str_of(value));
    }
}

static bool hash_elems(vec *v)
{
    eg_hash h;
    eg_modq hash;
    const json_t *elems = get(v, "elems");
    eg_hash_init(&h);
    for (size_t i = 0; i < json_array_size(elems); i++) {
        hash_typed(&h, json_array_get(elems, i));
    }
    eg_hash_final(&hash, &h);
    expect_q(v, "hash", &hash);
    return true;
}

static bool nonce(vec *v)
{
    GET_Q(seed, "seed");
    const json_t *headers = get(v, "headers"), *item_headers = get(v, "item_headers");
    eg_nonces sequence;
    eg_modq item;
    eg_hash h;
    eg_nonces_init(&sequence, &seed);
    if (json_array_size(headers) > 0) {
        eg_hash_init(&h);
        eg_hash_q(&h, &seed);
        for (size_t i = 0; i < json_array_size(headers); i++) {
            hash_typed(&h, json_array_get(headers, i));
        }
        eg_hash_final(&sequence.base, &h);
    }
    if (json_array_size(item_headers) == 0) {
        eg_nonces_item(&item, &sequence, (uint64_t)int_of(get(v, "index")));
    } else {
        eg_hash_init(&h);
        eg_hash_q(&h, &sequence.base);
        eg_hash_int(&h, int_of(get(v, "index")));
        for (size_t i = 0; i < json_array_size(item_headers); i++) {
            eg_hash_str(&h, str_of(json_array_get(item_headers, i)));
        }
        eg_hash_final(&item, &h);
    }
    expect_q(v, "nonce", &item);
    return true;
}

static eg_bytes bytes_of(const vec *v, const char *name)
{
    eg_str hex = str_of(get(v, name));
    uint8_t *bytes = room(v, hex.len / 2 + 1, 1);
    (void)eg_hex_decode(bytes, hex.data, hex.len / 2);
    return (eg_bytes){bytes, hex.len / 2};
}

static bool hmac(vec *v)
{
    uint8_t mac[32];
    if (!eg_hmac(mac, bytes_of(v, "key"), bytes_of(v, "message"),
                 (uint32_t)int_of(get(v, "length")), (uint32_t)int_of(get(v, "start")))) {
        return false;
    }
    expect_bytes(v, "mac", mac, sizeof mac);
    return true;
}

const vector_op ops_numbers[] = {{"constants", constants},
                                 {"element_to_hex", element_to_hex},
                                 {"element_from_hex", element_from_hex},
                                 {"add_q", add_q},
                                 {"sub_q", sub_q},
                                 {"div_q", div_q},
                                 {"negate_q", negate_q},
                                 {"a_plus_bc_q", a_plus_bc_q},
                                 {"mult_q", mult_q},
                                 {"pow_q", pow_q},
                                 {"g_pow_p", g_pow_p},
                                 {"pow_p", pow_p},
                                 {"mult_p", mult_p},
                                 {"div_p", div_p},
                                 {"is_valid_residue", is_valid_residue},
                                 {"hash_elems", hash_elems},
                                 {"nonce", nonce},
                                 {"hmac", hmac},
                                 {NULL, NULL}};
