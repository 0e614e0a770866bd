/* Ballots in clear as voters' software writes them, which name what was chosen and may leave the
 * rest out, laid out whole: so that nothing behind tells what was left out. Source: docs/crypto.md
 * 14.2. */
#ifndef EG_ELECTION_BALLOT_FILL_H
#define EG_ELECTION_BALLOT_FILL_H

#include "base/str_index.h"
#include "election/plain_ballot.h"

/* Where contests and selections stand in a manifest, by id. Borrows the manifest. */
typedef struct eg_manifest_index {
    const eg_manifest *manifest;
    eg_str_index styles;
    eg_str_index contests;
    eg_str_index *selections; /* of each contest */
} eg_manifest_index;

eg_result eg_manifest_index_init(eg_manifest_index *out, const eg_manifest *manifest,
                                 eg_arena *arena, eg_error *err) EG_MUST_USE;

/* out: every contest of the style in the manifest's order, each with every selection in its order;
 * what the ballot does not name has no vote. Strings are borrowed from both.
 *
 * path: the ballot's own. Errors: EG_E_WRONG_ELECTION (style_id; a contest that the style has not),
 * EG_E_UNKNOWN_CANDIDATE (a selection that the contest has not), EG_E_DUPLICATE (either twice),
 * EG_E_OUT_OF_RANGE (a vote beyond 0 and 1; a style without contests). */
eg_result eg_plain_ballot_fill(eg_plain_ballot *out, const eg_plain_ballot *ballot,
                               const eg_manifest_index *index, eg_arena *arena, const eg_path *path,
                               eg_error *err) EG_MUST_USE;

/* Can it be encrypted? filled: what became of ballot, whose contests the paths are of. Every
 * contest of the style is judged, so that time does not tell which ones the ballot left out. */
eg_result eg_plain_ballot_judge(const eg_plain_ballot *filled, const eg_plain_ballot *ballot,
                                const eg_manifest_index *index, eg_arena *scratch,
                                const eg_path *path, eg_error *err) EG_MUST_USE;

#endif
