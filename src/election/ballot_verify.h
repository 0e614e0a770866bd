/* Checking a ballot somebody else brings. Source: docs/crypto.md 15 and 17. */
#ifndef EG_ELECTION_BALLOT_VERIFY_H
#define EG_ELECTION_BALLOT_VERIFY_H

#include "election/ballot.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/* Structure only, no exponentiation: style, contests, selections and placeholders exactly the
 * manifest's, in order; description hashes; manifest_hash (EG_E_WRONG_ELECTION); every crypto_hash
 * and the code recomputed; the proofs' constant equal to number_elected; pad and data non-zero.
 * path is the ballot's own. Proof presence too. */
eg_result eg_ballot_check_structure(const eg_ballot *ballot, const eg_election *election,
                                    eg_arena *scratch, const eg_path *path,
                                    eg_error *err) EG_MUST_USE;

/* As it is published: EG_E_BAD_TYPE at the first nonce that is there. Whoever has it can read the
 * vote. */
eg_result eg_ballot_check_published(const eg_ballot *ballot, const eg_path *path,
                                    eg_error *err) EG_MUST_USE;

/* Every proof exactly, and accumulation = product. EG_E_PROOF_INVALID with the path of the first
 * false proof; EG_E_NOT_IN_GROUP for a pad or data outside the subgroup. */
eg_result eg_ballot_verify_proofs(const eg_ballot *ballot, const eg_election *election,
                                  eg_arena *scratch, const eg_path *path,
                                  eg_error *err) EG_MUST_USE;

/* ciphertext_accumulation is the product of the selections' ciphertexts. */
bool eg_ballot_accumulation_holds(const eg_ballot_contest *contest);

/* Membership of all pads and data alone, for callers that skip the proofs. */
eg_result eg_ballot_check_membership(const eg_ballot *ballot, eg_arena *scratch,
                                     const eg_path *path, eg_error *err) EG_MUST_USE;

/* The library's is_valid_encryption (15) and the tracking code, without the manifest; contests
 * sorted on both sides. */
bool eg_ballot_is_valid_encryption(const eg_ballot *ballot, const eg_modq *manifest_hash,
                                   const eg_fixed_base *key, const eg_modq *extended_base_hash,
                                   eg_arena *scratch);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
