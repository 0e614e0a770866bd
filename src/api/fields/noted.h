/* What the audit log is told of a request: which election, which ballot. Digests that are published
 * anyway; no vote, no nonce, no key. */
#ifndef EG_API_FIELDS_NOTED_H
#define EG_API_FIELDS_NOTED_H

#include "api/endpoint.h"
#include "group/numbers.h"

/* From any stage that does not hold arena_lock. */
void eg_note_election(const eg_call *call, const eg_modq *commitment_hash);
void eg_note_ballot(const eg_call *call, const eg_modq *crypto_hash);

#endif
