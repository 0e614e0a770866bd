/* Decryption shares, compensation, reconstruction, combination. Source: docs/crypto.md 16.3
 * to 16.6. */
#ifndef EG_ELECTION_DECRYPTION_H
#define EG_ELECTION_DECRYPTION_H

#include "election/key_ceremony.h"
#include "election/tally.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/* What is decrypted: the selections of a tally, or all selections of a spoiled ballot, placeholders
 * included, in one flat shape. Borrowed pointers. */
typedef struct eg_target_selection {
    eg_str object_id;
    eg_modq description_hash;
    const eg_ciphertext *ciphertext;
    bool is_placeholder;
} eg_target_selection;

typedef struct eg_target_contest {
    eg_str object_id;
    eg_modq description_hash;
    eg_target_selection *selections;
    size_t selection_count;
} eg_target_contest;

typedef struct eg_target {
    eg_str object_id; /* the ballot's id; "" for a tally */
    eg_target_contest *contests;
    size_t contest_count;
} eg_target;

eg_result eg_target_from_tally(eg_target *out, const eg_tally *tally, eg_arena *arena,
                               eg_error *err) EG_MUST_USE;
eg_result eg_target_from_ballot(eg_target *out, const eg_ballot *ballot, eg_arena *arena,
                                eg_error *err) EG_MUST_USE;
size_t eg_target_selection_count(const eg_target *target);

/* Where a share comes from. Borrowed. */
typedef struct eg_share_origin {
    eg_str guardian_id;         /* who makes it */
    eg_str missing_guardian_id; /* whom it stands for; empty: nobody, it is the maker's own share */
    const eg_modp *public_key;  /* of who makes it */
    const eg_modp *recovery_key; /* of a share for a missing guardian: g^y, y = P_missing(x_maker);
                                    else NULL */
} eg_share_origin;

/* CiphertextDecryptionSelection, or CiphertextCompensatedDecryptionSelection where there is a
 * missing guardian. */
typedef struct eg_decryption_selection {
    eg_str object_id;
    eg_str guardian_id;
    eg_str missing_guardian_id; /* as in eg_share_origin, here and below */
    eg_modp share;
    const eg_modp *recovery_key; /* in the share's arena; NULL in an own share */
    bool has_proof;
    eg_generic_proof proof;
    const struct eg_decryption_selection
        *parts; /* recovered_parts: in the order of available guardians; or NULL */
    size_t part_count;
} eg_decryption_selection;

typedef struct eg_decryption_contest {
    eg_str object_id;
    eg_str guardian_id;
    eg_str missing_guardian_id;
    eg_modq description_hash;
    eg_decryption_selection *selections;
    size_t selection_count;
} eg_decryption_contest;

/* DecryptionShare, or CompensatedDecryptionShare where there is a missing guardian. */
typedef struct eg_decryption_share {
    eg_str object_id;
    eg_str guardian_id;
    eg_str missing_guardian_id;
    eg_modp public_key; /* of guardian_id */
    eg_decryption_contest *contests;
    size_t contest_count;
} eg_decryption_share;

/* Allocates the share's shape for a target and fills all but share and proof, so that selections
 * can be computed by several threads: then eg_decryption_share_compute over any disjoint ranges
 * [first, first + count) of the target's selections in flat order. The origin's keys are copied. */
eg_result eg_decryption_share_init(eg_decryption_share *out, const eg_target *target,
                                   const eg_share_origin *origin, eg_arena *arena,
                                   eg_error *err) EG_MUST_USE;
/* secret: the guardian's key, or for a missing one the coordinate y. seeds[i]: the proof's seed for
 * selection first + i (fresh randomness). */
void eg_decryption_share_compute(eg_decryption_share *share, const eg_target *target, size_t first,
                                 size_t count, const eg_modq *secret, const eg_modq seeds[],
                                 const eg_modq *extended_base_hash);

/* Shape against the target (contests and selections exactly those, ids, description hashes; order
 * free, put right in place), then every proof under the origin's public_key, or its recovery_key
 * where there is a missing guardian. Paths lead to the selection at fault. */
eg_result eg_decryption_share_verify(eg_decryption_share *share, const eg_target *target,
                                     const eg_share_origin *origin,
                                     const eg_modq *extended_base_hash, eg_arena *scratch,
                                     const eg_path *path, eg_error *err) EG_MUST_USE;

/* Share of a missing guardian from verified shares made for it by any quorum of available
 * guardians, or more (16.5). The coefficients are those among just these guardians: coefficients[i]
 * belongs to parts[i]. */
eg_result eg_share_reconstruct(eg_decryption_share *out, const eg_target *target, eg_str missing_id,
                               const eg_modp *missing_key, const eg_decryption_share *const parts[],
                               const eg_modq coefficients[], size_t part_count, eg_arena *arena,
                               eg_error *err) EG_MUST_USE;

/* One selection's result. */
typedef struct eg_plain_result {
    eg_str contest_id;
    eg_str object_id;
    uint64_t tally;
    eg_modp value; /* g^tally */
} eg_plain_result;

/* Combines verified shares of all n guardians (16.6); each count is searched in 0..max.
 * Placeholders are left out. EG_E_PROOF_INVALID naming the selection when none fits. results has
 * room for every selection of the target. */
eg_result eg_shares_combine(eg_plain_result results[], size_t *result_count,
                            const eg_target *target, const eg_decryption_share *const shares[],
                            size_t share_count, uint64_t max, const eg_path *path,
                            eg_error *err) EG_MUST_USE;

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
