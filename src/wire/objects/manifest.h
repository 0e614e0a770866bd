/* Manifest and InternalManifest (docs/crypto.md 18). */
#ifndef EG_WIRE_OBJECTS_MANIFEST_H
#define EG_WIRE_OBJECTS_MANIFEST_H

#include "base/problems.h"
#include "election/manifest.h"
#include "wire/tree.h"
#include "wire/writer.h"

/* Every form that electionguard-python writes: optional fields missing or null, texts in languages;
 * and plain strings in place of those, as the manifests made from names have them. Reads on after a
 * fault: fields that cannot be read are noted and left empty, so that the rest can be judged.
 * Counts are held against the limits of manifests, ids are not blank, no string holds U+0000.
 *
 * Fails for other reasons alone. Strings are borrowed from the nodes. */
eg_result eg_manifest_read(eg_manifest *out, const eg_node *node, const eg_path *at,
                           eg_arena *arena, eg_problems *problems, eg_error *err) EG_MUST_USE;

/* Read, judged, and where nothing is wrong completed: hashes, placeholders, the styles' contests.
 * What is wrong is in problems. */
eg_result eg_manifest_take(eg_manifest *out, const eg_node *node, const eg_path *at,
                           eg_arena *arena, eg_problems *problems, eg_error *err) EG_MUST_USE;

void eg_manifest_write(eg_writer *w, const void *manifest);
void eg_internal_manifest_write(eg_writer *w, const void *manifest);

#endif
