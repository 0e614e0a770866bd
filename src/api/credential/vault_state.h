/* What the two credential endpoints share: whether they can work, and scrypt's memory. */
#ifndef EG_API_CREDENTIAL_VAULT_STATE_H
#define EG_API_CREDENTIAL_VAULT_STATE_H

#include "api/endpoint.h"

/* EG_E_UNAVAILABLE with the reason, when there is no master key or no ML-KEM. */
eg_result eg_vault_check(const eg_call *call, eg_error *err) EG_MUST_USE;
bool eg_vault_is_available(const eg_call *call);

/* Charges the job for a run of scrypt; EG_E_BUSY when it has no room. */
eg_result eg_vault_take_memory(const eg_call *call, eg_error *err) EG_MUST_USE;
void eg_vault_give_memory(const eg_call *call);

#endif
