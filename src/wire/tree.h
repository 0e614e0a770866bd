/* A decoded value: one tree for JSON and MessagePack alike. Built for one member or one array
 * element at a time, never for a whole large body (body.h). Nodes and strings live in the arena
 * that the parser was given. Source: docs/api-contract.md 2.1. */
#ifndef EG_WIRE_TREE_H
#define EG_WIRE_TREE_H

#include "base/arena.h"

typedef enum eg_encoding { EG_JSON, EG_MSGPACK } eg_encoding;

enum { EG_NESTING_MAX = 64 }; /* maps and arrays, counted through base64 and JSON texts */

typedef enum eg_kind {
    EG_NULL,
    EG_BOOL,
    EG_INT,    /* fits int64_t */
    EG_BIGINT, /* an integer beyond int64_t: str holds its decimal digits, '-' first when negative
                */
    EG_FLOAT,  /* not finite where JSON has a number that a double does not hold */
    EG_STRING, /* valid UTF-8; MessagePack bin counts as a string when it is valid UTF-8 */
    EG_BYTES,  /* MessagePack bin that is no UTF-8 */
    EG_ARRAY,
    EG_MAP
} eg_kind;

struct eg_member;

typedef struct eg_node {
    eg_kind kind;
    unsigned depth; /* containers around it, artifacts' own included */
    union {
        bool boolean;
        int64_t integer;
        double real;
        eg_str str;
        struct {
            const struct eg_node *items;
            size_t count;
        } array;
        struct {
            const struct eg_member *members; /* in the order received; keys are distinct */
            size_t count;
        } map;
    } as;
} eg_node;

typedef struct eg_member {
    eg_str key;
    eg_node value;
} eg_member;

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
