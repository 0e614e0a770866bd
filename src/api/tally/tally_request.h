/* Requests about a tally and its submitted ballots: reading them, and computing a guardian's shares
 * of them in parallel. Serves /create_partial_decryption, /create_compensated_decryption and, for
 * the reading, /combine_decryption_shares.
 *
 * Source: docs/api-contract.md 5; docs/crypto.md 16, 17. */
#ifndef EG_API_TALLY_TALLY_REQUEST_H
#define EG_API_TALLY_TALLY_REQUEST_H

#include "api/fields/election_fields.h"
#include "api/frame/intake.h"

#include "election/decryption.h"

/* One of `submitted_ballots`. */
typedef struct eg_submitted {
    eg_str id;
    eg_modq crypto_hash;
    eg_ballot_state state;
    eg_ballot ballot; /* of a spoiled one; else zeros */
} eg_submitted;

/* Something to decrypt: a tally, or a spoiled ballot. */
typedef struct eg_share_target {
    eg_target target;
    eg_tally *tally;         /* NULL for a ballot */
    eg_submitted *submitted; /* NULL for a tally */
    size_t index;            /* in its list of the request */
    void *share;             /* the guardian's, once computed */
} eg_share_target;

struct eg_share_request;

/* What differs between the two kinds of shares. Static. */
typedef struct eg_share_kind {
    const char *tally_share; /* names in the answer */
    const char *ballot_shares;
    const char *tally_shares; /* of the form with several tallies */
    /* Makes the shape of the target's share; call->arena is locked. */
    eg_result (*init)(struct eg_share_request *r, eg_share_target *t, eg_error *err);
    void (*compute)(struct eg_share_request *r, eg_share_target *t, size_t first, size_t count,
                    const eg_modq seeds[]);
    eg_write_fn write;
} eg_share_kind;

typedef struct eg_share_request {
    eg_intake intake; /* first */
    eg_election_fields election;
    eg_answer_form form;
    const eg_share_kind *kind;
    bool several;             /* `ciphertext_tallies` */
    eg_share_target *targets; /* tallies, then spoiled ballots in request order */
    size_t target_count;
    size_t tally_count;
    eg_submitted **submitted;
    size_t submitted_count;
    bool preparing;                /* the first round of units */
    struct eg_share_range *ranges; /* what units of the second one do */
    size_t range_count;
    eg_writer writer;
} eg_share_request;

static inline eg_share_request *eg_share_request_of(const eg_call *call)
{
    return (eg_share_request *)call->state;
}

eg_result eg_share_begin(eg_call *call, size_t state_bytes, const eg_share_kind *kind,
                         eg_error *err) EG_MUST_USE;
/* The item stage. */
eg_result eg_share_item(eg_call *call, void *item, eg_arena *scratch, eg_error *err);

/* In plan: the election, without the table of its key, and the form of the answer. default_count:
 * of guardians and quorum when absent; 0: they are required. */
eg_result eg_share_election_read(eg_share_request *r, uint32_t default_count,
                                 eg_error *err) EG_MUST_USE;
/* In plan: the tallies (shape and context checked; membership is left to the units) and the
 * ballots. The election is there. */
eg_result eg_share_targets_read(eg_share_request *r, eg_error *err) EG_MUST_USE;
/* Of those targets: no ballot is counted twice by one tally, none is both counted and spoiled; else
 * EG_E_DUPLICATE. share_ids.c. */
eg_result eg_share_ids_check(const eg_share_request *r, eg_error *err) EG_MUST_USE;
/* Path of a target in the request. list is kept for it to point at. */
eg_path eg_share_target_path(const eg_share_request *r, const eg_share_target *t, eg_path *list);
/* A spoiled ballot's structure against the election, and its target. From any stage. */
eg_result eg_share_ballot_prepare(eg_share_request *r, eg_share_target *t, eg_arena *scratch,
                                  eg_error *err) EG_MUST_USE;

/* share_units.c, to the end.
 * In plan, after the targets: the number of units of the first round. */
size_t eg_share_units_plan(eg_share_request *r);
/* In next: that of the second, and then 0. */
eg_result eg_share_units_next(eg_share_request *r, size_t *units, eg_error *err) EG_MUST_USE;
/* One of them. */
eg_result eg_share_unit_run(eg_share_request *r, size_t unit, eg_arena *scratch,
                            eg_error *err) EG_MUST_USE;

/* finish, head, output and tail of both kinds. lead writes further members after `status`. */
eg_result eg_share_finish(eg_call *call, eg_error *err);
void eg_share_head(eg_share_request *r, eg_buf *out, size_t lead_members,
                   void (*lead)(eg_writer *w, const eg_share_request *r));
eg_result eg_share_output(eg_call *call, size_t unit, eg_arena *scratch, eg_buf *out,
                          eg_error *err);
eg_result eg_share_tail(eg_call *call, eg_buf *out, eg_error *err);
void eg_share_end(eg_call *call);

#endif
