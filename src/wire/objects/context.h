/* CiphertextElectionContext on the wire. See ciphertext.h for what readers and writers have in
 * common. Source: docs/crypto.md 12, 18. */
#ifndef EG_WIRE_OBJECTS_CONTEXT_H
#define EG_WIRE_OBJECTS_CONTEXT_H

#include "election/context.h"
#include "wire/artifact.h"

/* As it was sent: hashes are not recomputed. extended_data and configuration are not looked at:
 * nothing depends on them. */
eg_result eg_context_read(eg_context *out, const eg_node *node, const eg_path *at, eg_arena *arena,
                          eg_error *err) EG_MUST_USE;
/* extended_data null, configuration as the reference's defaults. */
void eg_context_write(eg_writer *w, const void *context);

#endif
