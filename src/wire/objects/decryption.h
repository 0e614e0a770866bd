/* DecryptionShare and CompensatedDecryptionShare (docs/crypto.md 18). */
#ifndef EG_WIRE_OBJECTS_DECRYPTION_H
#define EG_WIRE_OBJECTS_DECRYPTION_H

#include "election/decryption.h"
#include "wire/fields.h"
#include "wire/writer.h"

/* A share with recovered parts is refused: nobody sends one, reconstruction is ours. */
eg_result eg_decryption_share_read(eg_decryption_share *out, const eg_node *node, const eg_path *at,
                                   eg_arena *arena, eg_error *err) EG_MUST_USE;
void eg_decryption_share_write(eg_writer *w, const void *share);

eg_result eg_compensated_share_read(eg_compensated_share *out, const eg_node *node,
                                    const eg_path *at, eg_arena *arena, eg_error *err) EG_MUST_USE;
void eg_compensated_share_write(eg_writer *w, const void *share);

#endif
