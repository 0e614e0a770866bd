/* CiphertextBallot and SubmittedBallot on the wire. See ciphertext.h for what readers and writers
 * have in common. Source: docs/crypto.md 14, 18. */
#ifndef EG_WIRE_OBJECTS_BALLOT_H
#define EG_WIRE_OBJECTS_BALLOT_H

#include "election/ballot.h"
#include "wire/artifact.h"
#include "wire/fields.h"

/* Both forms: without `state` it is EG_BALLOT_NONE. Nonces may be null, hex or left out. Counts are
 * held against EG_CONTESTS_MAX and EG_SELECTIONS_MAX; contests and selections may be empty. */
eg_result eg_ballot_read(eg_ballot *out, const eg_node *node, const eg_path *at, eg_arena *arena,
                         eg_error *err) EG_MUST_USE;
/* `state` is written, last, unless it is EG_BALLOT_NONE. A nonce that is absent is null. */
void eg_ballot_write(eg_writer *w, const void *ballot);
/* The published form: every nonce null, no `state`, whatever the ballot holds. */
void eg_ballot_write_published(eg_writer *w, const void *ballot);

/* One selection: what a ballot's contests hold. */
eg_result eg_ballot_selection_read(eg_ballot_selection *out, const eg_node *node, const eg_path *at,
                                   eg_error *err) EG_MUST_USE;
void eg_ballot_selection_write(eg_writer *w, const void *selection);

#endif
