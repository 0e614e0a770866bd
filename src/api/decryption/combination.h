/* The parts of /combine_decryption_shares: what it reads, what it computes, what it answers.
 * Source: docs/api-contract.md 5; docs/crypto.md 16.5, 16.6, 17. */
#ifndef EG_API_DECRYPTION_COMBINATION_H
#define EG_API_DECRYPTION_COMBINATION_H

#include "api/fields/guardian_fields.h"
#include "api/tally/tally_request.h"

#include "base/str_index.h"
#include "election/decryption_batch.h"
#include "election/decryption_open.h"

/* One list of the request, opened; and where its elements are. */
typedef struct eg_share_list {
    const char *name;
    eg_node list;
    eg_node *opened; /* its elements as maps, for lists of ballot shares; else NULL */
} eg_share_list;

/* An available guardian that compensates for a missing one. */
typedef struct eg_share_pair {
    size_t available; /* place among the available guardians */
    size_t entry;     /* in the compensated lists */
    eg_modp recovery_key;
} eg_share_pair;

typedef struct eg_missing_guardian {
    size_t guardian;      /* index of guardians */
    eg_share_pair *pairs; /* every one that was sent, in the order of the available guardians */
    size_t pair_count;
    size_t first_share;    /* of those in a target's shares */
    eg_modq *coefficients; /* of the first `quorum` pairs, which suffice */
} eg_missing_guardian;

typedef struct eg_combined_target {
    eg_decryption_share *shares; /* own ones by available guardian, then those for the first missing
                                    guardian, and so on */
    eg_plain_result *results;    /* one for each selection; those of placeholders go in the end */
    size_t result_count;
} eg_combined_target;

typedef struct eg_combination {
    eg_tally_request request; /* first */
    eg_guardian_data *guardians;
    size_t guardian_count;
    size_t *available; /* indices of guardians, in the order given */
    size_t available_count;
    eg_missing_guardian *missing; /* in the order of guardian_data */
    size_t missing_count;
    size_t shares_each; /* shares of a target */
    eg_share_list tally_shares;
    eg_share_list ballot_shares;
    eg_share_list compensated_tally_shares;
    eg_share_list compensated_ballot_shares;
    eg_combined_target *combined; /* per target */
    eg_dlog *counts;              /* of the tally */
    eg_dlog *ballot_counts;       /* of a ballot: 0 or 1 */
    /* Of elections from a manifest. */
    uint64_t *ballots_of;    /* each contest's: how many of the counted ballots have it; NULL: not
                                known, since the request has not all of them */
    eg_str_index candidates; /* of the manifest, by id */
    struct eg_combination_plan *plan;
} eg_combination;

/* Everything but the targets; the election is there. */
eg_result eg_combination_read(eg_combination *c, eg_error *err) EG_MUST_USE;

/* All votes among some results: results stand contest by contest, in the order of the manifest. */
static inline uint64_t eg_results_votes(const eg_plain_result results[], size_t count)
{
    uint64_t votes = 0;
    for (size_t i = 0; i < count; i++) {
        votes += results[i].tally;
    }
    return votes;
}

/* combination_contests.c: of elections from a manifest; of others they do nothing. */
/* In plan, behind the targets: c->ballots_of and c->candidates. */
eg_result eg_combination_contests_plan(eg_combination *c, eg_error *err) EG_MUST_USE;
/* Of opened counts: no contest has more votes than its ballots give. */
eg_result eg_combination_contests_check(const eg_combination *c, eg_error *err) EG_MUST_USE;

/* combination_units.c. The first round's units; then one of them; then the next round, after all of
 * them, with 0 units when the results are there. */
eg_result eg_combination_units_plan(eg_combination *c, size_t *units, eg_error *err) EG_MUST_USE;
eg_result eg_combination_unit_run(eg_combination *c, size_t unit, eg_arena *scratch,
                                  eg_error *err) EG_MUST_USE;
eg_result eg_combination_units_next(eg_combination *c, size_t *units, eg_error *err) EG_MUST_USE;

/* combination_shares.c: the shares of a target. */
/* Whom a share that is not a guardian's own stands for, and by whom it is. */
const eg_missing_guardian *eg_combination_missing_of(const eg_combination *c, size_t share,
                                                     eg_share_pair **pair);
/* Reads share `share` of a target from its list, with its shape checked and put in order. */
eg_result eg_combination_share_read(eg_combination *c, size_t target, size_t share,
                                    eg_error *err) EG_MUST_USE;
/* A share that was read, and what it must be; with the places that its path is made of. */
typedef struct eg_claimed_share {
    eg_share_claim claim;
    eg_path list, entry, at;
} eg_claimed_share;
void eg_combination_claim(eg_claimed_share *out, const eg_combination *c, size_t target,
                          size_t share);

/* `results`, a map. */
void eg_combination_write(eg_writer *w, const void *combination);

/* combination_counts.c: members of `results.results`. */
/* `candidates`, or `contests` of an election from a manifest. */
void eg_combination_write_counts(eg_writer *w, const eg_combination *c);
/* What a spoiled ballot holds: the member's name, and its value, a list. */
const char *eg_combination_opened_name(const eg_combination *c);
void eg_combination_write_opened(eg_writer *w, const eg_combination *c, size_t target);
/* A number as text. */
void eg_put_count(eg_writer *w, const char *name, uint64_t value);

#endif
