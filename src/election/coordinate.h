/* The content of a backup: {"coordinate": "HEX"} padded to 512 bytes (docs/crypto.md 7.4). Secret
 * throughout. */
#ifndef EG_ELECTION_COORDINATE_H
#define EG_ELECTION_COORDINATE_H

#include "crypto/hashed_elgamal.h"

enum { EG_COORDINATE_TEXT_MAX = 96 };

/* The JSON text; returns its length. */
size_t eg_coordinate_text(char out[EG_COORDINATE_TEXT_MAX], const eg_modq *coordinate);
eg_result eg_coordinate_pad(uint8_t out[EG_PADDED_BYTES], const eg_modq *coordinate,
                            eg_error *err) EG_MUST_USE;
/* False when the content is anything else. */
bool eg_coordinate_unpad(eg_modq *out, const uint8_t padded[EG_PADDED_BYTES]);

#endif
