/* Ballots as a CSV file: who votes for whom, read whole and judged line by line before anything is
 * done with it. Format: docs/election-run.md. */
#ifndef EG_CLIENT_BALLOT_FILE_H
#define EG_CLIENT_BALLOT_FILE_H

#include "client/csv_line.h"
#include "client/remote.h"

enum {
    EG_BALLOT_FILE_BALLOTS_MAX = 10000000, /* what one tally of the service may hold */
    EG_BALLOT_FILE_FAULTS_SHOWN = 20
};
#define EG_BALLOT_FILE_BYTES_MAX ((size_t)16 << 30) /* all files of a folder together */

/* A line, or a ballot, that cannot be taken. Strings are static or in the arena; reason is never a
 * value from the file. */
typedef struct eg_line_fault {
    size_t line;      /* from 1; where there is a path, the ballot's number */
    size_t field;     /* of CSV, from 1; 0: the line as a whole */
    const char *file; /* within a folder, or another file than that of the ballots; else NULL */
    const char *path; /* of JSON: the place, or ""; NULL: a line of CSV */
    const char *reason;
} eg_line_fault;

typedef struct eg_ballot_file {
    eg_vote *votes; /* in the order of the file; secret */
    size_t count;
    eg_line_fault faults[EG_BALLOT_FILE_FAULTS_SHOWN]; /* the first ones */
    size_t fault_count;                                /* all of them; 0: the file is good */
} eg_ballot_file;

/* Kept when there is room; counted. */
void eg_ballot_file_add_fault(eg_ballot_file *file, const eg_line_fault *fault);
/* In the order of the file. */
void eg_ballot_file_sort_faults(eg_ballot_file *file);

/* content: the file as it is, in UTF-8 or UTF-16 with its mark; the first line, or one `sep=`
 * before it, tells which of , ; | and tab separates fields. content and spec->candidates are
 * borrowed: they must outlive the votes. Fails for want of memory alone: what is wrong with the
 * file is in out. Of an election from a manifest the columns are those of plain_row.h. */
eg_result eg_ballot_file_read(eg_ballot_file *out, eg_str content, const eg_election_spec *spec,
                              eg_arena *arena, eg_error *err) EG_MUST_USE;

#endif
