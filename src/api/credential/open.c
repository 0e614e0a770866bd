/* POST /api/decrypt: the private key behind a credential.
 *
 * Everything about a credential that is well formed but does not authenticate has one answer, after
 * the same work. Source: docs/api-contract.md 5. */
#include "api/credential/credential_text.h"
#include "api/credential/vault_state.h"
#include "api/endpoints.h"
#include "api/frame/intake.h"

#include "base/base64.h"
#include "base/utf8.h"

typedef struct state {
    eg_intake intake;
    eg_read_credential read;
    uint8_t *sealed; /* job arena, as everything below; it is wiped */
    size_t sealed_bytes;
    uint8_t *password_room;
    uint8_t *secret; /* sealed_bytes */
} state;

static eg_result begin(eg_call *call, eg_error *err)
{
    EG_TRY(eg_intake_begin(call, sizeof(state), NULL, err));
    return eg_vault_check(call, err);
}

/* *text borrowed from the body. */
static eg_result read_text(eg_str *text, const state *s, const char *name, eg_error *err)
{
    const eg_node *node;
    eg_path path = eg_path_field(NULL, name);
    EG_TRY(eg_field(&node, &s->intake.fields, NULL, name, err));
    return eg_decryption_failed(eg_node_str(text, node, &path, 0, SIZE_MAX, err), err);
}

static eg_result read_sealed(state *s, eg_str text, eg_error *err)
{
    static const char name[] = "encrypted_data";
    eg_path path = eg_path_field(NULL, name);
    EG_TRY(
        eg_arena_new(s->intake.call->arena, EG_BASE64_DECODED_MAX(text.len), 1, &s->sealed, err));
    if (!eg_base64_decode(s->sealed, &s->sealed_bytes, text.data, text.len)) {
        return EG_FAIL(err, EG_E_BAD_ENCODING, &path, "Decryption failed");
    }
    if (s->sealed_bytes > EG_SECRET_BYTES_MAX) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "Decryption failed");
    }
    return EG_SUCCESS;
}

static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    eg_str data, credentials;
    eg_path path = eg_path_field(NULL, "credentials");
    if (s->intake.fields.as.map.count == 0) {
        return EG_FAIL(err, EG_E_MISSING_FIELD, NULL, "No data provided");
    }
    EG_TRY(read_text(&data, s, "encrypted_data", err));
    EG_TRY(read_text(&credentials, s, "credentials", err));
    EG_TRY(eg_credential_text_read(&s->read, credentials, &path, call->arena, err));
    EG_TRY(read_sealed(s, data, err));
    EG_TRY(eg_arena_new(call->arena, s->sealed_bytes, 1, &s->secret, err));
    EG_TRY(eg_arena_new(call->arena, s->read.credential.sealed_password_bytes, 1, &s->password_room,
                        err));
    call->compute_units = 1;
    return EG_SUCCESS;
}

static eg_result open_secret(eg_call *call, eg_error *err)
{
    state *s = call->state;
    bool authentic;
    eg_sealed_secret sealed = {.sealed = s->sealed,
                               .sealed_bytes = s->sealed_bytes,
                               .signed_text = s->read.signed_text,
                               .mac = s->read.mac};
    EG_TRY(eg_credential_open(s->secret, &authentic, &s->read.credential, &sealed, s->password_room,
                              call->settings->master_key, err));
    if (!authentic) {
        return EG_FAIL(err, EG_E_TAMPERED, NULL, "Authentication failed - credentials tampered");
    }
    return EG_SUCCESS;
}

static eg_result compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err)
{
    const state *s = call->state;
    (void)unit;
    (void)scratch;
    EG_TRY(eg_vault_take_memory(call, err));
    eg_result result = open_secret(call, err);
    eg_vault_give_memory(call);
    EG_TRY(result);
    if (!eg_utf8_is_valid((eg_str){(const char *)s->secret, s->sealed_bytes})) {
        eg_path path = eg_path_field(NULL, "encrypted_data");
        return EG_FAIL(err, EG_E_BAD_ENCODING, &path, "Decryption failed");
    }
    return EG_SUCCESS;
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    const state *s = call->state;
    eg_writer w;
    (void)err;
    eg_writer_init(&w, out, eg_form_style(eg_intake_form(&s->intake)));
    eg_write_map(&w);
    eg_put_cstr(&w, "status", "success");
    eg_put_str(&w, "private_key", (eg_str){(const char *)s->secret, s->sealed_bytes});
    eg_write_end(&w);
    return EG_SUCCESS;
}

const eg_endpoint eg_endpoint_api_decrypt = {
    .method = "POST",
    .path = "/api/decrypt",
    .summary = "open what /api/encrypt protected",
    .max_body_bytes = EG_BODY_SMALL,
    .flags = EG_ENDPOINT_BROWSER | EG_ENDPOINT_SECRET,
    .fixed_memory_bytes = EG_SCRYPT_MEMORY_BYTES,
    .begin = begin,
    .feed = eg_intake_feed,
    .plan = plan,
    .compute = compute,
    .head = head,
    .end = eg_intake_end,
};
