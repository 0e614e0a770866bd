/* The shapes of a decoded value, one tree for JSON and MessagePack alike. Nodes and strings live in
 * the arena that the parser was given. Source: docs/api-contract.md 2.1. */
#ifndef EG_WIRE_NODE_H
#define EG_WIRE_NODE_H

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

#endif
