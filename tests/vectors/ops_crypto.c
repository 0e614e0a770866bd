/* ElGamal, hashed ElGamal, contest data, polynomials. */
#include "base/hex.h"
#include "crypto/polynomial.h"
#include "election/contest_data.h"
#include "election/coordinate.h"
#include "group/group.h"
#include "vectors/runner.h"
#include "wire/objects/ciphertext.h"

#include <string.h>

static bool elgamal_keypair(vec *v)
{
    GET_Q(secret, "secret_key");
    eg_modp key;
    if (secret.limb[0] < 2 && (secret.limb[1] | secret.limb[2] | secret.limb[3]) == 0) {
        return false; /* eg_random_q never draws it: minimum 2 */
    }
    eg_public_key(&key, &secret);
    expect_p(v, "public_key", &key);
    return true;
}

static bool elgamal_encrypt(vec *v)
{
    GET_Q(nonce, "nonce");
    GET_P(key, "public_key");
    eg_ciphertext c;
    uint64_t message = (uint64_t)int_of(get(v, "message"));
    if (eg_modq_is_zero(&nonce)) {
        return false; /* nonces are drawn from 1 on */
    }
    eg_elgamal_encrypt_u64_vartime(&c, message, &nonce, table_of(&key));
    expect_p(v, "pad", &c.pad);
    expect_p(v, "data", &c.data);
    if (message < 2) {
        eg_ciphertext again;
        eg_elgamal_encrypt(&again, message == 1, &nonce, table_of(&key));
        if (!eg_modp_equal(&again.data, &c.data) || !eg_modp_equal(&again.pad, &c.pad)) {
            different(v, "data");
        }
    }
    return true;
}

static bool open_with(vec *v, const eg_ciphertext *c, const eg_modp *shared, uint64_t max,
                      uint64_t *message)
{
    eg_modp inverse, value;
    (void)v;
    return eg_modp_inverse_vartime(&inverse, shared) &&
           (eg_modp_mul(&value, &c->data, &inverse), true) &&
           eg_discrete_log_vartime(message, &value, max);
}

enum { MESSAGE_MAX = 100000 };

static bool elgamal_decrypt_secret(vec *v)
{
    GET_CIPHERTEXT(c, "ciphertext");
    GET_Q(secret, "secret_key");
    eg_modp shared;
    uint64_t message;
    eg_pow_batch(&(eg_pow){&c.pad, &secret, &shared}, 1);
    if (!open_with(v, &c, &shared, MESSAGE_MAX, &message)) {
        return false;
    }
    expect_int(v, "message", (int64_t)message);
    return true;
}

static bool elgamal_decrypt_nonce(vec *v)
{
    GET_CIPHERTEXT(c, "ciphertext");
    GET_P(key, "public_key");
    GET_Q(nonce, "nonce");
    eg_modp shared;
    uint64_t message;
    eg_pow_batch(&(eg_pow){&key, &nonce, &shared}, 1);
    if (!open_with(v, &c, &shared, MESSAGE_MAX, &message)) {
        return false;
    }
    expect_int(v, "message", (int64_t)message);
    return true;
}

static bool elgamal_partial_decrypt(vec *v)
{
    GET_CIPHERTEXT(c, "ciphertext");
    GET_Q(secret, "secret_key");
    eg_modp share;
    eg_pow_batch(&(eg_pow){&c.pad, &secret, &share}, 1);
    expect_p(v, "share", &share);
    return true;
}

static bool elgamal_crypto_hash(vec *v)
{
    GET_CIPHERTEXT(c, "ciphertext");
    eg_modq hash;
    eg_ciphertext_hash(&hash, &c);
    expect_q(v, "hash", &hash);
    return true;
}

static bool elgamal_add(vec *v)
{
    eg_ciphertext sum = {eg_modp_one, eg_modp_one}, c;
    const json_t *list = get(v, "ciphertexts");
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!ciphertext_of(&c, v, json_array_get(list, i))) {
            return false;
        }
        eg_ciphertext_add(&sum, &sum, &c);
    }
    expect_p(v, "pad", &sum.pad);
    expect_p(v, "data", &sum.data);
    return true;
}

static bool elgamal_combine_keys(vec *v)
{
    eg_modp *keys, joint;
    eg_modq hash;
    size_t n = p_list(&keys, v, get(v, "public_keys"));
    eg_joint_key_from_keys(&joint, &hash, keys, n);
    expect_p(v, "public_key", &joint);
    return n > 0;
}

static bool discrete_log(vec *v)
{
    GET_P(element, "element");
    const json_t *max = get(v, "max");
    uint64_t exponent;
    if (!eg_discrete_log_vartime(&exponent, &element,
                                 max == NULL ? MESSAGE_MAX : (uint64_t)int_of(max))) {
        return false;
    }
    expect_int(v, "exponent", (int64_t)exponent);
    return true;
}

