#include "crypto/hashed_elgamal.h"

#include "base/hex.h"
#include "base/hmac.h"
#include "base/secret.h"
#include "crypto/secret_numbers.h"

enum { BLOCK = 32, LENGTH_BYTES = 4, PAD_PREFIX = 2 };

static void put_le32(uint8_t *out, uint32_t v)
{
    for (int i = 0; i < LENGTH_BYTES; i++) {
        out[i] = (uint8_t)(v >> (8 * i));
    }
}

/* Of LE32(start) || message || LE32(length), of the bare message when length is 0. */
static void hmac(uint8_t out[32], const eg_hmac_key *key, eg_bytes message, uint32_t length,
                 uint32_t start)
{
    uint8_t before[LENGTH_BYTES], behind[LENGTH_BYTES];
    put_le32(before, start);
    put_le32(behind, length);
    const eg_bytes parts[] = {{before, sizeof before}, message, {behind, sizeof behind}};
    if (length == 0) {
        eg_hmac_of(out, key, &message, 1);
    } else {
        eg_hmac_of(out, key, parts, sizeof parts / sizeof *parts);
    }
}

bool eg_hmac(uint8_t out[32], eg_bytes key, eg_bytes message, uint32_t length, uint32_t start)
{
    eg_hmac_key k;
    if (length != 0 && message.len > EG_HMAC_FRAMED_MAX) {
        return false;
    }
    eg_hmac_key_init(&k, key);
    hmac(out, &k, message, length, start);
    eg_wipe(&k, sizeof k);
    return true;
}

eg_result eg_padding_add(uint8_t out[EG_PADDED_BYTES], eg_str message, eg_error *err)
{
    if (message.len > EG_PADDED_MESSAGE_MAX) {
        return EG_FAIL(err, EG_E_TOO_LARGE, NULL, "the text to encrypt is longer than %d bytes",
                       EG_PADDED_MESSAGE_MAX);
    }
    size_t fill = EG_PADDED_MESSAGE_MAX - message.len;
    memset(out, 0, EG_PADDED_BYTES);
    out[0] = (uint8_t)(fill >> 8);
    out[1] = (uint8_t)fill;
    if (message.len > 0) {
        memcpy(out + PAD_PREFIX, message.data, message.len);
    }
    return EG_SUCCESS;
}

eg_result eg_padding_remove(eg_str *out, const uint8_t padded[EG_PADDED_BYTES], eg_error *err)
{
    size_t fill = (size_t)padded[0] << 8 | padded[1];
    eg_declassify(&fill, sizeof fill); /* the length of the text, not its content */
    unsigned foreign = 0;
    for (size_t i = 0; fill <= EG_PADDED_MESSAGE_MAX && i < fill; i++) {
        foreign |= padded[EG_PADDED_BYTES - 1 - i];
    }
    bool is_filled = foreign == 0;
    eg_declassify(&is_filled, sizeof is_filled); /* the caller is told */
    if (fill > EG_PADDED_MESSAGE_MAX || !is_filled) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, NULL, "the decrypted text has wrong padding");
    }
    *out = (eg_str){(const char *)padded + PAD_PREFIX, EG_PADDED_MESSAGE_MAX - fill};
    return EG_SUCCESS;
}

/* The shortest big-endian form, one zero byte for zero: hex_bytes of docs/crypto.md 2.1. */
static eg_bytes shortest(const uint8_t *bytes, size_t n)
{
    size_t skip = eg_leading_zero_bytes(bytes, n);
    return (eg_bytes){bytes + skip, n - skip};
}

typedef struct keys {
    eg_hmac_key session;
    uint8_t seed[EG_Q_BYTES];
    eg_bytes seed_bytes; /* into seed */
    uint32_t bits;
} keys;

/* eg_hash_p of an element that opens the ciphertext, unlike those that are hashed elsewhere. */
static void hash_secret_p(eg_hash *h, const eg_modp *a)
{
    uint8_t bytes[EG_P_BYTES];
    char text[EG_P_HEX_MAX];
    eg_modp_to_bytes(bytes, a);
    eg_bytes all = shortest(bytes, sizeof bytes);
    eg_hex_encode(text, all.data, all.len);
    eg_hash_raw_hex(h, (eg_str){text, 2 * all.len});
    eg_wipe(bytes, sizeof bytes);
    eg_wipe(text, sizeof text);
}

static void keys_init(keys *k, const eg_modp *pad, const eg_modp *shared, const eg_modq *seed,
                      size_t blocks)
{
    eg_hash h;
    eg_modq session;
    uint8_t session_bytes[EG_Q_BYTES];
    eg_hash_init(&h);
    eg_hash_p(&h, pad);
    hash_secret_p(&h, shared);
    eg_hash_final(&session, &h);
    eg_modq_to_bytes(session_bytes, &session);
    eg_modq_to_bytes(k->seed, seed);
    eg_hmac_key_init(&k->session, shortest(session_bytes, sizeof session_bytes));
    k->seed_bytes = shortest(k->seed, sizeof k->seed);
    k->bits = (uint32_t)(blocks * BLOCK * 8);
    eg_wipe(&session, sizeof session);
    eg_wipe(session_bytes, sizeof session_bytes);
}

