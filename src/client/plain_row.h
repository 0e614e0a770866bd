/* A row of a CSV file of ballots of an election from a manifest: `ballot_id,style_id`, then contest
 * ids, each once for each choice; cells name what was chosen. Format: docs/election-run.md. */
#ifndef EG_CLIENT_PLAIN_ROW_H
#define EG_CLIENT_PLAIN_ROW_H

#include "client/csv_line.h"
#include "client/plain_votes.h"

enum { EG_PLAIN_ROW_FIRST_CHOICE = 2 }; /* the column behind the style */

typedef struct eg_plain_columns {
    size_t contest_of[EG_CSV_FIELDS_MAX]; /* place in the manifest; of the first two columns 0 */
    size_t count;
} eg_plain_columns;

/* The header. NULL when it is good; else what is wrong, and *fault_field where (from 1). */
const char *eg_plain_columns_read(eg_plain_columns *out, const eg_manifest_index *index,
                                  const eg_str fields[], size_t count, size_t *fault_field);

/* A row of at most as many fields. Contests of the ballot are those of which something was chosen.
 * NULL, *fault_field as above; arrays of the ballot live in arena. */
const char *eg_plain_row_read(eg_plain_ballot *out, const eg_plain_columns *columns,
                              const eg_manifest_index *index, const eg_str fields[], size_t count,
                              size_t *fault_field, eg_arena *arena);

#endif