/* ---- hashed ElGamal ---- */

static eg_str message_of(const vec *v, const char *name)
{
    eg_str hex = str_of(get(v, name));
    uint8_t *bytes = room(v, hex.len / 2 + 1, 1);
    (void)eg_hex_decode(bytes, hex.data, hex.len / 2);
    return (eg_str){(const char *)bytes, hex.len / 2};
}

/* hex with leading zero bytes lost, as the writer does it */
static void expect_short(vec *v, const char *name, const uint8_t *bytes, size_t n)
{
    eg_buf buf;
    eg_writer w;
    eg_buf_init(&buf, NULL);
    eg_writer_init(&w, &buf, EG_STYLE_TEXT);
    eg_write_bytes_hex(&w, bytes, n);
    expect_text(v, name, (eg_str){buf.data + 1, buf.len - 2});
    eg_buf_free(&buf);
}

static bool hashed_elgamal_encrypt(vec *v)
{
    GET_Q(nonce, "nonce");
    GET_P(key, "public_key");
    GET_Q(seed, "seed");
    eg_modp pad, shared;
    uint8_t data[EG_HASHED_MESSAGE_MAX], mac[32];
    size_t n;
    eg_public_key(&pad, &nonce);
    eg_pow_batch(&(eg_pow){&key, &nonce, &shared}, 1);
    if (eg_failed(eg_hashed_elgamal_seal_any(data, &n, mac, message_of(v, "message"), &pad, &shared,
                                             &seed, NULL))) {
        return false;
    }
    expect_p(v, "pad", &pad);
    expect_short(v, "data", data, n);
    expect_short(v, "mac", mac, sizeof mac);
    return true;
}

static bool hashed_elgamal_decrypt(vec *v)
{
    GET_Q(secret, "secret_key");
    GET_Q(seed, "seed");
    const json_t *c = get(v, "ciphertext");
    eg_str data_hex = str_of(json_object_get(c, "data"));
    size_t n = data_hex.len / 2 > EG_PADDED_BYTES ? data_hex.len / 2 : EG_PADDED_BYTES;
    eg_modp pad, shared;
    uint8_t *message = room(v, n, 1), *data = room(v, n, 1);
    if (n > EG_PADDED_BYTES) {
        uint8_t mac[32];
        eg_str mac_hex = str_of(json_object_get(c, "mac"));
        if (n % 32 != 0 || mac_hex.len != 64 || !p_of(&pad, json_object_get(c, "pad")) ||
            !eg_hex_decode(data, data_hex.data, n) || !eg_hex_decode(mac, mac_hex.data, 32)) {
            return false;
        }
        eg_pow_batch(&(eg_pow){&pad, &secret, &shared}, 1);
        if (eg_failed(eg_hashed_elgamal_open_any(message, &pad, (eg_bytes){data, n}, mac, &shared,
                                                 &seed, NULL))) {
            return false;
        }
    } else {
        eg_node node;
        eg_hashed_ciphertext hashed;
        if (!node_of(&node, v, c) ||
            eg_failed(eg_hashed_ciphertext_read(&hashed, &node, NULL, NULL))) {
            return false;
        }
        eg_pow_batch(&(eg_pow){&hashed.pad, &secret, &shared}, 1);
        if (eg_failed(eg_hashed_elgamal_open(message, &hashed, &shared, &seed, NULL))) {
            return false;
        }
    }
    expect_bytes(v, "message", message, n);
    return true;
}

static bool add_padding(vec *v)
{
    uint8_t padded[EG_PADDED_BYTES];
    if (eg_failed(eg_padding_add(padded, message_of(v, "message"), NULL))) {
        return false;
    }
    expect_bytes(v, "padded", padded, sizeof padded);
    return true;
}

static bool remove_padding(vec *v)
{
    eg_str padded = message_of(v, "padded"), message;
    if (padded.len != EG_PADDED_BYTES ||
        eg_failed(eg_padding_remove(&message, (const uint8_t *)padded.data, NULL))) {
        return false;
    }
    expect_bytes(v, "message", (const uint8_t *)message.data, message.len);
    return true;
}

static eg_contest_error contest_error(const char *name)
{
    return strcmp(name, "nullvote") == 0    ? EG_CONTEST_NULLVOTE
           : strcmp(name, "undervote") == 0 ? EG_CONTEST_UNDERVOTE
           : strcmp(name, "overvote") == 0  ? EG_CONTEST_OVERVOTE
                                            : EG_CONTEST_GOOD;
}

