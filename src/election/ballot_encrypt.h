/* Encryption of a ballot from its nonce. Source: docs/crypto.md 14. */
#ifndef EG_ELECTION_BALLOT_ENCRYPT_H
#define EG_ELECTION_BALLOT_ENCRYPT_H

#include "election/ballot.h"
#include "election/plain_ballot.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

typedef struct eg_encrypt_input {
    const eg_plain_ballot *ballot;
    const eg_modq *code_seed;
    const eg_modq *nonce; /* ballot nonce R_b; secret */
    int64_t timestamp;
} eg_encrypt_input;

enum { EG_ENCRYPT_TOGETHER_MAX = 8 };

/* Encrypts count ballots (1 to EG_ENCRYPT_TOGETHER_MAX) in one flat batch of powers, so that the
 * lanes of a wide kernel are filled. Equal inputs, equal bytes, whatever count. Nonces are in the
 * results; state is NONE. Everything is allocated from arena. Errors name inputs[i] only by
 * *failed_index. Constant time in votes within 0..1, places and nonces: in which contest nothing,
 * too little or too much was chosen does not show (tests/ctime). What was left out of a ballot
 * does; eg_plain_ballot_fill puts it there. */
eg_result eg_ballots_encrypt(eg_ballot out[], const eg_encrypt_input inputs[], size_t count,
                             const eg_election *election, eg_arena *arena, size_t *failed_index,
                             eg_error *err) EG_MUST_USE;

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
