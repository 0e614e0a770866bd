/* Ballots of a request that wait to be verified together: one batch takes a fraction of the time
 * that its ballots would take one by one. Source: docs/crypto.md 15; election/ballot_batch.h. */
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
    eg_ballot ballot;   /* compact, without nonces */
    eg_pad_mark *marks; /* of its pads */
    size_t index;       /* in the list */
    bool counted;       /* structure checked and multiplied in */
    bool verified;      /* proofs looked at, or behind a false one */
    struct eg_listed_ballot *next_waiting;
} eg_listed_ballot;

typedef struct eg_verify_queue {
    const eg_call *call;
    const eg_election *election;
    const char *list_name; /* member of the request that holds the ballots; static */
    /* under the call's arena_lock */
    eg_listed_ballot *waiting;
    size_t waiting_selections;
    bool has_failure;     /* some ballot's proofs are false: */
    size_t failure_index; /* the lowest index of one, and what is wrong */
    eg_error failure;
} eg_verify_queue;

/* Adds a ballot whose structure was checked. Verifies the batch that it fills, if it does: a false
 * proof is only noted in the queue, for whether it counts may not be known yet. */
eg_result eg_verify_queue_add(eg_verify_queue *queue, eg_listed_ballot *ballot, eg_arena *scratch,
                              eg_error *err) EG_MUST_USE;

/* Verifies ballots in rising order of index, outside the queue; fails with what is wrong with the
 * first false one, in the words of the exact way. */
eg_result eg_listed_ballots_verify(const eg_verify_queue *queue, eg_listed_ballot *const ballots[],
                                   size_t count, eg_arena *scratch, eg_error *err) EG_MUST_USE;

#endif
