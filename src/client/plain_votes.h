/* Ballots in clear of an election from a manifest, one at a time: judged as the service judges
 * them, and kept as the text that is sent. */
#ifndef EG_CLIENT_PLAIN_VOTES_H
#define EG_CLIENT_PLAIN_VOTES_H

#include "client/remote.h"
#include "election/ballot_fill.h"

/* The vote, with the ballot's text in keep: its id, style, and of each contest what was chosen, or
 * written in; nothing else that the ballot's file may hold. path is the ballot's; errors are those
 * of eg_plain_ballot_fill and eg_plain_ballot_judge, and EG_E_OUT_OF_RANGE for an id that no file
 * of a record can be named for. */
eg_result eg_plain_vote_take(eg_vote *out, const eg_plain_ballot *ballot,
                             const eg_manifest_index *index, eg_arena *keep, eg_arena *scratch,
                             const eg_path *path, eg_error *err) EG_MUST_USE;

/* What such votes count, those of spoiled ballots and of overvoted contests left out: one count for
 * each selection of the manifest. */
eg_result eg_plain_votes_count(uint64_t counts[], const eg_vote votes[], size_t count,
                               const eg_manifest *manifest, eg_error *err) EG_MUST_USE;

#endif
