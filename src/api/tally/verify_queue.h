/* Ballots of a request that wait to be verified together while its body arrives: one batch takes a
 * fraction of the time that its ballots would take one by one. What a batch refuses, and what fills
 * none, is left for the end (verify_rounds.h). Source: docs/crypto.md 15; election/ballot_batch.h.
 */
#ifndef EG_API_TALLY_VERIFY_QUEUE_H
#define EG_API_TALLY_VERIFY_QUEUE_H

#include "api/endpoint.h"
#include "election/ballot_batch.h"
#include "election/pad_set.h"

/* A batch is full with so many selections: about 32 ballots of a contest with four candidates. More
 * would save little, and keep a compute thread from other requests for longer. */
enum { EG_VERIFY_SELECTIONS = 160 };

/* A ballot of the list that the request holds. Job arena. */
typedef struct eg_listed_ballot {
    eg_ballot ballot;          /* compact, without nonces */
    eg_pad_mark *marks;        /* of its pads */
    size_t index;              /* in the list */
    bool counted;              /* structure checked, and whatever else its endpoint does with it */
    bool verified;             /* its proofs hold */
    _Atomic(eg_error *) fault; /* why it is false; job arena. NULL: nothing is known against it */
    struct eg_listed_ballot *next_waiting;
} eg_listed_ballot;

typedef struct eg_verify_queue {
    const eg_call *call;
    const eg_election *election;
    bool each; /* every ballot is judged: else one that is false is enough */
    /* under the call's arena_lock */
    eg_listed_ballot *waiting;
    size_t waiting_selections;
    bool closed; /* a batch was refused, which is enough */
} eg_verify_queue;

/* Adds a ballot whose structure was checked, unless it is a large one. Verifies the batch that it
 * fills, if it does, and marks its ballots where all hold. */
eg_result eg_verify_queue_add(eg_verify_queue *queue, eg_listed_ballot *ballot, eg_arena *scratch,
                              eg_error *err) EG_MUST_USE;

#endif
