/* libelectionguard: ElectionGuard 1.x elections, for C and C++.
 *
 * Everything of an election and nothing around it: no network, no clock, and no files but those of
 * the record that eg_verification_run is given. Randomness arrives as an eg_rng, time as a number,
 * and equal inputs give equal bytes.
 *
 * An election, in the order in which it happens (examples/election.c is a whole one):
 *
 *   what is voted on     election/manifest.h        eg_manifest_build_service
 *   guardians' keys      election/key_ceremony.h    eg_guardian_generate, eg_joint_key
 *                        guardian/guardian.h        eg_guardian_new: one that keeps its key itself
 *   the election's hash  election/context.h         eg_context_init
 *   ballots              election/ballot_encrypt.h  eg_ballots_encrypt
 *   their proofs         election/ballot_verify.h   eg_ballot_verify_proofs
 *   copies among them    election/pad_set.h         eg_pad_set_add
 *   a challenged ballot  election/challenge.h       eg_ballot_challenge
 *   the tally            election/tally.h           eg_tally_sum_add, eg_tally_from_sum
 *   its decryption       election/decryption.h      eg_shares_combine
 *   what it published    record/verification.h     eg_verification_run
 *
 * manifests and ballots are read from JSON by wire/json_objects.h;
 * below them proofs, encryption and hashes (crypto/), integers mod p and q (group/numbers.h), and
 * memory, errors and randomness (base/).
 *
 * Conventions. What can fail returns eg_result, which must be looked at; eg_error tells what is
 * wrong and where. Objects point into the eg_arena that they were made in and are released with it.
 * Functions are safe from any thread as long as an arena belongs to one thread at a time. Names
 * that end in _vartime take time that depends on their values: public data only. */
#ifndef EG_ELECTIONGUARD_H
#define EG_ELECTIONGUARD_H

#include "base/arena.h"
#include "base/error.h"
#include "base/rng.h"
#include "base/secret.h"
#include "base/str.h"
#include "crypto/elgamal.h"
#include "crypto/hash.h"
#include "crypto/hashed_elgamal.h"
#include "crypto/nonces.h"
#include "crypto/polynomial.h"
#include "crypto/proofs.h"
#include "election/ballot.h"
#include "election/ballot_batch.h"
#include "election/ballot_encrypt.h"
#include "election/ballot_verify.h"
#include "election/challenge.h"
#include "election/context.h"
#include "election/decryption.h"
#include "election/key_ceremony.h"
#include "election/limits.h"
#include "election/manifest.h"
#include "election/pad_set.h"
#include "election/plain_ballot.h"
#include "election/tally.h"
#include "group/numbers.h"
#include "guardian/guardian.h"
#include "record/verification.h"
#include "wire/json_objects.h"

#endif
