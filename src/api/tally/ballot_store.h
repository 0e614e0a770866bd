/* Ballots kept for the length of a call, in as little memory as they can be. */
#ifndef EG_API_TALLY_BALLOT_STORE_H
#define EG_API_TALLY_BALLOT_STORE_H

#include "api/endpoint.h"
#include "election/ballot.h"

/* A copy of ballot in one piece of the job arena, without nonces, in the given state: about 21 KB
 * for five selections. Borrows nothing from ballot. From any stage. */
eg_result eg_ballot_store(eg_ballot *out, const eg_ballot *ballot, eg_ballot_state state,
                          const eg_call *call, eg_error *err) EG_MUST_USE;

#endif
