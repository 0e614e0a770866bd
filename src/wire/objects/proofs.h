/* The four proofs on the wire; `usage` must be the proof's own. See ciphertext.h for what readers
 * and writers have in common. Source: docs/crypto.md 8, 18. */
#ifndef EG_WIRE_OBJECTS_PROOFS_H
#define EG_WIRE_OBJECTS_PROOFS_H

#include "crypto/proofs.h"
#include "wire/artifact.h"
#include "wire/fields.h"

eg_result eg_schnorr_proof_read(eg_schnorr_proof *out, const eg_node *node, const eg_path *at,
                                eg_error *err) EG_MUST_USE;
void eg_schnorr_proof_write(eg_writer *w, const void *schnorr_proof);

eg_result eg_generic_proof_read(eg_generic_proof *out, const eg_node *node, const eg_path *at,
                                eg_error *err) EG_MUST_USE;
void eg_generic_proof_write(eg_writer *w, const void *generic_proof);

eg_result eg_constant_proof_read(eg_constant_proof *out, const eg_node *node, const eg_path *at,
                                 eg_error *err) EG_MUST_USE;
void eg_constant_proof_write(eg_writer *w, const void *constant_proof);

eg_result eg_disjunctive_proof_read(eg_disjunctive_proof *out, const eg_node *node,
                                    const eg_path *at, eg_error *err) EG_MUST_USE;
void eg_disjunctive_proof_write(eg_writer *w, const void *disjunctive_proof);

#endif
