/* What a file of a record must look like, member by member: nothing missing, nothing besides, each
 * value of its exact type and spelled as electionguard-python spells it. Readers of wire/objects
 * take what clients send in many forms; a record has one. Source: docs/crypto.md 2, 18. */
#ifndef EG_RECORD_SHAPE_H
#define EG_RECORD_SHAPE_H

#include "wire/tree.h"

typedef enum eg_shape_kind {
    EG_SHAPE_P,      /* element mod p, as the library writes it */
    EG_SHAPE_Q,      /* the same mod q */
    EG_SHAPE_HEX,    /* bytes, their leading zeros lost */
    EG_SHAPE_INT,    /* an integer that is not negative */
    EG_SHAPE_STRING, /* any */
    EG_SHAPE_BOOL,
    EG_SHAPE_NULL,   /* null alone: a nonce */
    EG_SHAPE_OBJECT, /* exactly these members */
    EG_SHAPE_LIST,   /* of any number of `of` */
    EG_SHAPE_MAP,    /* the same, by name */
    EG_SHAPE_ID_MAP, /* the same, each named by its own `object_id` */
    EG_SHAPE_TEXT    /* a string, or the object */
} eg_shape_kind;

typedef struct eg_shape_member {
    const char *name;
    const struct eg_shape *shape;
    bool nullable;
} eg_shape_member;

typedef struct eg_shape {
    eg_shape_kind kind;
    const eg_shape_member *members;
    size_t count;
    const struct eg_shape *of;
} eg_shape;

/* Goes as deep as the shape does, not as the value. */
eg_result eg_shape_check(const eg_shape *shape, const eg_node *node, const eg_path *at,
                         eg_error *err) EG_MUST_USE;

/* The files of a record. */
extern const eg_shape eg_shape_manifest;
extern const eg_shape eg_shape_context;
extern const eg_shape eg_shape_constants;
extern const eg_shape eg_shape_coefficients;
extern const eg_shape eg_shape_device;
extern const eg_shape eg_shape_guardian;
extern const eg_shape eg_shape_submitted_ballot;
extern const eg_shape eg_shape_encrypted_tally;
extern const eg_shape eg_shape_plain_tally; /* of the tally and of each spoiled ballot */

#endif
