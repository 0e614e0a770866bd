/* Ballots in clear of an election from a manifest, as electionguard-python writes them: a JSON list
 * of PlaintextBallots, or a folder with one in each file. Read whole and judged before anything is
 * done with it. Format: docs/election-run.md. */
#ifndef EG_CLIENT_PLAIN_FILE_H
#define EG_CLIENT_PLAIN_FILE_H

#include "client/ballot_file.h"

/* Does the content begin as a list does? */
bool eg_plain_list_is_one(eg_str content);
/* Both: fail for want of memory, and where the system refuses; what is wrong with the ballots is in
 * out. votes live in arena. */
eg_result eg_plain_list_read(eg_ballot_file *out, eg_str content, const eg_election_spec *spec,
                             eg_arena *arena, eg_error *err) EG_MUST_USE;
/* digest: of all names and files, in arena: tells whether it is the same folder later. */
eg_result eg_plain_folder_read(eg_ballot_file *out, eg_str *digest, const char *path,
                               const eg_election_spec *spec, eg_arena *arena,
                               eg_error *err) EG_MUST_USE;

#endif
