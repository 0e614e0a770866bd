/* A guardian's file of shares: what it must be, and what a run keeps of it. Format:
 * docs/election-run.md.
 */
#ifndef EG_CLIENT_SHARE_FILE_H
#define EG_CLIENT_SHARE_FILE_H

#include "client/opening.h"

/* What there must be shares of. Borrowed. */
typedef struct eg_share_targets {
    const eg_opener *opener;
    const eg_target *tally;
    const eg_target *ballots; /* as spoiled has them */
    const eg_spoiled_ballots *spoiled;
} eg_share_targets;

/* The file is this guardian's, of its own (missing NULL) or for the missing one, with a share of
 * the tally and of each spoiled ballot and of nothing else, each of them verified; appended to kept
 * as eg_kept_share_read reads it. at: the file's name. EG_E_WRONG_ELECTION: it is another's. */
eg_result eg_share_file_take(eg_buf *kept, const eg_share_targets *targets, const eg_node *map,
                             const eg_path *at, const eg_guardian_public *by,
                             const eg_guardian_public *missing, eg_arena *arena,
                             eg_error *err) EG_MUST_USE;

#endif
