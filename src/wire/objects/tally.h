/* The service's form of a tally (docs/crypto.md 16.2): a map, or in the texts form a map whose
 * `_encryption`,
 * `_internal_manifest`, `_manifest` and each contest are JSON texts (docs/api-contract.md 2.3). */
#ifndef EG_WIRE_OBJECTS_TALLY_H
#define EG_WIRE_OBJECTS_TALLY_H

#include "election/tally.h"
#include "wire/fields.h"
#include "wire/writer.h"

typedef struct eg_tally_read_result {
    eg_tally tally;     /* object_id "" */
    eg_context context; /* as stated in `_encryption`; compare it with the election's own */
} eg_tally_read_result;

/* Any form of any part. `_internal_manifest` and `_manifest` are not looked at. */
eg_result eg_tally_object_read(eg_tally_read_result *out, const eg_node *node, const eg_path *at,
                               eg_arena *arena, eg_error *err) EG_MUST_USE;

typedef struct eg_tally_object {
    const eg_tally *tally;
    const eg_context *context;
    const eg_manifest *manifest;
    bool texts;
} eg_tally_object;

/* object: eg_tally_object */
void eg_tally_object_write(eg_writer *w, const void *object);

#endif
