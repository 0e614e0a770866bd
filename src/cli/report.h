/* What commands print about an election. */
#ifndef EG_CLI_REPORT_H
#define EG_CLI_REPORT_H

#include "cli/remote.h"

/* "command: field: text" on stderr. */
void eg_report_error(const char *command, const eg_error *error);

/* A name in a column on stdout: cut to its width, with nothing in it that could move the cursor. */
void eg_report_name(eg_str name);

/* A table of the decrypted votes beside the plain ones, on stdout. True when they agree. */
bool eg_report_counts(const eg_election_spec *spec, const uint64_t decrypted[],
                      const uint64_t plain[]);

#endif
