/* Typed reading of a map's fields: presence, type, range. Every failure names the field. Values:
 * api-contract.md 3.
 *
 * `at` is the path of the map. Null is a value of the wrong kind in a required field; an optional
 * one is looked for with eg_map_find, to which null is absent. */
#ifndef EG_WIRE_FIELDS_H
#define EG_WIRE_FIELDS_H

#include "group/group.h"
#include "wire/tree.h"

/* EG_E_BAD_TYPE unless node is a map. */
eg_result eg_need_map(const eg_node *node, const eg_path *at, eg_error *err) EG_MUST_USE;
eg_result eg_need_array(const eg_node *node, const eg_path *at, size_t max_count,
                        eg_error *err) EG_MUST_USE;

/* The field, or EG_E_MISSING_FIELD. */
eg_result eg_field(const eg_node **out, const eg_node *map, const eg_path *at, const char *name,
                   eg_error *err) EG_MUST_USE;

/* One node as a value of a kind; path is the node's own. */
eg_result eg_node_str(eg_str *out, const eg_node *node, const eg_path *path, size_t min_bytes,
                      size_t max_bytes, eg_error *err) EG_MUST_USE;
eg_result
eg_node_count(uint32_t *out, const eg_node *node, const eg_path *path, uint32_t min, uint32_t max,
              eg_error *err) EG_MUST_USE; /* integer, decimal string, integral float; not bool */
eg_result eg_node_int64(int64_t *out, const eg_node *node, const eg_path *path,
                        eg_error *err) EG_MUST_USE;
eg_result eg_node_bool(bool *out, const eg_node *node, const eg_path *path,
                       eg_error *err) EG_MUST_USE;
/* Hexadecimal element inside an artifact. Range only; membership is the caller's. */
eg_result eg_node_p_hex(eg_modp *out, const eg_node *node, const eg_path *path,
                        eg_error *err) EG_MUST_USE;
eg_result eg_node_q_hex(eg_modq *out, const eg_node *node, const eg_path *path,
                        eg_error *err) EG_MUST_USE;
/* Big decimal outside artifacts: string of digits (white space around it allowed) or integer; at
 * most 1300 digits. */
eg_result eg_node_p_decimal(eg_modp *out, const eg_node *node, const eg_path *path,
                            eg_error *err) EG_MUST_USE;
eg_result eg_node_q_decimal(eg_modq *out, const eg_node *node, const eg_path *path,
                            eg_error *err) EG_MUST_USE;
/* Right-aligned big-endian bytes from hex with lost leading zero bytes (hashed ElGamal data and
 * mac). */
eg_result eg_node_bytes_hex(uint8_t *out, size_t size, const eg_node *node, const eg_path *path,
                            eg_error *err) EG_MUST_USE;
/* What people tell things apart by: a string that is not white space alone. */
eg_result eg_node_name(eg_str *out, const eg_node *node, const eg_path *path, size_t max_bytes,
                       eg_error *err) EG_MUST_USE;
/* A guardian's id: string, or integer taken as its decimal text (allocated in arena). */
eg_result eg_node_id(eg_str *out, const eg_node *node, const eg_path *path, eg_arena *arena,
                     eg_error *err) EG_MUST_USE;

/* The same of a required field. */
eg_result eg_read_str(const eg_node *map, const eg_path *at, const char *name, size_t min_bytes,
                      size_t max_bytes, eg_str *out, eg_error *err) EG_MUST_USE;
eg_result eg_read_count(const eg_node *map, const eg_path *at, const char *name, uint32_t min,
                        uint32_t max, uint32_t *out, eg_error *err) EG_MUST_USE;
eg_result eg_read_int64(const eg_node *map, const eg_path *at, const char *name, int64_t *out,
                        eg_error *err) EG_MUST_USE;
eg_result eg_read_bool(const eg_node *map, const eg_path *at, const char *name, bool *out,
                       eg_error *err) EG_MUST_USE;
eg_result eg_read_p(const eg_node *map, const eg_path *at, const char *name, eg_modp *out,
                    eg_error *err) EG_MUST_USE;
eg_result eg_read_q(const eg_node *map, const eg_path *at, const char *name, eg_modq *out,
                    eg_error *err) EG_MUST_USE;
eg_result eg_read_bytes(const eg_node *map, const eg_path *at, const char *name, uint8_t *out,
                        size_t size, eg_error *err) EG_MUST_USE;
eg_result eg_read_name(const eg_node *map, const eg_path *at, const char *name, size_t max_bytes,
                       eg_str *out, eg_error *err) EG_MUST_USE;
eg_result eg_read_id(const eg_node *map, const eg_path *at, const char *name, eg_arena *arena,
                     eg_str *out, eg_error *err) EG_MUST_USE;

#endif
