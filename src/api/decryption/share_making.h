/* One guardian's shares of all that a request is about, by units: what /create_partial_decryption
 * and /create_compensated_decryption have in common. An endpoint's state begins with an
 * eg_share_making, and its stages are the functions below but for begin.
 *
 * Source: docs/api-contract.md 5; docs/crypto.md 16. */
#ifndef EG_API_DECRYPTION_SHARE_MAKING_H
#define EG_API_DECRYPTION_SHARE_MAKING_H

#include "api/fields/guardian_fields.h"
#include "api/tally/tally_request.h"

struct eg_share_making;

/* What differs. Static. */
typedef struct eg_share_kind {
    size_t state_bytes;
    const char *guardian_data; /* fields of the request, about who makes the shares */
    const char *private_key;
    const char *public_key;
    const char *tally_share; /* names in the answer */
    const char *ballot_shares;
    const char *tally_shares; /* of the form with several tallies */
    /* In plan, with the election there: m->guardian and the ids in m->origin. */
    eg_result (*read_guardians)(struct eg_share_making *m, eg_error *err);
    /* In plan, when all else was read: m->secret, m->origin.recovery_key, m->checks. */
    eg_result (*prepare)(struct eg_share_making *m, eg_error *err);
    /* Units 0 .. m->checks - 1: what must hold before a share is computed. */
    eg_result (*check)(struct eg_share_making *m, size_t unit, eg_error *err);
    /* Writes one more member behind `status`; or NULL. */
    void (*write_lead)(eg_writer *w, const struct eg_share_making *m);
} eg_share_kind;

typedef struct eg_share_making {
    eg_tally_request request; /* first */
    const eg_share_kind *kind;
    eg_guardian_data guardian; /* who makes the shares */
    eg_modq private_key;       /* secret; wiped at the end, as is the next */
    eg_modq secret;            /* what ciphertexts are raised to */
    eg_modp public_key;
    eg_share_origin origin;
    size_t checks;
    eg_decryption_share *shares;   /* of each target */
    bool preparing;                /* the first round of units */
    struct eg_share_range *ranges; /* what units of the second one do */
    size_t range_count;
    eg_writer writer;
} eg_share_making;

static inline eg_share_making *eg_share_making_of(const eg_call *call)
{
    return (eg_share_making *)call->state;
}

eg_result eg_share_making_begin(eg_call *call, const eg_share_kind *kind,
                                eg_error *err) EG_MUST_USE;

/* For read_guardians: the data in `field`, which must be of that guardian. at: where its id would
 * have to be another. */
eg_result eg_share_guardian_read(eg_guardian_data *out, const eg_share_making *m, const char *field,
                                 eg_str id, const eg_path *at, eg_error *err) EG_MUST_USE;

/* Stages. */
eg_result eg_share_making_plan(eg_call *call, eg_error *err);
eg_result eg_share_making_compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err);
eg_result eg_share_making_next(eg_call *call, eg_error *err);
void eg_share_making_end(eg_call *call);

/* share_answer.c: stages. */
eg_result eg_share_making_finish(eg_call *call, eg_error *err);
eg_result eg_share_making_head(eg_call *call, eg_buf *out, eg_error *err);
eg_result eg_share_making_output(eg_call *call, size_t unit, eg_arena *scratch, eg_buf *out,
                                 eg_error *err);
eg_result eg_share_making_tail(eg_call *call, eg_buf *out, eg_error *err);

#endif
