/* What egserve election run is given: flags, and what the files that they name hold, judged whole.
 */
#ifndef EG_CLI_ELECTION_INPUT_H
#define EG_CLI_ELECTION_INPUT_H

#include "cli/cluster_options.h"
#include "cli/outcome.h"
#include "client/encrypted_file.h"
#include "client/guardian_folder.h"

enum { EG_ELECTION_CANDIDATES_MAX = 1000 };

/* The flags of the command. */
typedef struct eg_election_settings {
    const char *ballots, *out, *candidates, *parties, *key_file, *record, *manifest;
    uint64_t guardians, quorum, missing, max_choices, chunk_ballots, patience_s;
    uint64_t parallel; /* at each service; 0: what it says that it has */
    eg_option_texts urls, spoil;
    eg_cluster_flags cluster;          /* a broker, or none */
    const char *encrypted;             /* ballots that were encrypted elsewhere; or NULL */
    const char *guardians_from;        /* the folder of the guardians' own files; or NULL */
    eg_option_texts missing_guardians; /* ids; only with that */
    uint64_t wait_s;
    uint64_t silence_s;
    const char *metrics_bind;
    eg_output output;
} eg_election_settings;

typedef struct eg_election_input {
    eg_election_spec spec;
    eg_ballot_file ballots;      /* with the faults of the manifest, where that has any */
    eg_encrypted_file encrypted; /* where they are, if they are */
    eg_str identity;             /* tells whether it is the same ballots later */
    size_t spoiled_count;
    uint64_t *plain; /* eg_spec_count_count: what the ballots count that are not spoiled; NULL: they
                        are encrypted, and nobody knows */
} eg_election_input;

/* What is voted on, and by how many guardians it is guarded. faults: of the manifest, where that
 * has any: EG_E_BAD_ENCODING. */
eg_result eg_election_spec_read(eg_election_spec *out, eg_ballot_file *faults,
                                const eg_election_settings *settings, eg_arena *arena,
                                eg_error *err) EG_MUST_USE;

/* out is empty before. EG_E_BAD_ENCODING with faults in out->ballots; other errors say all. */
eg_result eg_election_input_read(eg_election_input *out, const eg_election_settings *settings,
                                 eg_arena *arena, eg_error *err) EG_MUST_USE;

#endif
