/* An election from a file of ballots to its published record, each step kept in a folder, so that a
 * run that was interrupted goes on where it stopped. */
#ifndef EG_CLIENT_ELECTION_RUN_H
#define EG_CLIENT_ELECTION_RUN_H

#include "client/engine.h"
#include "client/guardian_folder.h"

typedef struct eg_election_run {
    const eg_election_spec *spec;
    const eg_ballot_file *ballots;
    const eg_encrypted_file *encrypted; /* they were encrypted elsewhere; NULL: they are in clear */
    eg_str input; /* the file of ballots as it is: another one must not go on with the run */
    size_t chunk_ballots;
    const eg_run_folder *folder; /* open */
    const char *folder_path;
    const char *zip;   /* the record as a zip file as well, replaced where it is there; or NULL */
    eg_engine *engine; /* does what may be done in any order; ended behind that */
    /* asked for everything else, one after another; the next one when one is away */
    eg_http_client *const *services;
    size_t service_count;
    size_t max_body_bytes; /* the longest request that each of them takes; 0: unknown */
    /* where guardians who made their keys themselves put their files; NULL: the service makes all
       keys, for trials */
    const eg_guardian_folder *guardians;
    eg_progress *progress;
    uint64_t patience_s; /* eg_remote_init */
} eg_election_run;

/* counts: eg_spec_count_count of them, as decrypted. At least one ballot is not spoiled.
 * EG_E_NOT_FOUND: guardians' files did not come
 * (guardians->awaited).
 * EG_E_TOO_LARGE, before anything is asked: the tally would be longer than the services' requests
 * may be. EG_E_WRONG_ELECTION: the folder holds another election; EG_E_INTERNAL: the service's
 * results are not what the shares decrypt to. Other errors: of remote.h, run_folder.h, opening.h
 * and zip_write.h; what is done is kept. */
eg_result eg_election_run_all(const eg_election_run *run, uint64_t counts[],
                              eg_error *err) EG_MUST_USE;

#endif
