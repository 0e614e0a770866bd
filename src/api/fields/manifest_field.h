/* `manifest`: what is voted on, in place of `party_names`, `candidate_names` and `max_choices`.
 * Source: docs/api-contract.md 4 "Election fields". */
#ifndef EG_API_FIELDS_MANIFEST_FIELD_H
#define EG_API_FIELDS_MANIFEST_FIELD_H

#include "election/manifest.h"
#include "wire/tree.h"

enum { EG_MANIFEST_TEXT_MAX = 16 * 1024 * 1024 }; /* bytes of a manifest in a string */

/* *given: the field is there and not null; then out is complete, or the first thing that is wrong
 * with it the error. None of the fields whose place it takes may stand beside it. */
eg_result eg_manifest_field_read(eg_manifest *out, bool *given, const eg_node *fields,
                                 eg_arena *arena, eg_error *err) EG_MUST_USE;

/* Opens the field, which must be there: the map, its JSON text or its base64. */
eg_result eg_manifest_field_open(eg_node *out, const eg_node *fields, eg_arena *arena,
                                 eg_error *err) EG_MUST_USE;

/* EG_E_DUPLICATE when `manifest` and a field whose place it takes are both there. */
eg_result eg_manifest_field_alone(const eg_node *fields, eg_error *err) EG_MUST_USE;

#endif