/* out = in xor key stream; in and out may be the same */
static void apply_stream(const keys *k, uint8_t *out, const uint8_t *in, size_t blocks)
{
    uint8_t stream[BLOCK];
    for (size_t b = 0; b < blocks; b++) {
        hmac(stream, &k->session, k->seed_bytes, k->bits, (uint32_t)b + 1);
        for (size_t i = 0; i < BLOCK; i++) {
            out[b * BLOCK + i] = in[b * BLOCK + i] ^ stream[i];
        }
    }
    eg_wipe(stream, sizeof stream);
}

static void compute_mac(uint8_t mac[32], const keys *k, const eg_modp *pad, const uint8_t *data,
                        size_t n)
{
    eg_hmac_key mac_key;
    uint8_t key_bytes[BLOCK], pad_bytes[EG_P_BYTES];
    hmac(key_bytes, &k->session, k->seed_bytes, k->bits, 0);
    eg_hmac_key_init(&mac_key, (eg_bytes){key_bytes, sizeof key_bytes});
    eg_modp_to_bytes(pad_bytes, pad);
    const eg_bytes parts[] = {shortest(pad_bytes, sizeof pad_bytes), {data, n}};
    eg_hmac_of(mac, &mac_key, parts, 2);
    eg_wipe(&mac_key, sizeof mac_key);
    eg_wipe(key_bytes, sizeof key_bytes);
}

eg_result eg_hashed_elgamal_seal_any(uint8_t *data_out, size_t *data_len, uint8_t mac[32],
                                     eg_str message, const eg_modp *pad, const eg_modp *shared,
                                     const eg_modq *seed, eg_error *err)
{
    if (message.len > EG_HASHED_MESSAGE_MAX) {
        return EG_FAIL(err, EG_E_TOO_LARGE, NULL, "the text to encrypt is too long");
    }
    size_t blocks = (message.len + BLOCK - 1) / BLOCK;
    memset(data_out, 0, blocks * BLOCK);
    if (message.len > 0) {
        memcpy(data_out, message.data, message.len);
    }
    keys k;
    keys_init(&k, pad, shared, seed, blocks);
    apply_stream(&k, data_out, data_out, blocks);
    compute_mac(mac, &k, pad, data_out, blocks * BLOCK);
    eg_wipe(&k, sizeof k);
    *data_len = blocks * BLOCK;
    return EG_SUCCESS;
}

eg_result eg_hashed_elgamal_seal(eg_hashed_ciphertext *out, const uint8_t message[EG_PADDED_BYTES],
                                 const eg_modp *pad, const eg_modp *shared, const eg_modq *seed,
                                 eg_error *err)
{
    size_t n;
    out->pad = *pad;
    return eg_hashed_elgamal_seal_any(out->data, &n, out->mac,
                                      (eg_str){(const char *)message, EG_PADDED_BYTES}, pad, shared,
                                      seed, err);
}

eg_result eg_hashed_elgamal_open_any(uint8_t *out, const eg_modp *pad, eg_bytes data,
                                     const uint8_t stored_mac[32], const eg_modp *shared,
                                     const eg_modq *seed, eg_error *err)
{
    keys k;
    uint8_t mac[BLOCK];
    EG_BUG_IF(err, data.len % BLOCK != 0 || data.len > EG_HASHED_MESSAGE_MAX);
    keys_init(&k, pad, shared, seed, data.len / BLOCK);
    compute_mac(mac, &k, pad, data.data, data.len);
    bool is_same = eg_secret_equal(mac, stored_mac, sizeof mac);
    eg_declassify(&is_same, sizeof is_same); /* the caller is told */
    if (is_same) {
        apply_stream(&k, out, data.data, data.len / BLOCK);
    }
    eg_wipe(&k, sizeof k);
    eg_wipe(mac, sizeof mac);
    if (!is_same) {
        eg_wipe(out, data.len);
        return EG_FAIL(err, EG_E_TAMPERED, NULL, "the ciphertext does not belong to this key");
    }
    return EG_SUCCESS;
}

eg_result eg_hashed_elgamal_open(uint8_t out[EG_PADDED_BYTES], const eg_hashed_ciphertext *c,
                                 const eg_modp *shared, const eg_modq *seed, eg_error *err)
{
    return eg_hashed_elgamal_open_any(out, &c->pad, (eg_bytes){c->data, sizeof c->data}, c->mac,
                                      shared, seed, err);
}
