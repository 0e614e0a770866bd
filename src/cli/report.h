/* What commands print about an election, and how they end. */
#ifndef EG_CLI_REPORT_H
#define EG_CLI_REPORT_H

#include "client/remote.h"

/* "command: field: text" on stderr, with nothing in it that could move the cursor. */
void eg_report_error(const char *command, const eg_error *error);

/* "1 ballot", "2 ballots". */
typedef struct eg_counted {
    char text[64];
} eg_counted;
eg_counted eg_counted_of(uint64_t count, const char *noun);

/* A table on stdout: the candidates' names in full, the decrypted votes and beside them the plain
 * ones, of an election from a manifest contest by contest; then a line that says whether they
 * agree. True when they do. plain NULL: the decrypted ones alone. */
bool eg_report_counts(const eg_election_spec *spec, const uint64_t decrypted[],
                      const uint64_t plain[]);

/* The last thing a command does with stdout: status, or EG_EXIT_FAILED, said on stderr, when what
 * it printed has not been taken. */
int eg_report_end(const char *command, int status);

#endif
