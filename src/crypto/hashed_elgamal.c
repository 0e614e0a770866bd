#include "crypto/hashed_elgamal.h"

#include "base/secret.h"
#include "crypto/secret_numbers.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

enum { BLOCK = 32, LENGTH_BYTES = 4, PAD_PREFIX = 2 };

static void put_le32(uint8_t *out, uint32_t v)
{
    for (int i = 0; i < LENGTH_BYTES; i++) {
        out[i] = (uint8_t)(v >> (8 * i));
    }
}

static bool hmac_bare(uint8_t out[32], eg_bytes key, const uint8_t *message, size_t message_len)
{
    unsigned n = BLOCK;
    return HMAC(EVP_sha256(), key.data, (int)key.len, message, message_len, out, &n) != NULL;
}

bool eg_hmac(uint8_t out[32], eg_bytes key, eg_bytes message, uint32_t length, uint32_t start)
{
    if (length == 0) {
        return hmac_bare(out, key, message.data, message.len);
    }
    uint8_t framed[EG_HMAC_FRAMED_MAX + 2 * LENGTH_BYTES];
    if (message.len > EG_HMAC_FRAMED_MAX) {
        return false;
    }
    put_le32(framed, start);
    if (message.len > 0) {
        memcpy(framed + LENGTH_BYTES, message.data, message.len);
    }
    put_le32(framed + LENGTH_BYTES + message.len, length);
    bool done = hmac_bare(out, key, framed, message.len + 2 * LENGTH_BYTES);
    eg_wipe(framed, sizeof framed);
    return done;
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
    uint8_t session[EG_Q_BYTES];
    uint8_t seed[EG_Q_BYTES];
    eg_bytes session_key; /* into session */
    eg_bytes seed_bytes;  /* into seed */
    uint32_t bits;
} keys;

static void keys_init(keys *k, const eg_modp *pad, const eg_modp *shared, const eg_modq *seed,
                      size_t blocks)
{
    eg_hash h;
    eg_modq session;
    eg_hash_init(&h);
    eg_hash_p(&h, pad);
    eg_hash_p(&h, shared);
    eg_hash_final(&session, &h);
    eg_modq_to_bytes(k->session, &session);
    eg_modq_to_bytes(k->seed, seed);
    k->session_key = shortest(k->session, sizeof k->session);
    k->seed_bytes = shortest(k->seed, sizeof k->seed);
    k->bits = (uint32_t)(blocks * BLOCK * 8);
    eg_wipe(&session, sizeof session);
}

/* out = in xor key stream; in and out may be the same */
static bool apply_stream(const keys *k, uint8_t *out, const uint8_t *in, size_t blocks)
{
    uint8_t stream[BLOCK];
    bool good = true;
    for (size_t b = 0; b < blocks && good; b++) {
        good = eg_hmac(stream, k->session_key, k->seed_bytes, k->bits, (uint32_t)b + 1);
        for (size_t i = 0; i < BLOCK; i++) {
            out[b * BLOCK + i] = in[b * BLOCK + i] ^ stream[i];
        }
    }
    eg_wipe(stream, sizeof stream);
    return good;
}

enum { MAC_INPUT_MAX = EG_P_BYTES + EG_HASHED_MESSAGE_MAX };

static bool compute_mac(uint8_t mac[32], const keys *k, const eg_modp *pad, const uint8_t *data,
                        size_t n)
{
    uint8_t mac_key[BLOCK], pad_bytes[EG_P_BYTES], input[MAC_INPUT_MAX];
    eg_modp_to_bytes(pad_bytes, pad);
    eg_bytes shown = shortest(pad_bytes, sizeof pad_bytes);
    memcpy(input, shown.data, shown.len);
    memcpy(input + shown.len, data, n);
    bool good =
        eg_hmac(mac_key, k->session_key, k->seed_bytes, k->bits, 0) &&
        eg_hmac(mac, (eg_bytes){mac_key, sizeof mac_key}, (eg_bytes){input, shown.len + n}, 0, 0);
    eg_wipe(mac_key, sizeof mac_key);
    return good;
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
    bool good = apply_stream(&k, data_out, data_out, blocks) &&
                compute_mac(mac, &k, pad, data_out, blocks * BLOCK);
    eg_wipe(&k, sizeof k);
    EG_BUG_IF(err, !good);
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
    uint8_t mac[BLOCK] = {0};
    EG_BUG_IF(err, data.len % BLOCK != 0 || data.len > EG_HASHED_MESSAGE_MAX);
    keys_init(&k, pad, shared, seed, data.len / BLOCK);
    bool good = compute_mac(mac, &k, pad, data.data, data.len);
    bool is_same = eg_secret_equal(mac, stored_mac, sizeof mac);
    eg_declassify(&is_same, sizeof is_same); /* the caller is told */
    good = good && is_same && apply_stream(&k, out, data.data, data.len / BLOCK);
    eg_wipe(&k, sizeof k);
    eg_wipe(mac, sizeof mac);
    if (!good) {
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
