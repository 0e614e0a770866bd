/* What commands print about an election. */
#ifndef EG_CLI_REPORT_H
#define EG_CLI_REPORT_H

#include "cli/remote.h"

/* "command: field: text" on stderr. */
void eg_report_error(const char *command, const eg_error *error);

/* A table of the decrypted votes beside the plain ones, on stdout. True when they agree. */
bool eg_report_counts(const eg_election_spec *spec, const uint64_t decrypted[],
                      const uint64_t plain[]);

#endif
