/* Artifacts: an object as it travels inside a request, in any form, at any depth. Source:
 * api-contract.md 2.4. */
#ifndef EG_WIRE_ARTIFACT_H
#define EG_WIRE_ARTIFACT_H

#include "wire/tree.h"
#include "wire/writer.h"

/* How the object came: tells the form of the answer (2.3). */
typedef enum eg_artifact_form { EG_FORM_MAP, EG_FORM_TEXT, EG_FORM_BASE64 } eg_artifact_form;

/* The value behind node: itself when a map or array; a string that begins with { or [ as JSON text;
 * any other string as base64 of one MessagePack value. Nested at most EG_NESTING_MAX deep. form may
 * be NULL. The result is a map or an array; EG_E_BAD_TYPE otherwise. */
eg_result eg_artifact_open(eg_node *out, eg_artifact_form *form, const eg_node *node,
                           const eg_path *path, eg_arena *arena, eg_error *err) EG_MUST_USE;
/* The same where a list is wanted, or a decimal integer within a map: errors say so. */
eg_result eg_artifact_open_list(eg_node *out, const eg_node *node, const eg_path *path,
                                eg_arena *arena, eg_error *err) EG_MUST_USE;
eg_result eg_artifact_open_number(eg_node *out, const eg_node *node, const eg_path *path,
                                  eg_arena *arena, eg_error *err) EG_MUST_USE;

typedef void (*eg_write_fn)(eg_writer *w, const void *object);

/* Writes object in the form: inline; as a string holding its JSON text (2.5); as base64 of its
 * MessagePack. */
void eg_artifact_write(eg_writer *w, eg_artifact_form form, eg_write_fn write, const void *object);

#endif
