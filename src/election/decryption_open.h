/* Opening some of a target's selections, in flat order, from verified shares: the parts into which
 * several threads divide what eg_share_reconstruct and eg_shares_combine do for a whole target.
 * Source: docs/crypto.md 16.5, 16.6. */
#ifndef EG_ELECTION_DECRYPTION_OPEN_H
#define EG_ELECTION_DECRYPTION_OPEN_H

#include "crypto/dlog.h"
#include "election/decryption.h"

/* What stands for a missing guardian: verified compensated shares of at least a quorum, and the
 * coefficient of each among them. Borrowed. */
typedef struct eg_compensation {
    const eg_decryption_share *const *parts;
    const eg_modq *coefficients;
    size_t count;
} eg_compensation;

typedef struct eg_opening {
    const eg_target *target;
    const eg_decryption_share *const *own; /* of those who are available, verified */
    size_t own_count;
    const eg_compensation *missing;
    size_t missing_count;
    const eg_dlog *counts; /* what a count may be */
} eg_opening;

/* About how many powers one selection takes. At least 1. */
size_t eg_opening_powers(const eg_opening *o);

/* results[i] is that of selection first + i; it is left alone where that is a placeholder.
 * EG_E_PROOF_INVALID naming the first selection that opens to no possible count. The product over
 * all missing guardians is taken at once: shares with the same coefficient are multiplied first, so
 * that a selection takes as many powers as there are coefficients, however many guardians are
 * missing. */
eg_result eg_selections_open(eg_plain_result results[], const eg_opening *o, size_t first,
                             size_t count, eg_arena *scratch, const eg_path *path,
                             eg_error *err) EG_MUST_USE;

/* Of one result for each selection, those of no placeholder, moved together; how many. */
size_t eg_results_gather(eg_plain_result results[], const eg_target *target);

#endif
