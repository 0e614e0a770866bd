/* Objects from their JSON, as electionguard-python 1.4 writes it: what programs of others take of
 * this folder.
 *
 * text: one JSON object in UTF-8 and nothing behind it; it need not outlive the call. What is made
 * lives in arena. From a stranger an arena with an eg_budget: a text of tiny values takes forty
 * times its size. Errors name the place: EG_E_BAD_ENCODING, EG_E_DUPLICATE (a key twice),
 * EG_E_MISSING_FIELD, EG_E_BAD_TYPE, EG_E_OUT_OF_RANGE, EG_E_TOO_LARGE; EG_E_NO_MEMORY. */
#ifndef EG_WIRE_JSON_OBJECTS_H
#define EG_WIRE_JSON_OBJECTS_H

#include "election/ballot.h"
#include "election/plain_ballot.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/* A Manifest: read, judged as a whole (docs/crypto.md 11.3), and completed with its hashes and
 * placeholders. The error is the first of what is wrong with it. */
eg_result eg_manifest_from_json(eg_manifest *out, eg_str text, eg_arena *arena,
                                eg_error *err) EG_MUST_USE;
/* A PlaintextBallot, as it stands, without a look at any manifest: eg_ballots_encrypt takes it.
 * Secret, and so is the text. */
eg_result eg_plain_ballot_from_json(eg_plain_ballot *out, eg_str text, eg_arena *arena,
                                    eg_error *err) EG_MUST_USE;
/* A CiphertextBallot (state EG_BALLOT_NONE) or SubmittedBallot, as it stands: hold it against its
 * election with eg_ballot_verify_proofs and its neighbours. */
eg_result eg_ballot_from_json(eg_ballot *out, eg_str text, eg_arena *arena,
                              eg_error *err) EG_MUST_USE;

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
