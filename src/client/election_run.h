/* An election from a file of ballots to its result, each step kept in a folder, so that a run that
 * was interrupted goes on where it stopped. */
#ifndef EG_CLIENT_ELECTION_RUN_H
#define EG_CLIENT_ELECTION_RUN_H

#include "client/ballot_file.h"
#include "client/record.h"
#include "client/remote.h"

typedef struct eg_election_run {
    const eg_election_spec *spec;
    const eg_ballot_file *ballots;
    eg_str input; /* the file of ballots as it is: another one must not go on with the run */
    size_t chunk_ballots;
    const eg_record *record; /* open for writing */
    eg_http_client *http;
    eg_progress *progress;
    uint64_t patience_s; /* eg_remote_init */
} eg_election_run;

/* counts: votes of each candidate as decrypted. EG_E_WRONG_ELECTION: the folder holds another
 * election. Other errors: of remote.h and record.h; what is done is kept. */
eg_result eg_election_run_all(const eg_election_run *run, uint64_t counts[],
                              eg_error *err) EG_MUST_USE;

#endif
