/* A decoded value: one tree for JSON and MessagePack alike. Built for one member or one array
 * element at a time, never for a whole large body (body.h). Nodes and strings live in the arena
 * that the parser was given. Source: docs/api-contract.md 2.1. */
#ifndef EG_WIRE_TREE_H
#define EG_WIRE_TREE_H

#include "wire/node.h"

/* One complete value and nothing behind it. depth: containers already around it. Errors:
 * EG_E_BAD_ENCODING (with the offset in the text, the path of the member where one is known),
 * EG_E_DUPLICATE (a key twice), EG_E_OUT_OF_RANGE (nesting). */
eg_result eg_tree_parse(eg_node *out, eg_encoding encoding, eg_str bytes, unsigned depth,
                        eg_arena *arena, const eg_path *path, eg_error *err) EG_MUST_USE;

/* The member of that name, or NULL. map is an EG_MAP. A member that is null counts as absent: so
 * many clients write the fields that nobody set, and every optional field is looked for here. */
const eg_node *eg_map_find(const eg_node *map, const char *name);
/* The member even if it is null: for required fields, where null is a value of the wrong kind. */
const eg_node *eg_map_member(const eg_node *map, const char *name);

#endif
