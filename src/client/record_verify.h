/* Verifies an election's folder from its public files alone: proofs of guardians, ballots and
 * shares, the product of the ballots, the counts. No service is asked; private/ is not looked at.
 */
#ifndef EG_CLIENT_RECORD_VERIFY_H
#define EG_CLIENT_RECORD_VERIFY_H

#include "client/record.h"
#include "client/remote.h"

typedef struct eg_verified {
    eg_election_spec spec; /* names live in arena */
    size_t ballot_count;
    uint64_t *counts; /* decrypted here, one for each candidate; in arena */
} eg_verified;

/* is_quiet: without progress on stderr. The first thing that does not hold is in err, by file and
 * place in it. */
eg_result eg_record_verify(eg_verified *out, const eg_record *record, bool is_quiet,
                           eg_arena *arena, eg_error *err) EG_MUST_USE;

#endif
