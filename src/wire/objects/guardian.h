/* Guardians' records on the wire. See ciphertext.h for what readers and writers have in common.
 * Source: docs/crypto.md 18, docs/api-contract.md 4. */
#ifndef EG_WIRE_OBJECTS_GUARDIAN_H
#define EG_WIRE_OBJECTS_GUARDIAN_H

#include "election/key_ceremony.h"
#include "wire/artifact.h"
#include "wire/fields.h"

/* ElectionPublicKey: 1 to EG_GUARDIANS_MAX commitments and as many proofs. */
eg_result eg_guardian_public_read(eg_guardian_public *out, const eg_node *node, const eg_path *at,
                                  eg_arena *arena, eg_error *err) EG_MUST_USE;
void eg_guardian_public_write(eg_writer *w, const void *guardian_public);

/* ElectionPolynomial: 1 to EG_GUARDIANS_MAX coefficients. Secret. */
eg_result eg_polynomial_read(eg_polynomial *out, const eg_node *node, const eg_path *at,
                             eg_arena *arena, eg_error *err) EG_MUST_USE;
void eg_polynomial_write(eg_writer *w, const void *polynomial);

/* ElectionPartialKeyBackup */
eg_result eg_backup_read(eg_backup *out, const eg_node *node, const eg_path *at, eg_arena *arena,
                         eg_error *err) EG_MUST_USE;
void eg_backup_write(eg_writer *w, const void *backup);

#endif
