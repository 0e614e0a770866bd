/* What a combination of shares must be answered, worked out the plain way: every equation by
 * itself, with GMP's arithmetic and the guardians' secrets, no batch and none of src/group. Only
 * hashes are those of src/crypto. */
#ifndef EG_FUZZ_PLAIN_VERDICT_H
#define EG_FUZZ_PLAIN_VERDICT_H

#include "crypto/proofs.h"

#include <stdbool.h>

/* x is one of the q elements that everything must be in. */
bool plain_is_member(const eg_modp *x);

/* g^v = a K^c, A^v = b M^c, M a member, c the hash. */
bool plain_proof_holds(const eg_generic_proof *proof, const eg_ciphertext *c, const eg_modp *share,
                       const eg_modp *key, const eg_modq *extended_base_hash);

/* The number of votes that the ciphertext holds under the whole secret key, or -1 if none of
 * 0 .. most. */
int plain_votes(const eg_ciphertext *c, const eg_modq *secret, int most);

#endif
