/* Votes as the lines of an object: what a chunk that is to be encrypted consists of. Secret. */
#ifndef EG_CLUSTER_VOTE_LINES_H
#define EG_CLUSTER_VOTE_LINES_H

#include "client/remote.h"

/* {"ballot_id", "choices": [...]}, of an election from a manifest {"ballot_id", "ballot": text};
 * each with its end. The first has "blind" as well (blind.h). out is initialised by the caller. */
void eg_vote_lines_write(eg_buf *out, const eg_vote votes[], size_t count, const char *blind);

/* As many votes as lines; they live in arena. Errors name the line's number as ballots[i]. */
eg_result eg_vote_lines_read(eg_vote votes[], const eg_str lines[], size_t count, eg_arena *arena,
                             eg_error *err) EG_MUST_USE;

#endif
