/* Judging a plaintext contest: votes and placeholders as they will be encrypted
 * (docs/crypto.md 14.2, 1 to 5). */
#ifndef EG_ELECTION_PLAIN_CONTEST_H
#define EG_ELECTION_PLAIN_CONTEST_H

#include "crypto/hashed_elgamal.h"
#include "election/plain_ballot.h"

/* Every contest of the plain ballot is one of the style's, once; every selection one of the
 * contest's; every vote is 0 or 1. path: the ballot's own, or NULL. */
eg_result eg_plain_ballot_check(const eg_plain_ballot *ballot, const eg_manifest *manifest,
                                const eg_ballot_style *style, const eg_path *path,
                                eg_error *err) EG_MUST_USE;

/* The ballot's contest of that id, or NULL; hint: where it may be looked for first. */
const eg_plain_contest *eg_plain_contest_find(const eg_plain_ballot *ballot, eg_str id,
                                              size_t hint);

/* votes: selection_count + placeholder_count of them, secret; data: the padded contest data,
 * secret. plain: NULL where the ballot leaves the contest out. */
eg_result eg_plain_contest_judge(bool votes[], uint8_t data[EG_PADDED_BYTES],
                                 const eg_plain_contest *plain,
                                 const eg_contest_description *description, eg_arena *arena,
                                 eg_error *err) EG_MUST_USE;

#endif
