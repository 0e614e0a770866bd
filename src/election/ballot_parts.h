/* Encrypting one ballot by several threads: eg_ballots_encrypt of one, in parts that may run at
 * once. Equal inputs, equal bytes. */
#ifndef EG_ELECTION_BALLOT_PARTS_H
#define EG_ELECTION_BALLOT_PARTS_H

#include "election/ballot_encrypt.h"

typedef struct eg_encryption eg_encryption;

/* Lays the ballot out: votes judged, nonces and exponents derived. No power. Everything, secrets
 * among it, lives in arena, which the caller wipes; input and what it points at are borrowed until
 * the end. */
eg_result eg_encryption_begin(eg_encryption **out, const eg_encrypt_input *input,
                              const eg_election *election, eg_arena *arena,
                              eg_error *err) EG_MUST_USE;
/* How many steps there are, each of EG_POWERS_OF_STEP powers on a table at most: a selection or a
 * contest; and those from `first` on. Disjoint ranges, each step in one of them, from any threads.
 */
enum { EG_POWERS_OF_STEP = 7 };
size_t eg_encryption_steps(const eg_encryption *e);
void eg_encryption_compute(eg_encryption *e, size_t first, size_t count);
/* Once all were computed. */
eg_result eg_encryption_finish(eg_ballot *out, eg_encryption *e, eg_arena *arena,
                               eg_error *err) EG_MUST_USE;

#endif