static bool contest_data(vec *v)
{
    const json_t *ids = get(v, "error_data"), *write_ins = get(v, "write_ins");
    eg_contest_data data = {.error = contest_error(text(get(v, "error")))};
    eg_str *id = room(v, json_array_size(ids), sizeof *id);
    eg_write_in *write_in = room(v, json_object_size(write_ins), sizeof *write_in);
    for (size_t i = 0; i < json_array_size(ids); i++) {
        id[i] = str_of(json_array_get(ids, i));
    }
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)write_ins, key, value)
    {
        write_in[data.write_in_count++] = (eg_write_in){eg_str_from(key), str_of(value)};
    }
    data.error_ids = json_is_array(ids) ? id : NULL;
    data.error_id_count = json_array_size(ids);
    data.write_ins = json_is_object(write_ins) ? write_in : NULL;
    eg_buf json;
    uint8_t padded[EG_PADDED_BYTES];
    eg_buf_init(&json, NULL);
    eg_contest_data_text(&json, &data);
    expect_text(v, "json", eg_buf_str(&json));
    eg_buf_free(&json);
    if (eg_failed(eg_contest_data_pad(padded, &data, NULL))) {
        return false;
    }
    expect_bytes(v, "padded", padded, sizeof padded);
    return true;
}

static bool coordinate_data(vec *v)
{
    GET_Q(coordinate, "coordinate");
    char json[EG_COORDINATE_TEXT_MAX];
    uint8_t padded[EG_PADDED_BYTES];
    expect_text(v, "json", (eg_str){json, eg_coordinate_text(json, &coordinate)});
    if (eg_failed(eg_coordinate_pad(padded, &coordinate, NULL))) {
        return false;
    }
    expect_bytes(v, "padded", padded, sizeof padded);
    return true;
}

/* ---- polynomials ---- */

static bool polynomial_commitments(vec *v)
{
    eg_modq *coefficients;
    size_t n = q_list(&coefficients, v, get(v, "coefficients"));
    json_t *commitments = json_array();
    for (size_t i = 0; i < n; i++) {
        eg_modp commitment;
        char hex[EG_P_HEX_MAX];
        eg_public_key(&commitment, &coefficients[i]);
        (void)json_array_append_new(commitments,
                                    json_stringn(hex, eg_modp_to_hex(hex, &commitment)));
    }
    expect_json(v, "commitments", commitments);
    return true;
}

static bool polynomial_coordinate(vec *v)
{
    eg_modq *coefficients, value;
    size_t n = q_list(&coefficients, v, get(v, "coefficients"));
    eg_polynomial_value(&value, coefficients, n, (uint64_t)int_of(get(v, "x")));
    expect_q(v, "value", &value);
    return true;
}

static bool verify_coordinate(vec *v)
{
    GET_Q(value, "value");
    eg_modp *commitments;
    size_t n = p_list(&commitments, v, get(v, "commitments"));
    expect_bool(v, "valid",
                eg_coordinate_verify(&value, (uint64_t)int_of(get(v, "x")), commitments, n));
    return n > 0;
}

static bool recovery_public_key(vec *v)
{
    eg_modp *commitments, key;
    size_t n = p_list(&commitments, v, get(v, "commitments"));
    eg_recovery_key_vartime(&key, commitments, n, (uint64_t)int_of(get(v, "sequence_order")));
    expect_p(v, "recovery_key", &key);
    return n > 0;
}

static bool lagrange(vec *v)
{
    const json_t *others = get(v, "others");
    uint64_t x[EG_GUARDIANS_MAX];
    eg_modq value;
    size_t n = json_array_size(others);
    for (size_t i = 0; i < n && i < EG_GUARDIANS_MAX; i++) {
        x[i] = (uint64_t)int_of(json_array_get(others, i));
    }
    if (eg_failed(eg_lagrange(&value, (uint64_t)int_of(get(v, "coordinate")), x, n, NULL))) {
        return false;
    }
    expect_q(v, "value", &value);
    return true;
}

const vector_op ops_crypto[] = {{"elgamal_keypair", elgamal_keypair},
                                {"elgamal_encrypt", elgamal_encrypt},
                                {"elgamal_decrypt_secret", elgamal_decrypt_secret},
                                {"elgamal_decrypt_nonce", elgamal_decrypt_nonce},
                                {"elgamal_partial_decrypt", elgamal_partial_decrypt},
                                {"elgamal_crypto_hash", elgamal_crypto_hash},
                                {"elgamal_add", elgamal_add},
                                {"elgamal_combine_keys", elgamal_combine_keys},
                                {"discrete_log", discrete_log},
                                {"hashed_elgamal_encrypt", hashed_elgamal_encrypt},
                                {"hashed_elgamal_decrypt", hashed_elgamal_decrypt},
                                {"add_padding", add_padding},
                                {"remove_padding", remove_padding},
                                {"contest_data", contest_data},
                                {"coordinate_data", coordinate_data},
                                {"polynomial_commitments", polynomial_commitments},
                                {"polynomial_coordinate", polynomial_coordinate},
                                {"verify_coordinate", verify_coordinate},
                                {"recovery_public_key", recovery_public_key},
                                {"lagrange", lagrange},
                                {NULL, NULL}};
