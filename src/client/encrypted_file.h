/* Ballots that were encrypted elsewhere, such as on the voters' own devices: SubmittedBallots as
 * they were cast (state 1) or spoiled (2), one JSON text in a line, or a folder with one in each
 * file. All are read once and judged before anything is done with them; what is kept of each is
 * where it stands, so that they may be more than memory holds. Format: docs/election-run.md.
 *
 * Judged here: form, ids, states, that they are this election's, that no nonce is in them, and that
 * none is a copy. Hashes and proofs are the service's to verify. */
#ifndef EG_CLIENT_ENCRYPTED_FILE_H
#define EG_CLIENT_ENCRYPTED_FILE_H

#include "client/ballot_file.h"
#include "client/encrypted_ballot.h"

typedef struct eg_encrypted_file {
    const char *path;
    bool is_folder;
    const eg_encrypted_ballot *ballots; /* as many as votes, in their order */
} eg_encrypted_file;

/* out's ballots and votes live in arena; identity tells whether they are the same later. Fails for
 * want of memory, and where the system refuses: what is wrong with the ballots is in votes.
 * spec->manifest is needed. */
eg_result eg_encrypted_file_read(eg_encrypted_file *out, eg_ballot_file *votes, eg_str *identity,
                                 const char *path, const eg_election_spec *spec, eg_arena *arena,
                                 eg_error *err) EG_MUST_USE;

/* The text of ballot number i again; vote is that one's. EG_E_UNAVAILABLE: it has changed since.
 * From any thread. */
eg_result eg_encrypted_ballot_load(const eg_encrypted_file *file, size_t i, const eg_vote *vote,
                                   eg_str *out, eg_arena *arena, eg_error *err) EG_MUST_USE;

#endif
