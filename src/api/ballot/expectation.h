/* What a voter expects a challenged ballot to hold, contest by contest, and what it holds: of
 * elections from a manifest. Source: docs/api-contract.md 5 /benaloh_challenge. */
#ifndef EG_API_BALLOT_EXPECTATION_H
#define EG_API_BALLOT_EXPECTATION_H

#include "election/challenge_parts.h"
#include "wire/tree.h"
#include "wire/writer.h"

typedef struct eg_expected_contest {
    const eg_contest_description *description;
    bool *expected; /* of each selection */
    bool *actual;   /* chosen: of an overvote, what its data lists */
    eg_node data;   /* the contest data as it was sealed; EG_NULL when it is no JSON */
} eg_expected_contest;

typedef struct eg_expectation {
    eg_expected_contest *contests; /* of the ballot's style */
    size_t count;
} eg_expectation;

/* `selections_to_verify`: { contest id: selection id, or a list of them }; nothing is expected of
 * contests that it leaves out. */
eg_result eg_expectation_read(eg_expectation *out, const eg_node *fields,
                              const eg_manifest *manifest, eg_str style_id, eg_arena *arena,
                              eg_error *err) EG_MUST_USE;

/* Takes in what a ballot that passed its challenge holds. */
eg_result eg_expectation_compare(eg_expectation *e, const eg_plain_ballot *plain,
                                 const eg_ballot *ballot, const eg_election *election,
                                 eg_arena *arena, eg_error *err) EG_MUST_USE;

/* The answer's map. */
void eg_expectation_write(eg_writer *w, const eg_expectation *e, eg_str ballot_id);

#endif
