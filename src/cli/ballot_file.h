/* Ballots as a CSV file: who votes for whom, read whole and judged line by line before anything is
 * done with it. Format: docs/election-run.md. */
#ifndef EG_CLI_BALLOT_FILE_H
#define EG_CLI_BALLOT_FILE_H

#include "cli/remote.h"

enum {
    EG_BALLOT_FILE_BYTES_MAX = 256 * 1024 * 1024,
    EG_BALLOT_FILE_BALLOTS_MAX = 100000, /* what one tally of the service may hold */
    EG_BALLOT_FILE_FAULTS_SHOWN = 20,
    EG_CSV_FIELD_BYTES_MAX = 1024, /* of names and ids in the service */
    EG_CSV_FIELDS_MAX = 1001       /* an id and as many choices as there may be candidates */
};

/* A line that cannot be taken. reason: static; never a value from the file. */
typedef struct eg_line_fault {
    size_t line;  /* from 1 */
    size_t field; /* from 1; 0: the line as a whole */
    const char *reason;
} eg_line_fault;

typedef struct eg_ballot_file {
    eg_vote *votes; /* in the order of the file; secret */
    size_t count;
    eg_line_fault faults[EG_BALLOT_FILE_FAULTS_SHOWN]; /* the first ones */
    size_t fault_count;                                /* all of them; 0: the file is good */
} eg_ballot_file;

/* One line without its end, as fields. Quoted fields may hold commas and doubled quotes. Fields are
 * borrowed from line, or live in arena. NULL when it is good; else what is wrong, and *fault_field
 * where. */
const char *eg_csv_split(eg_str line, eg_str fields[EG_CSV_FIELDS_MAX], size_t *count,
                         size_t *fault_field, eg_arena *arena);

/* text and spec->candidates are borrowed: they must outlive the votes. Fails for want of memory
 * alone: what is wrong with the file is in out. */
eg_result eg_ballot_file_read(eg_ballot_file *out, eg_str text, const eg_election_spec *spec,
                              eg_arena *arena, eg_error *err) EG_MUST_USE;

#endif
