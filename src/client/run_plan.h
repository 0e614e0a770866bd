/* What a run works on, cut into pieces: chunks of ballots, and the tree in which their tallies
 * become one. Made once and read-only from then on, so that threads may share it. */
#ifndef EG_CLIENT_RUN_PLAN_H
#define EG_CLIENT_RUN_PLAN_H

#include "client/encrypted_file.h"
#include "client/remote.h"
#include "client/run_folder.h"

enum { EG_SUM_TALLIES = 64 }; /* in one request: bounds its size */

typedef struct eg_run_plan {
    const eg_election_spec *spec;
    const eg_ballot_file *ballots;
    const eg_encrypted_file *encrypted; /* the ballots are, and are verified; NULL: in clear */
    const eg_run_folder *folder;        /* open */
    const eg_ceremony *ceremony;        /* filled once the guardians are there */
    size_t chunk_ballots;
    size_t chunk_count;
    const size_t *cast_before; /* [c]: of the ballots of chunks 1 to c, those that are counted */
} eg_run_plan;

/* Everything but the ceremony, and `encrypted`; what it makes lives in arena. */
eg_result eg_run_plan_init(eg_run_plan *out, const eg_election_spec *spec,
                           const eg_ballot_file *ballots, const eg_run_folder *folder,
                           size_t chunk_ballots, eg_arena *arena, eg_error *err) EG_MUST_USE;

/* About how long the longest request of the run gets, at least: that for the election's tally,
 * which holds the ids of all ballots that are counted, as all requests about it do. */
size_t eg_plan_longest_body(const eg_run_plan *plan);

/* Chunks are numbered from 1. */
size_t eg_plan_chunk_first(const eg_run_plan *plan, size_t chunk); /* its first ballot, from 0 */
size_t eg_plan_chunk_size(const eg_run_plan *plan, size_t chunk);
const eg_vote *eg_plan_votes_of(const eg_run_plan *plan, size_t chunk);
/* Of the ballots of these chunks, those that are counted. */
size_t eg_plan_cast_in(const eg_run_plan *plan, size_t first, size_t last);

/* The tree: on level 0 the tallies of chunks, above it sums of EG_SUM_TALLIES tallies of the level
 * below, in their order; the highest level has one sum, the election's tally. */
unsigned eg_plan_levels(const eg_run_plan *plan); /* the highest; at least 1 */
size_t eg_plan_sums_on(const eg_run_plan *plan, unsigned level);
/* The chunks below a sum. */
void eg_plan_sum_chunks(const eg_run_plan *plan, unsigned level, size_t number, size_t *first,
                        size_t *last);

#endif
