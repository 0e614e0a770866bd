/* What the files of a run share. Private to this folder. */
#ifndef EG_CLIENT_ELECTION_RUN_PARTS_H
#define EG_CLIENT_ELECTION_RUN_PARTS_H

#include "client/election_run.h"
#include "client/guardian_election.h"
#include "client/opening.h"
#include "client/publish.h"
#include "client/run_plan.h"
#include "wire/objects/tally.h"

typedef struct eg_run_state {
    const eg_election_run *run;
    const eg_election_spec *spec; /* &here */
    eg_election_spec here; /* the run's; of guardians with files, who is missing shows late */
    eg_guardian_election election; /* of such guardians */
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
/* Guardians who made their keys themselves: the ceremony and the opener from their files. */
eg_result eg_run_take_guardians(eg_run_state *s, eg_error *err) EG_MUST_USE;
/* The record before its decryption, for them, and then their shares of it: who is present and who
 * is missing is settled, and s->shares and s->compensated are what was verified. */
eg_result eg_run_offer_tally(eg_run_state *s, eg_error *err) EG_MUST_USE;
eg_result eg_run_await_shares(eg_run_state *s, eg_error *err) EG_MUST_USE;

/* The tally as it is kept, and what of it is decrypted. Both live in s->keep. */
eg_result eg_run_read_tally(eg_run_state *s, eg_tally_read_result *read, eg_target *target,
                            eg_error *err) EG_MUST_USE;
/* The same of a spoiled ballot. */
eg_result eg_run_read_spoiled(const eg_run_state *s, size_t number, eg_target *target,
                              eg_arena *arena, eg_error *err) EG_MUST_USE;
/* Of this election, its device included. */
void eg_run_begin_publishing(const eg_run_state *s, eg_publisher *publisher,
                             const eg_record_folder *folder);
/* Every ballot as it was submitted, into a record; progress by ballots. */
eg_result eg_run_publish_submitted(eg_run_state *s, eg_publisher *publisher,
                                   eg_error *err) EG_MUST_USE;
/* The record in folder `name` of the run's as a zip file at path. */
eg_result eg_run_write_zip(eg_run_state *s, const char *name, const char *path,
                           eg_error *err) EG_MUST_USE;

/* All ballots encrypted, and one tally of them, by the run's engine. */
eg_result eg_run_tally(eg_run_state *s, eg_error *err) EG_MUST_USE;
/* That tally, and the spoiled ballots, decrypted; counts are the service's word. */
eg_result eg_run_decrypt(eg_run_state *s, uint64_t counts[], eg_error *err) EG_MUST_USE;

/* Everything is kept that the record is made of, and counts are the service's word. The shares are
 * opened anew each time: a record is of shares that were verified here. */
eg_result eg_run_publish(eg_run_state *s, const uint64_t counts[], eg_error *err) EG_MUST_USE;

#endif
