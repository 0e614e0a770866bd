/* PlaintextTally: what a tally or a spoiled ballot was decrypted to, and every guardian's share. Of
 * whose shape (shape.h) everything is known. Source: docs/crypto.md 16, 18. */
#ifndef EG_RECORD_OPENED_TALLY_H
#define EG_RECORD_OPENED_TALLY_H

#include "crypto/proofs.h"
#include "wire/fields.h"

/* CiphertextCompensatedDecryptionSelection, under the name of who made it. */
typedef struct eg_opened_part {
    eg_str key, object_id, guardian_id, missing_guardian_id;
    eg_modp share, recovery_key;
    eg_generic_proof proof;
} eg_opened_part;

/* CiphertextDecryptionSelection */
typedef struct eg_opened_share {
    eg_str object_id, guardian_id;
    eg_modp share;
    bool has_proof, has_parts;
    eg_generic_proof proof;
    eg_opened_part *parts; /* as they stand */
    size_t part_count;
} eg_opened_share;

typedef struct eg_opened_selection {
    eg_str object_id;
    int64_t tally; /* not negative */
    eg_modp value;
    eg_ciphertext message;
    eg_opened_share *shares; /* as they stand */
    size_t share_count;
} eg_opened_selection;

typedef struct eg_opened_contest {
    eg_str object_id;
    eg_opened_selection *selections; /* as they stand */
    size_t selection_count;
} eg_opened_contest;

typedef struct eg_opened_tally {
    eg_str object_id;
    eg_opened_contest *contests; /* as they stand */
    size_t contest_count;
} eg_opened_tally;

/* Strings are borrowed from node, arrays in arena. */
eg_result eg_opened_tally_read(eg_opened_tally *out, const eg_node *node, eg_arena *arena,
                               eg_error *err) EG_MUST_USE;

#endif
