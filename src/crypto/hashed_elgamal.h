/* Hashed ElGamal for byte strings: backups' coordinates and contest data. Source: docs/crypto.md 5
 * and 7. */
#ifndef EG_CRYPTO_HASHED_ELGAMAL_H
#define EG_CRYPTO_HASHED_ELGAMAL_H

#include "crypto/elgamal.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

enum { EG_PADDED_BYTES = 512, EG_PADDED_MESSAGE_MAX = 510 };

/* `data` as bytes; leading zero bytes are lost in the text form and repaired on decryption. */
typedef struct eg_hashed_ciphertext {
    eg_modp pad;
    uint8_t data[EG_PADDED_BYTES]; /* right-aligned value: leading bytes zero when the text was
                                      shorter */
    uint8_t mac[32];               /* big-endian, right-aligned; not reduced mod q */
} eg_hashed_ciphertext;

enum { EG_HMAC_FRAMED_MAX = 1024, EG_HASHED_MESSAGE_MAX = 4096 };

/* HMAC-SHA-256 of LE32(start) || message || LE32(length), of the bare message when length is 0
 * (crypto.md 5). False when a framed message is longer than EG_HMAC_FRAMED_MAX (seeds are 32
 * bytes). */
bool eg_hmac(uint8_t out[32], eg_bytes key, eg_bytes message, uint32_t length,
             uint32_t start) EG_MUST_USE;

/* BE16(k) || message || k zero bytes. Fails (EG_E_TOO_LARGE) above 510 bytes. */
eg_result eg_padding_add(uint8_t out[EG_PADDED_BYTES], eg_str message, eg_error *err) EG_MUST_USE;
/* The message, borrowed from padded. Fails (EG_E_BAD_ENCODING) on k > 510 or non-zero fill. */
eg_result eg_padding_remove(eg_str *out, const uint8_t padded[EG_PADDED_BYTES],
                            eg_error *err) EG_MUST_USE;

/* Of exactly 512 bytes: what every use of it holds. pad = g^nonce and shared = key^nonce were
 * computed by the caller (in its batch). */
eg_result eg_hashed_elgamal_seal(eg_hashed_ciphertext *out, const uint8_t message[EG_PADDED_BYTES],
                                 const eg_modp *pad, const eg_modp *shared, const eg_modq *seed,
                                 eg_error *err) EG_MUST_USE;
/* Of any length, for known answers; data_out holds the length rounded up to 32; at most
 * EG_HASHED_MESSAGE_MAX bytes. */
eg_result eg_hashed_elgamal_seal_any(uint8_t *data_out, size_t *data_len, uint8_t mac[32],
                                     eg_str message, const eg_modp *pad, const eg_modp *shared,
                                     const eg_modq *seed, eg_error *err) EG_MUST_USE;
/* shared = pad^secret. Fails with EG_E_TAMPERED when the MAC differs; out is then wiped. */
eg_result eg_hashed_elgamal_open(uint8_t out[EG_PADDED_BYTES], const eg_hashed_ciphertext *c,
                                 const eg_modp *shared, const eg_modq *seed,
                                 eg_error *err) EG_MUST_USE;
/* The same of any length up to EG_HASHED_MESSAGE_MAX that is a multiple of 32; out as long as data.
 */
eg_result eg_hashed_elgamal_open_any(uint8_t *out, const eg_modp *pad, eg_bytes data,
                                     const uint8_t stored_mac[32], const eg_modp *shared,
                                     const eg_modq *seed, eg_error *err) EG_MUST_USE;

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
