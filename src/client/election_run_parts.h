/* What the files of a run share. Private to this folder. */
#ifndef EG_CLIENT_ELECTION_RUN_PARTS_H
#define EG_CLIENT_ELECTION_RUN_PARTS_H

#include "client/election_run.h"
#include "client/opening.h"
#include "client/run_plan.h"

typedef struct eg_run_state {
    const eg_election_run *run;
    const eg_election_spec *spec;
    eg_remote remote;
    eg_progress *progress;
    eg_arena keep;    /* what lasts as long as the run */
    eg_arena scratch; /* of one chunk or request */
    eg_run_plan plan;
    eg_opener opener;
    eg_remote_target target; /* what is decrypted */
    eg_str *shares;          /* of each guardian present */
    eg_str *compensated;     /* for missing guardian m by guardian a: [m * present + a] */
} eg_run_state;

/* Writes down which election this is, or finds in the folder that it is the same. */
eg_result eg_run_identify(eg_run_state *s, eg_error *err) EG_MUST_USE;
/* All ballots encrypted, and one tally of them, by the run's engine. */
eg_result eg_run_tally(eg_run_state *s, eg_error *err) EG_MUST_USE;
/* That tally, and the spoiled ballots, decrypted; counts are the service's word. */
eg_result eg_run_decrypt(eg_run_state *s, uint64_t counts[], eg_error *err) EG_MUST_USE;

/* Everything is kept that the record is made of, and counts are the service's word. The shares are
 * opened anew each time: a record is of shares that were verified here. */
eg_result eg_run_publish(eg_run_state *s, const uint64_t counts[], eg_error *err) EG_MUST_USE;

#endif
