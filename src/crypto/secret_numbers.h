/* Numbers that may be secret, and their bytes: in time that shows no more than
 * docs/decisions/0010 allows. Private to this folder. */
#ifndef EG_CRYPTO_SECRET_NUMBERS_H
#define EG_CRYPTO_SECRET_NUMBERS_H

#include "group/group.h"

/* How many leading bytes of a number are zero, n - 1 at most: they are missing in its text and in
 * hex_bytes (crypto.md 2.1). Of a secret number, too, this count is public and nothing else. */
size_t eg_leading_zero_bytes(const uint8_t *bytes, size_t n);

/* A number from 32 big-endian bytes. False (out untouched) when it is q or more. */
bool eg_modq_from_secret_bytes(eg_modq *out, const uint8_t bytes[EG_Q_BYTES]);

#endif
