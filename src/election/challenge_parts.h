/* eg_ballot_challenge in parts that several threads share: begin; open over disjoint ranges;
 * opened; the steps of the ballot made again, over disjoint ranges of eg_challenge_encryption;
 * finish. */
#ifndef EG_ELECTION_CHALLENGE_PARTS_H
#define EG_ELECTION_CHALLENGE_PARTS_H

#include "election/ballot_parts.h"
#include "election/challenge.h"

typedef struct eg_challenge eg_challenge;

/* Nonces are there and the structure is right; no power. Everything lives in arena, which the
 * caller wipes; ballot, election and path are borrowed until the end. */
eg_result eg_challenge_begin(eg_challenge **out, const eg_ballot *ballot,
                             const eg_election *election, eg_arena *arena, const eg_path *path,
                             eg_error *err) EG_MUST_USE;
/* One power on a table for each selection. */
size_t eg_challenge_selections(const eg_challenge *c);
void eg_challenge_open(eg_challenge *c, size_t first, size_t count);
/* The votes; and the ballot laid out again. */
eg_result eg_challenge_opened(eg_challenge *c, eg_arena *arena, eg_error *err) EG_MUST_USE;
eg_encryption *eg_challenge_encryption(eg_challenge *c);
/* Compares. *out lives in the arena of the parts. */
eg_result eg_challenge_finish(eg_plain_ballot *out, eg_challenge *c, eg_arena *arena,
                              eg_error *err) EG_MUST_USE;

/* What a contest's sealed data holds, by the contest's own nonce: text within padded. False when it
 * does not open. */
bool eg_contest_data_open(eg_str *text, uint8_t padded[EG_PADDED_BYTES],
                          const eg_ballot_contest *contest, const eg_election *election);

#endif
