/* Decryption shares on the wire. See ciphertext.h for what readers and writers have in common.
 * Source: docs/crypto.md 16.3, 16.4, 18. */
#ifndef EG_WIRE_OBJECTS_DECRYPTION_H
#define EG_WIRE_OBJECTS_DECRYPTION_H

#include "election/decryption.h"
#include "wire/artifact.h"

/* Counts are held against EG_CONTESTS_MAX, EG_SELECTIONS_MAX and EG_GUARDIANS_MAX (parts). A
 * contest's or selection's key must equal its object_id, a part's key its guardian_id. */

/* DecryptionShare. Proof and recovered_parts may be null. */
eg_result eg_decryption_share_read(eg_decryption_share *out, const eg_node *node, const eg_path *at,
                                   eg_arena *arena, eg_error *err) EG_MUST_USE;
void eg_decryption_share_write(eg_writer *w, const void *decryption_share);

/* CompensatedDecryptionShare */
eg_result eg_compensated_share_read(eg_compensated_share *out, const eg_node *node,
                                    const eg_path *at, eg_arena *arena, eg_error *err) EG_MUST_USE;
void eg_compensated_share_write(eg_writer *w, const void *compensated_share);

#endif
