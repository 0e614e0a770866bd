/* Base64: standard alphabet, padding required, ASCII white space skipped on reading. */
#ifndef EG_BASE_BASE64_H
#define EG_BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EG_BASE64_ENCODED_LEN(n) (((n) + 2) / 3 * 4)
#define EG_BASE64_DECODED_MAX(n) ((n) / 4 * 3 + 3)

/* Writes EG_BASE64_ENCODED_LEN(n) characters, no NUL. out may be where the bytes are: they become
 * their own text. */
void eg_base64_encode(char *out, const uint8_t *bytes, size_t n);

/* out holds at least EG_BASE64_DECODED_MAX(n). False on a foreign character, missing or wrong
 * padding, or non-zero bits behind the last byte. */
bool eg_base64_decode(uint8_t *out, size_t *out_len, const char *text, size_t n);

#endif
