/* The parts of /combine_decryption_shares: what it reads, what it computes, what it answers.
 * Source: docs/api-contract.md 5; docs/crypto.md 16.5, 16.6, 17. */
#ifndef EG_API_COMBINATION_H
#define EG_API_COMBINATION_H

#include "api/guardian_fields.h"
#include "api/share_request.h"

#include <stdatomic.h>

/* One list of the request, opened; and where its elements are. */
typedef struct eg_share_list {
    const char *name;
    eg_node list;
    eg_node *opened; /* its elements as maps, for lists of ballot shares; else NULL */
} eg_share_list;

typedef struct eg_combined_target {
    eg_decryption_share **own;    /* per available guardian, verified */
    eg_compensated_share **parts; /* [missing * available_count + available], verified */
    atomic_size_t left;           /* shares still to be verified */
    eg_plain_result *results;
    size_t result_count;
} eg_combined_target;

typedef struct eg_combination {
    eg_share_request share; /* first */
    eg_guardian_data *guardians;
    size_t guardian_count;
    size_t *available; /* indices of guardians, in the order given */
    size_t available_count;
    size_t *missing; /* in the order of guardian_data */
    size_t missing_count;
    eg_modq *coefficients; /* per available guardian */
    eg_share_list tally_shares;
    eg_share_list ballot_shares;
    eg_share_list compensated_tally_shares;
    eg_share_list compensated_ballot_shares;
    size_t *pair_entry; /* [missing * available_count + available]: entry of the pair's lists */
    eg_combined_target *combined; /* per target */
    struct eg_share_run *runs;    /* what compute units verify, behind the guardians' records */
    size_t run_count;
} eg_combination;

/* Everything but the targets; the election is there. */
eg_result eg_combination_read(eg_combination *c, eg_error *err) EG_MUST_USE;

/* `results`, a map. */
void eg_combination_write(eg_writer *w, const void *combination);

#endif
