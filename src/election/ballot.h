/* Encrypted ballots: shapes and hashes. Source: docs/crypto.md 14, 18. Arrays are borrowed from an
 * arena. */
#ifndef EG_ELECTION_BALLOT_H
#define EG_ELECTION_BALLOT_H

#include "crypto/hashed_elgamal.h"
#include "crypto/proofs.h"
#include "election/context.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

typedef enum eg_ballot_state {
    EG_BALLOT_NONE = 0, /* not submitted: no `state` on the wire */
    EG_BALLOT_CAST = 1,
    EG_BALLOT_SPOILED = 2,
    EG_BALLOT_UNKNOWN = 999
} eg_ballot_state;

/* A nonce that is there or null. Secret. */
typedef struct eg_opt_nonce {
    eg_modq value;
    bool present;
} eg_opt_nonce;

typedef struct eg_ballot_selection {
    eg_str object_id;
    uint32_t sequence_order;
    eg_modq description_hash;
    eg_ciphertext ciphertext;
    eg_modq crypto_hash;
    bool is_placeholder;
    eg_opt_nonce nonce;
    bool has_proof;
    eg_disjunctive_proof proof;
} eg_ballot_selection;

typedef struct eg_ballot_contest {
    eg_str object_id;
    uint32_t sequence_order;
    eg_modq description_hash;
    eg_ballot_selection *selections; /* placeholders last */
    size_t selection_count;
    eg_ciphertext accumulation;
    eg_modq crypto_hash;
    eg_opt_nonce nonce;
    bool has_proof;
    eg_constant_proof proof;
    bool has_extended_data;
    eg_hashed_ciphertext extended_data;
} eg_ballot_contest;

typedef struct eg_ballot {
    eg_str object_id;
    eg_str style_id;
    eg_modq manifest_hash;
    eg_modq code_seed;
    eg_ballot_contest *contests;
    size_t contest_count;
    eg_modq code;
    int64_t timestamp; /* seconds since 1970 */
    eg_modq crypto_hash;
    eg_opt_nonce nonce;
    eg_ballot_state state;
} eg_ballot;

/* The hashes of 14.2 and 14.3, from the parts' own fields. */
void eg_selection_hash(eg_modq *out, const eg_ballot_selection *selection);
/* Sorted by sequence_order (stable). scratch from arena. */
eg_result eg_contest_hash(eg_modq *out, const eg_ballot_contest *contest, eg_arena *scratch,
                          eg_error *err) EG_MUST_USE;
eg_result eg_ballot_hash(eg_modq *out, const eg_ballot *ballot, eg_arena *scratch,
                         eg_error *err) EG_MUST_USE;

/* ciphertext_accumulation as it must be: the product of the selections' ciphertexts. */
void eg_contest_accumulate(eg_ciphertext *out, const eg_ballot_contest *contest);

/* Forgets every nonce (wiped) and sets the state: the submitted form (14.5). */
void eg_ballot_strip_nonces(eg_ballot *ballot, eg_ballot_state state);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
