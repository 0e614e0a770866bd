/* Manifest and InternalManifest (docs/crypto.md 18), written; clients never send one. */
#ifndef EG_WIRE_OBJECTS_MANIFEST_H
#define EG_WIRE_OBJECTS_MANIFEST_H

#include "election/manifest.h"
#include "wire/writer.h"

void eg_manifest_write(eg_writer *w, const void *manifest);
void eg_internal_manifest_write(eg_writer *w, const void *manifest);

#endif
