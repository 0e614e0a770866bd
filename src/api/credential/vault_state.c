#include "api/credential/vault_state.h"

#include "vault/kdf.h"
#include "vault/ml_kem.h"

bool eg_vault_is_available(const eg_call *call)
{
    return call->settings->has_master_key && eg_ml_kem_is_available();
}

eg_result eg_vault_check(const eg_call *call, eg_error *err)
{
    if (!call->settings->has_master_key) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL,
                       "credentials cannot be protected or opened: MASTER_KEY_PQ is not set");
    }
    if (!eg_ml_kem_is_available()) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL,
                       "credentials cannot be protected or opened: there is no ML-KEM-1024");
    }
    return EG_SUCCESS;
}

eg_result eg_vault_take_memory(const eg_call *call, eg_error *err)
{
    if (!eg_budget_take(call->budget, EG_SCRYPT_MEMORY_BYTES)) {
        return EG_FAIL(err, EG_E_BUSY, NULL, "the service is full; try again in a moment");
    }
    return EG_SUCCESS;
}

void eg_vault_give_memory(const eg_call *call)
{
    eg_budget_give(call->budget, EG_SCRYPT_MEMORY_BYTES);
}
