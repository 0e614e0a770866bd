/* Guardians: keys, polynomials, backups. Source: docs/crypto.md 9, 10. */
#ifndef EG_ELECTION_KEY_CEREMONY_H
#define EG_ELECTION_KEY_CEREMONY_H

#include "base/arena.h"
#include "base/rng.h"
#include "crypto/hashed_elgamal.h"
#include "crypto/polynomial.h"
#include "crypto/proofs.h"
#include "election/limits.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

typedef struct eg_guardian_public { /* ElectionPublicKey */
    eg_str owner_id;
    uint32_t sequence_order; /* 1 or more */
    eg_modp key;
    eg_modp *commitments; /* quorum of them; the first is key */
    size_t commitment_count;
    eg_schnorr_proof *proofs;
    size_t proof_count;
} eg_guardian_public;

typedef struct eg_coefficient {
    eg_modq value; /* secret */
    eg_modp commitment;
    eg_schnorr_proof proof;
} eg_coefficient;

typedef struct eg_polynomial { /* ElectionPolynomial; secret */
    eg_coefficient *coefficients;
    size_t count; /* quorum */
} eg_polynomial;

typedef struct eg_backup { /* ElectionPartialKeyBackup */
    eg_str owner_id;
    eg_str designated_id;
    uint32_t designated_sequence_order;
    eg_hashed_ciphertext coordinate;
} eg_backup;

/* A guardian's polynomial and public record from fresh randomness. */
eg_result eg_guardian_generate(eg_polynomial *polynomial, eg_guardian_public *record,
                               eg_str owner_id, uint32_t sequence_order, uint32_t quorum,
                               const eg_rng *rng, eg_arena *arena, eg_error *err) EG_MUST_USE;
/* The same from given coefficients and Schnorr nonces (quorum of each). */
eg_result eg_guardian_from_values(eg_polynomial *polynomial, eg_guardian_public *record,
                                  eg_str owner_id, uint32_t sequence_order,
                                  const eg_modq coefficients[], const eg_modq nonces[],
                                  uint32_t quorum, eg_arena *arena, eg_error *err) EG_MUST_USE;
/* The public record that belongs to a polynomial (borrows its commitments by copy). */
eg_result eg_guardian_record_from_polynomial(eg_guardian_public *out,
                                             const eg_polynomial *polynomial, eg_str owner_id,
                                             uint32_t sequence_order, eg_arena *arena,
                                             eg_error *err) EG_MUST_USE;

/* Number of commitments = quorum, commitments[0] = key, residues, each proof for its commitment and
 * valid. The path given leads to the record. */
eg_result eg_guardian_public_check(const eg_guardian_public *record, uint32_t quorum,
                                   const eg_path *path, eg_error *err) EG_MUST_USE;
/* Values match commitments, count = quorum, each proof for its commitment and valid. */
eg_result eg_polynomial_check(const eg_polynomial *polynomial, uint32_t quorum, const eg_path *path,
                              eg_error *err) EG_MUST_USE;

/* Joint key and commitment hash over all commitments, guardians in the order given (first form of
 * 10). */
void eg_joint_key(eg_modp *key, eg_modq *commitment_hash, const eg_guardian_public records[],
                  size_t count);
/* Second form: over the public keys alone. */
void eg_joint_key_from_keys(eg_modp *key, eg_modq *commitment_hash, const eg_modp keys[],
                            size_t count);

/* Backup of the owner's polynomial for a recipient; nonce in [1, q), secret. */
eg_result eg_backup_make(eg_backup *out, eg_str owner_id, const eg_polynomial *polynomial,
                         eg_str recipient_id, uint32_t recipient_order,
                         const eg_modp *recipient_key, const eg_modq *nonce,
                         eg_error *err) EG_MUST_USE;
/* Opens with the recipient's secret key. recipient_order is the recipient's own; it must equal the
 * backup's. Errors: EG_E_TAMPERED (MAC), EG_E_BAD_ENCODING (content). coordinate is secret. */
eg_result eg_backup_open(eg_modq *coordinate, const eg_backup *backup, eg_str recipient_id,
                         uint32_t recipient_order, const eg_modq *recipient_secret,
                         const eg_path *path, eg_error *err) EG_MUST_USE;

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
