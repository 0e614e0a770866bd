/* Verifying ballots by pieces, so that a large one may be looked at by several threads: some
 * selections each; with the last selection of a contest come the contest's sum and limit. All
 * pieces of a ballot hold if and only if the ballot does. */
#ifndef EG_ELECTION_BALLOT_PIECES_H
#define EG_ELECTION_BALLOT_PIECES_H

#include "base/arena.h"
#include "base/rng.h"
#include "election/ballot.h"
#include "election/context.h"

/* Selections first .. first + count - 1, counted through all contests in order. Borrowed. */
typedef struct eg_ballot_piece {
    const eg_ballot *ballot;
    size_t first;
    size_t count;
} eg_ballot_piece;

/* What a piece holds of one contest. */
typedef struct eg_contest_part {
    size_t contest;      /* index */
    size_t first, count; /* of its selections */
    bool to_end;         /* its last selection is among them: so are its sum and its limit */
    size_t next, passed; /* where to go on: contests, and the selections of those before */
} eg_contest_part;

/* The next part of a piece, or false; begin with {0}. A contest without selections belongs to
 * every piece that reaches its place. */
static inline bool eg_contest_part_next(eg_contest_part *part, const eg_ballot_piece *piece)
{
    size_t piece_end = piece->first + piece->count;
    while (part->next < piece->ballot->contest_count) {
        size_t start = part->passed;
        size_t end = start + piece->ballot->contests[part->next].selection_count;
        size_t from = start < piece->first ? piece->first : start;
        size_t to = end < piece_end ? end : piece_end;
        part->contest = part->next++;
        part->passed = end;
        if (from < to || (start == end && from == to)) {
            part->first = from - start;
            part->count = to - from;
            part->to_end = to == end;
            return true;
        }
    }
    return false;
}

/* Whether all of them hold, by a batch where that is quicker: eg_ballots_count_valid's bound and
 * conditions. */
eg_result eg_ballot_pieces_hold(bool *out, const eg_ballot_piece pieces[], size_t count,
                                const eg_election *election, const eg_rng *rng, eg_arena *scratch,
                                eg_error *err) EG_MUST_USE;

/* The same exactly, of one; fails like eg_ballot_verify_proofs of the whole ballot where the first
 * false proof is in this piece. path: the ballot's. *any_holds is set when some proof of the piece
 * holds, else left; it may be NULL. */
eg_result eg_ballot_piece_verify(bool *any_holds, const eg_ballot_piece *piece,
                                 const eg_election *election, eg_arena *scratch,
                                 const eg_path *path, eg_error *err) EG_MUST_USE;

#endif
