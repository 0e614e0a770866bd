/* DecryptionShare and CompensatedDecryptionShare (docs/crypto.md 18). */
#ifndef EG_WIRE_OBJECTS_DECRYPTION_H
#define EG_WIRE_OBJECTS_DECRYPTION_H

#include "election/decryption.h"
#include "wire/fields.h"
#include "wire/writer.h"

/* The two messages for one type. They differ in `missing_guardian_id` and `recovery_key`, which a
 * compensated share has, and in `recovered_parts`, which only a guardian's own has. */
typedef enum eg_share_message { EG_OWN_SHARE, EG_COMPENSATED_SHARE } eg_share_message;

/* An own share with recovered parts is refused: nobody sends one, reconstruction is ours. */
eg_result eg_decryption_share_read(eg_decryption_share *out, eg_share_message message,
                                   const eg_node *node, const eg_path *at, eg_arena *arena,
                                   eg_error *err) EG_MUST_USE;
void eg_decryption_share_write(eg_writer *w, const void *share);
/* One selection of it, as the published record repeats it. */
void eg_decryption_selection_write(eg_writer *w, const void *selection);

#endif
