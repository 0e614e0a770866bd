/* Requests about tallies and the ballots submitted with them: what those for shares, for their
 * combination and for the combination of tallies read alike.
 *
 * Source: docs/api-contract.md 5; docs/crypto.md 16, 17. */
#ifndef EG_API_TALLY_TALLY_REQUEST_H
#define EG_API_TALLY_TALLY_REQUEST_H

#include "api/fields/election_fields.h"
#include "api/frame/intake.h"

#include "base/str_index.h"
#include "election/decryption.h"

/* One of `submitted_ballots`. */
typedef struct eg_submitted {
    eg_str id;
    eg_str style_id; /* empty: none was named */
    eg_modq crypto_hash;
    eg_ballot_state state;
    eg_ballot ballot; /* of a spoiled one; else zeros */
} eg_submitted;

/* Something to decrypt: a tally, or a spoiled ballot. */
typedef struct eg_tally_target {
    eg_target target;
    eg_tally *tally;         /* NULL for a ballot */
    eg_str_index cast;       /* of a tally: its cast ids */
    eg_submitted *submitted; /* NULL for a tally */
    size_t index;            /* in its list of the request */
} eg_tally_target;

typedef struct eg_tally_request {
    eg_intake intake; /* first */
    eg_election_fields election;
    eg_answer_form form;
    bool several;             /* `ciphertext_tallies` */
    eg_tally_target *targets; /* tallies, then spoiled ballots in request order */
    size_t target_count;
    size_t tally_count;
    eg_submitted **submitted;
    size_t submitted_count;
} eg_tally_request;

static inline eg_tally_request *eg_tally_request_of(const eg_call *call)
{
    return (eg_tally_request *)call->state;
}

/* The begin stage: state of `state_bytes`, beginning with an eg_tally_request. */
eg_result eg_tally_request_begin(eg_call *call, size_t state_bytes, eg_error *err) EG_MUST_USE;
/* The endpoint's shows_texts. */
bool eg_tally_request_shows_texts(const eg_call *call);
/* The item stage. */
eg_result eg_tally_request_item(eg_call *call, void *item, eg_arena *scratch, eg_error *err);

/* In plan: the election, without the table of its key, and the form of the answer. default_count:
 * of guardians and quorum when absent; 0: they are required. */
eg_result eg_tally_request_election(eg_tally_request *r, uint32_t default_count,
                                    eg_error *err) EG_MUST_USE;
/* In plan: the tallies (shape and context checked; membership is left to the units) and the
 * ballots. The election is there. EG_E_DUPLICATE when a ballot is counted twice by one tally, or is
 * both counted and spoiled. */
eg_result eg_tally_request_targets(eg_tally_request *r, eg_error *err) EG_MUST_USE;
/* Path of a target in the request. list is kept for it to point at. */
eg_path eg_tally_target_path(const eg_tally_request *r, const eg_tally_target *t, eg_path *list);
/* A spoiled ballot's structure against the election, and its target. From any stage. */
eg_result eg_tally_target_ballot(eg_tally_request *r, eg_tally_target *t, eg_arena *scratch,
                                 eg_error *err) EG_MUST_USE;

/* The end stage; endpoints with more to release call it last. */
void eg_tally_request_end(eg_call *call);

#endif
