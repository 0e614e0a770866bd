/* Requests with a list of ballots to verify, `encrypted_ballots`: each is decoded as it arrives,
 * and checked and put into batches at once when the election's fields came before it; else in the
 * compute stage.
 *
 * Source: docs/api-contract.md 4, 5; docs/crypto.md 15. */
#ifndef EG_API_TALLY_BALLOT_LIST_H
#define EG_API_TALLY_BALLOT_LIST_H

#include "api/fields/election_fields.h"
#include "api/frame/intake.h"
#include "api/tally/verify_rounds.h"

extern const char eg_ballot_list_name[]; /* of the member that holds them */

/* What an endpoint does with its ballots. Static. */
typedef struct eg_ballot_list_way {
    /* A ballot as it was read, before its nonces are forgotten; or NULL. */
    eg_result (*look)(const eg_ballot *ballot, const eg_path *path, eg_error *err);
    /* One whose structure was checked, in any stage; or NULL. */
    eg_result (*take)(eg_call *call, const eg_ballot *ballot, eg_error *err);
    /* Whether proofs are verified while the body arrives; NULL: they are. */
    eg_result (*on_arrival)(const eg_intake *in, bool *out, eg_error *err);
    const char *none; /* what an empty list is told */
    bool each;        /* a ballot's fault is an answer about it, not the request's */
    bool keeps_state; /* else ballots are CAST, whatever they say */
    bool follows;     /* the first ballot's manifest hash is the election's */
} eg_ballot_list_way;

/* A state begins with it. */
typedef struct eg_ballot_list {
    eg_intake intake; /* first */
    const eg_ballot_list_way *way;
    eg_election_fields election;
    eg_answer_form form;
    eg_listed_ballot **ballots; /* in request order, from eg_ballot_list_plan on; not empty */
    size_t count;
    eg_verify_rounds rounds;
    eg_verify_queue queue;
    bool verify_on_arrival;
    eg_pad_key pad_key;
} eg_ballot_list;

/* The stages begin (way is static), item and end. */
eg_result eg_ballot_list_begin(eg_call *call, size_t state_bytes, const eg_ballot_list_way *way,
                               eg_error *err) EG_MUST_USE;
eg_result eg_ballot_list_item(eg_call *call, void *item, eg_arena *scratch, eg_error *err);
void eg_ballot_list_end(eg_call *call);

/* In plan, first: the election, the form of the answer and all ballots. */
eg_result eg_ballot_list_plan(eg_ballot_list *l, eg_error *err) EG_MUST_USE;
/* Then: the rounds of what is left to check, and to verify if proofs are looked at; how many units
 * the first one has, perhaps 0. */
eg_result eg_ballot_list_rounds(eg_ballot_list *l, bool proofs, size_t *units,
                                eg_error *err) EG_MUST_USE;

/* Room for the pads of all. */
eg_result eg_ballot_list_pads(eg_pad_set *out, const eg_ballot_list *l, eg_error *err) EG_MUST_USE;
/* Adds the ballot's pads. EG_E_DUPLICATE at the first that was there before: one of the two ballots
 * that have it is a copy. */
eg_result eg_ballot_list_add_pads(eg_pad_set *set, const eg_listed_ballot *ballot,
                                  eg_error *err) EG_MUST_USE;

#endif
