/* The functions of key_ceremony.h in parts, so that no unit of work holds a thread for long. */
#ifndef EG_ELECTION_CEREMONY_PARTS_H
#define EG_ELECTION_CEREMONY_PARTS_H

#include "election/key_ceremony.h"

/* eg_guardian_public_check is the shape, which takes no power, and all proofs: those of any
 * commitments first .. first + count - 1 here. */
eg_result eg_guardian_shape_check(const eg_guardian_public *record, uint32_t quorum,
                                  const eg_path *path, eg_error *err) EG_MUST_USE;
eg_result eg_guardian_proofs_check(const eg_guardian_public *record, size_t first, size_t count,
                                   const eg_path *path, eg_error *err) EG_MUST_USE;

/* The same in as many units as so many commitments take: the shape and the proofs of one of them.
 */
size_t eg_guardian_parts(size_t quorum);
eg_result eg_guardian_part_check(const eg_guardian_public *record, uint32_t quorum, size_t part,
                                 const eg_path *path, eg_error *err) EG_MUST_USE;
/* Of eg_polynomial_check: the same division. */
eg_result eg_polynomial_part_check(const eg_polynomial *polynomial, uint32_t quorum, size_t part,
                                   const eg_path *path, eg_error *err) EG_MUST_USE;

/* A backup opened by its recipient and held against the commitments of its sender, whose record was
 * checked. Errors: those of eg_backup_open; EG_E_PROOF_INVALID. coordinate is secret. */
eg_result eg_backup_check(eg_modq *coordinate, const eg_backup *backup, eg_str recipient_id,
                          uint32_t recipient_order, const eg_modq *recipient_secret,
                          const eg_guardian_public *sender, const eg_path *path,
                          eg_error *err) EG_MUST_USE;

/* A backup to be made; nonce in [1, q), secret. Borrowed pointers. */
typedef struct eg_backup_input {
    eg_str owner_id;
    const eg_polynomial *polynomial;
    eg_str recipient_id;
    uint32_t recipient_order;
    const eg_modp *recipient_key;
    eg_modq nonce;
} eg_backup_input;

/* eg_backup_make of several, whose powers fill the lanes. The caller wipes the nonces. */
eg_result eg_backups_make(eg_backup out[], const eg_backup_input inputs[], size_t count,
                          eg_error *err) EG_MUST_USE;

#endif
