/* Whether what a service answered is what was asked for, before it is kept or sent on: its shape
 * and whom it is about. Proofs are for egserve verify. Errors name the place in the artifact. */
#ifndef EG_CLIENT_ANSWER_CHECK_H
#define EG_CLIENT_ANSWER_CHECK_H

#include "base/arena.h"

/* A published ballot of that id. */
eg_result eg_answer_ballot_check(eg_str text, eg_str ballot_id, eg_error *err) EG_MUST_USE;
/* A tally of so many cast ballots and no spoiled one. */
eg_result eg_answer_tally_check(eg_str text, size_t ballot_count, eg_error *err) EG_MUST_USE;
/* A guardian's share; missing_id: one in place of another's, else NULL. */
eg_result eg_answer_share_check(eg_str text, eg_str guardian_id, const eg_str *missing_id,
                                eg_error *err) EG_MUST_USE;

#endif
