/* Guardians' shares put together: what the record of an election lacks before its decryption. */
#ifndef EG_MODULE_COMBINATION_H
#define EG_MODULE_COMBINATION_H

#include "election/decryption.h"
#include "record/audit.h"
#include "wire/node.h"

typedef struct eg_combination {
    const eg_audit *audit; /* of the record before its decryption: election, guardians, tally */
    eg_arena *arena;
    const eg_node **own;         /* each guardian's file of shares, by order; NULL: it is missing */
    const eg_node **compensated; /* [m * guardians + a]: for guardian m by guardian a; or NULL */
    eg_modq *coefficients;       /* of those present, by order */
    size_t guardian_count;
    size_t present_count;
} eg_combination;

/* A tally or a spoiled ballot as it is opened. */
typedef struct eg_combined {
    eg_target target;                   /* set by the caller */
    const eg_decryption_share **shares; /* one of each guardian, in their order */
    eg_plain_result *results;           /* of all selections but placeholders */
    size_t result_count;
} eg_combined;

/* shares, compensated: arrays of the files that guardians hand out. Every share belongs to a
 * guardian of the election, none comes twice, a quorum is there, and each of them stands in for
 * each who is missing: EG_E_WRONG_ELECTION, EG_E_DUPLICATE, EG_E_QUORUM, EG_E_NOT_FOUND with the
 * file that lacks. */
eg_result eg_combination_init(eg_combination *out, const eg_audit *audit, const eg_node *shares,
                              const eg_node *compensated, eg_arena *arena,
                              eg_error *err) EG_MUST_USE;

/* ballot_id empty: the tally's. Every share is verified; the error names guardian and place. max:
 * what a count may be. */
eg_result eg_combination_open(const eg_combination *combination, eg_combined *out, eg_str ballot_id,
                              uint64_t max, eg_error *err) EG_MUST_USE;

#endif
