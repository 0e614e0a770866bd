/* What requests say about guardians: keys in any form, records, backups.
 * Source: docs/api-contract.md 2.4, 5. */
#ifndef EG_API_FIELDS_GUARDIAN_FIELDS_H
#define EG_API_FIELDS_GUARDIAN_FIELDS_H

#include "election/key_ceremony.h"
#include "wire/tree.h"

/* A big decimal itself, or a map in any form that holds one under name or other_name. *path_out is
 * the decimal's own path; map_path is kept for it to point at. */
typedef struct eg_key_place {
    const eg_node *node;
    eg_node map;  /* when the key was inside one */
    eg_path path; /* of node */
} eg_key_place;

eg_result eg_key_place_find(eg_key_place *out, const eg_node *node, const eg_path *path,
                            const char *name, const char *other_name, eg_arena *arena,
                            eg_error *err) EG_MUST_USE;

/* In [1, q); secret. field: of map, required. */
eg_result eg_private_key_read(eg_modq *out, const eg_node *map, const char *field, eg_arena *arena,
                              eg_error *err) EG_MUST_USE;
/* In [1, p); membership is the caller's. */
eg_result eg_public_key_read(eg_modp *out, const eg_node *map, const char *field, eg_arena *arena,
                             eg_error *err) EG_MUST_USE;

/* g^private = public, else EG_E_OUT_OF_RANGE at private_field. */
eg_result eg_key_pair_check(const eg_modq *private_key, const eg_modp *public_key,
                            const char *private_field, eg_error *err) EG_MUST_USE;

/* `guardian_data`: what is known of one guardian. */
typedef struct eg_guardian_data {
    eg_str id;
    uint32_t sequence_order;
    bool has_record;
    eg_guardian_public record;
    eg_node backups; /* a map, or EG_NULL when there are none */
} eg_guardian_data;

eg_result eg_guardian_data_read(eg_guardian_data *out, const eg_node *node, const eg_path *path,
                                eg_arena *arena, eg_error *err) EG_MUST_USE;

/* The record is of that id and order; *record must be present. */
eg_result eg_guardian_data_check(const eg_guardian_data *data, uint32_t guardians,
                                 const eg_path *path, eg_error *err) EG_MUST_USE;

/* The backup that owner made for designated, from one guardian's map of them, whatever its key
 * there (docs/api-contract.md 5, "Choosing the backup"). *found is false when the map does not hold
 * it; *key is its key, for paths. */
eg_result eg_backup_choose(eg_backup *out, eg_str *key, bool *found, const eg_node *backups,
                           const eg_path *backups_path, eg_str owner, eg_str designated,
                           eg_arena *arena, eg_error *err) EG_MUST_USE;

/* A polynomial as an artifact, or a map in any form that holds one as `polynomial`. Secret. */
eg_result eg_polynomial_field_read(eg_polynomial *out, bool *present, const eg_node *fields,
                                   const char *field, eg_arena *arena, eg_error *err) EG_MUST_USE;
/* Of that length and of that private key. Whether it is consistent in itself takes powers:
 * eg_polynomial_part_check. */
eg_result eg_polynomial_belongs_check(const eg_polynomial *polynomial, uint32_t quorum,
                                      const eg_modq *private_key, const char *field,
                                      eg_error *err) EG_MUST_USE;

/* Puts the guardian at fault in front of the sentence when r says that something of it is wrong;
 * returns r. */
eg_result eg_guardian_blame(eg_result r, eg_str id, eg_error *err);

#endif
