/* Manifests on the wire. See ciphertext.h for what readers and writers have in common. Source:
 * docs/crypto.md 11, 18. */
#ifndef EG_WIRE_OBJECTS_MANIFEST_H
#define EG_WIRE_OBJECTS_MANIFEST_H

#include "election/manifest.h"
#include "wire/artifact.h"

/* Descriptive fields only: eg_manifest_complete then checks, adds placeholders and hashes. Contests
 * come from arena. */
eg_result eg_manifest_read(eg_manifest *out, const eg_node *node, const eg_path *at,
                           eg_arena *arena, eg_error *err) EG_MUST_USE;
void eg_manifest_write(eg_writer *w, const void *manifest);

/* InternalManifest: units, contests with placeholders, styles, hash (11.4). */
void eg_internal_manifest_write(eg_writer *w, const void *manifest);

#endif
