/* What the files of a run share. Private to this folder. */
#ifndef EG_CLIENT_ELECTION_RUN_PARTS_H
#define EG_CLIENT_ELECTION_RUN_PARTS_H

#include "client/election_run.h"
#include "client/opening.h"

typedef struct eg_run_state {
    const eg_election_run *run;
    const eg_election_spec *spec;
    eg_remote remote;
    eg_progress *progress;
    eg_arena keep;    /* what lasts as long as the run */
    eg_arena scratch; /* of one chunk or request */
    size_t chunk_count;
    eg_opener opener;
    eg_remote_target target; /* what is decrypted */
    eg_str *shares;          /* of each guardian present */
    eg_str *compensated;     /* for missing guardian m by guardian a: [m * present + a] */
} eg_run_state;

/* Chunks are numbered from 1. */
size_t eg_run_chunk_first(const eg_run_state *s, size_t chunk); /* its first ballot, from 0 */
size_t eg_run_chunk_size(const eg_run_state *s, size_t chunk);
const eg_vote *eg_run_votes_of(const eg_run_state *s, size_t chunk);
/* Of the ballots of these chunks, those that are counted. */
size_t eg_run_cast_in(const eg_run_state *s, size_t first, size_t last);
/* The ballots of a chunk, as lines of its kept file; in scratch. */
eg_result eg_run_load_ballots(eg_run_state *s, size_t chunk, eg_str **lines,
                              eg_error *err) EG_MUST_USE;

/* Everything is kept that the record is made of, and counts are the service's word. The shares are
 * opened anew each time: a record is of shares that were verified here. */
eg_result eg_run_publish(eg_run_state *s, const uint64_t counts[], eg_error *err) EG_MUST_USE;

#endif
