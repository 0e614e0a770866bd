/* Hexadecimal: upper case out, either case in. */
#ifndef EG_BASE_HEX_H
#define EG_BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes 2 * n characters, no NUL. */
void eg_hex_encode(char *out, const uint8_t *bytes, size_t n);
void eg_hex_encode_lower(char *out, const uint8_t *bytes, size_t n);

/* Reads n bytes from 2 * n digits of either case; false on any other character (out is then
 * undefined). */
bool eg_hex_decode(uint8_t *out, const char *digits, size_t n);

#endif
