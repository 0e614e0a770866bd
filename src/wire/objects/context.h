/* CiphertextElectionContext (docs/crypto.md 18). */
#ifndef EG_WIRE_OBJECTS_CONTEXT_H
#define EG_WIRE_OBJECTS_CONTEXT_H

#include "election/context.h"
#include "wire/fields.h"
#include "wire/writer.h"

/* As stated, not recomputed: the caller compares it with the context that it builds itself.
 * extended_data is ignored. */
eg_result eg_context_read(eg_context *out, const eg_node *node, const eg_path *at,
                          eg_error *err) EG_MUST_USE;
/* extended_data null and the default configuration: what the service has. */
void eg_context_write(eg_writer *w, const void *context);

#endif
