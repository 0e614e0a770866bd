/* A challenged ballot: opened with the nonces it reveals, and made again from them. Source:
 * docs/crypto.md 14.1, 14.6, 17 item 8. */
#ifndef EG_ELECTION_CHALLENGE_H
#define EG_ELECTION_CHALLENGE_H

#include "election/ballot_encrypt.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/* Opens every selection with its nonce, encrypts the votes found there again from the ballot's
 * nonce, and compares the whole ballot: ciphertexts, proofs, hashes, derived nonces.
 *
 * ballot  with every nonce; what it lacks or gets wrong is named in err, under path
 * out     the votes, in the shape of a plain ballot without placeholders; from arena
 *
 * Errors: those of eg_ballot_check_structure; EG_E_MISSING_FIELD (a nonce is null);
 * EG_E_PROOF_INVALID (a selection does not open to 0 or 1; a part is not what the nonces give). */
eg_result eg_ballot_challenge(eg_plain_ballot *out, const eg_ballot *ballot,
                              const eg_election *election, eg_arena *arena, const eg_path *path,
                              eg_error *err) EG_MUST_USE;

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
