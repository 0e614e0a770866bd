/* What is asked of a service for a chunk of ballots, and what its answer holds, apart from how both
 * travel. Source: docs/api-contract.md 5. */
#ifndef EG_CLIENT_CHUNK_EXCHANGE_H
#define EG_CLIENT_CHUNK_EXCHANGE_H

#include "client/remote.h"

#define EG_PATH_ENCRYPT "/create_encrypted_ballot"
#define EG_PATH_VERIFY  "/verify_ballots"
#define EG_PATH_TALLY   "/create_encrypted_tally"
#define EG_PATH_SUM     "/combine_encrypted_tallies"
/* the form of answer that the readers below expect: artifacts as objects */
#define EG_CHUNK_ACCEPT "application/json; artifacts=objects"

/* Bodies: body is initialised here and owned by the caller, who looks at body->failed. That of
 * votes is secret. */
void eg_encrypt_request_write(eg_buf *body, const eg_election_spec *spec,
                              const eg_ceremony *ceremony, const eg_vote votes[], size_t count);
/* ballots: published ones, as JSON texts; that to verify them, and that for their tally. */
void eg_verify_request_write(eg_buf *body, const eg_election_spec *spec,
                             const eg_ceremony *ceremony, const eg_str ballots[], size_t count);
void eg_tally_request_write(eg_buf *body, const eg_election_spec *spec, const eg_ceremony *ceremony,
                            const eg_str ballots[], size_t count);
void eg_sum_request_write(eg_buf *body, const eg_election_spec *spec, const eg_ceremony *ceremony,
                          const eg_str tallies[], size_t count);

/* Answers, which are maps. published: as many texts as votes, in their order, without nonces;
 * borrowed from the answer. */
eg_result eg_encrypt_answer_read(eg_str published[], const eg_node *answer, const eg_vote votes[],
                                 size_t count, eg_error *err) EG_MUST_USE;
/* That every ballot is good: EG_E_PROOF_INVALID names the first that is not, and why. */
eg_result eg_verify_answer_check(const eg_node *answer, const eg_vote votes[], size_t count,
                                 eg_error *err) EG_MUST_USE;
/* Of either kind: a tally of so many ballots, as JSON text in arena. */
eg_result eg_tally_answer_read(eg_str *tally, const eg_node *answer, size_t ballot_count,
                               eg_arena *arena, eg_error *err) EG_MUST_USE;

#endif
