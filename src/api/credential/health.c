/* GET /api/health: can credentials be protected here? Source: docs/api-contract.md 5. */
#include "api/credential/vault_state.h"
#include "api/endpoints.h"
#include "api/frame/negotiation.h"

static eg_result begin(eg_call *call, eg_error *err)
{
    (void)err;
    call->content_type = eg_encoding_media_type(eg_answer_encoding(call->request));
    return EG_SUCCESS;
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    eg_writer w;
    eg_answer_form form = {.encoding = eg_answer_encoding(call->request)};
    bool available = eg_vault_is_available(call);
    (void)err;
    eg_writer_init(&w, out, eg_form_style(form));
    eg_write_map(&w);
    eg_put_cstr(&w, "status", "healthy");
    eg_put_bool(&w, "pq_available", available);
    if (available) {
        eg_put_cstr(&w, "algorithm", "ML-KEM-1024");
    } else {
        eg_put_null(&w, "algorithm");
    }
    eg_put_cstr(&w, "storage_design", "2-storage (encrypted_data + credentials_with_hmac)");
    eg_write_end(&w);
    return EG_SUCCESS;
}

const eg_endpoint eg_endpoint_api_health = {
    .method = "GET",
    .path = "/api/health",
    .flags = EG_ENDPOINT_OPEN,
    .summary = "whether credentials can be protected here",
    .begin = begin,
    .head = head,
};
