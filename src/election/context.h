/* The election's context: its key and the hashes every proof is bound to. Source:
 * docs/crypto.md 12. */
#ifndef EG_ELECTION_CONTEXT_H
#define EG_ELECTION_CONTEXT_H

#include "election/manifest.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

typedef struct eg_context {
    uint32_t number_of_guardians;
    uint32_t quorum;
    eg_modp public_key; /* K, joint; a residue, not 1 */
    eg_modq commitment_hash;
    eg_modq manifest_hash;
    eg_modq base_hash;          /* crypto_base_hash */
    eg_modq extended_base_hash; /* crypto_extended_base_hash, Q-bar */
} eg_context;

/* Computes both hashes. Fails with EG_E_NOT_IN_GROUP (joint_public_key) or EG_E_OUT_OF_RANGE
 * (quorum). */
eg_result eg_context_init(eg_context *out, uint32_t number_of_guardians, uint32_t quorum,
                          const eg_modp *public_key, const eg_modq *commitment_hash,
                          const eg_modq *manifest_hash, eg_error *err) EG_MUST_USE;

/* The same for a key whose membership the caller has established: nothing is tested of it. */
eg_result eg_context_init_of_member(eg_context *out, uint32_t number_of_guardians, uint32_t quorum,
                                    const eg_modp *public_key, const eg_modq *commitment_hash,
                                    const eg_modq *manifest_hash, eg_error *err) EG_MUST_USE;
/* The refusal of a key that is none. */
eg_result eg_context_refuse_key(eg_error *err) EG_MUST_USE;

/* An election as the functions below take it: manifest, context and the table of its key. */
typedef struct eg_election {
    const eg_manifest *manifest;
    const eg_context *context;
    const eg_fixed_base *key; /* table of context->public_key */
} eg_election;

/* docs/crypto.md 13 */
void eg_device_hash(eg_modq *out, int64_t device_id, int64_t session_id, int64_t launch_code,
                    eg_str location);
void eg_ballot_code(eg_modq *out, const eg_modq *previous, int64_t timestamp,
                    const eg_modq *ballot_hash);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
