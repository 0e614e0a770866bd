/* POST /api/encrypt: a private key sealed under a password, and the credential that opens it.
 * Source: docs/api-contract.md 5. */
#include "api/credential/credential_text.h"
#include "api/credential/vault_state.h"
#include "api/endpoints.h"
#include "api/frame/intake.h"

#include "base/secret.h"
#include "base/utf8.h"

typedef struct state {
    eg_intake intake;
    eg_str secret; /* in the body's arena, which is wiped */
    eg_str password;
    char made[EG_MADE_PASSWORD_CHARACTERS]; /* secret: the password when none was given */
    uint8_t *sealed;                        /* secret.len bytes, job arena */
    eg_credential credential;               /* job arena, which is wiped */
    eg_buf text;                            /* owned */
} state;

static eg_result begin(eg_call *call, eg_error *err)
{
    EG_TRY(eg_intake_begin(call, sizeof(state), NULL, err));
    eg_buf_init(&((state *)call->state)->text, call->budget);
    return eg_vault_check(call, err);
}

static bool is_text_of(const eg_node *node, size_t min_characters, size_t max_characters)
{
    if (node->kind != EG_STRING) {
        return false;
    }
    size_t n = eg_utf8_count(node->as.str);
    return n >= min_characters && n <= max_characters;
}

static eg_code code_of(const eg_node *node)
{
    return node->kind == EG_STRING  ? EG_E_OUT_OF_RANGE
           : node->kind == EG_BYTES ? EG_E_BAD_ENCODING
                                    : EG_E_BAD_TYPE;
}

static eg_result read_secret(state *s, eg_error *err)
{
    const eg_node *node;
    eg_path path = eg_path_field(NULL, "private_key");
    EG_TRY(eg_field(&node, &s->intake.fields, NULL, "private_key", err));
    if (!is_text_of(node, 1, EG_SECRET_CHARACTERS_MAX)) {
        return EG_FAIL(err, code_of(node), &path, "Invalid private key format or size");
    }
    s->secret = node->as.str;
    return EG_SUCCESS;
}

static eg_result read_password(state *s, eg_error *err)
{
    const eg_node *node = eg_intake_find(&s->intake, "password");
    eg_path path = eg_path_field(NULL, "password");
    if (node == NULL) {
        EG_TRY(eg_password_make(s->made, s->intake.call->rng, err));
        s->password = (eg_str){s->made, sizeof s->made};
        return EG_SUCCESS;
    }
    if (!is_text_of(node, EG_PASSWORD_CHARACTERS_MIN, SIZE_MAX)) {
        return EG_FAIL(err, code_of(node), &path,
                       "Invalid password format. Minimum length is %d characters.",
                       EG_PASSWORD_CHARACTERS_MIN);
    }
    if (!is_text_of(node, EG_PASSWORD_CHARACTERS_MIN, EG_PASSWORD_CHARACTERS_MAX)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                       "Invalid password format. Maximum length is %d characters.",
                       EG_PASSWORD_CHARACTERS_MAX);
    }
    s->password = node->as.str;
    return EG_SUCCESS;
}

static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    if (s->intake.fields.as.map.count == 0) {
        return EG_FAIL(err, EG_E_MISSING_FIELD, NULL, "No data provided");
    }
    EG_TRY(read_secret(s, err));
    EG_TRY(read_password(s, err));
    EG_TRY(eg_arena_new(call->arena, s->secret.len, 1, &s->sealed, err));
    EG_TRY(eg_arena_new(call->arena, s->password.len + EG_SEALED_PASSWORD_OVERHEAD, 1,
                        &s->credential.sealed_password, err));
    call->compute_units = 1;
    return EG_SUCCESS;
}

static eg_result seal(eg_call *call, state *s, uint8_t mac_key[EG_KEY_BYTES], eg_error *err)
{
    EG_TRY(eg_credential_seal(&s->credential, s->sealed, mac_key, call->settings->master_key,
                              s->password, s->secret, call->rng, err));
    return eg_credential_text_write(&s->text, &s->credential, mac_key, err);
}

static eg_result compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err)
{
    uint8_t mac_key[EG_KEY_BYTES];
    (void)unit;
    (void)scratch;
    EG_TRY(eg_vault_take_memory(call, err));
    eg_result result = seal(call, call->state, mac_key, err);
    eg_vault_give_memory(call);
    eg_wipe(mac_key, sizeof mac_key);
    return result;
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    const state *s = call->state;
    eg_writer w;
    (void)err;
    eg_writer_init(&w, out, eg_form_style(eg_intake_form(&s->intake)));
    eg_write_map(&w);
    eg_put_cstr(&w, "status", "success");
    eg_write_key(&w, "encrypted_data");
    eg_write_base64(&w, s->sealed, s->secret.len);
    eg_put_str(&w, "credentials", eg_buf_str(&s->text));
    eg_write_end(&w);
    return EG_SUCCESS;
}

static void end(eg_call *call)
{
    state *s = call->state;
    if (s != NULL) {
        eg_wipe(s->made, sizeof s->made);
        eg_buf_free(&s->text);
    }
    eg_intake_end(call);
}

const eg_endpoint eg_endpoint_api_encrypt = {
    .method = "POST",
    .path = "/api/encrypt",
    .flags = EG_ENDPOINT_SECRET,
    .summary = "protect a guardian's private key with a password",
    .max_body_bytes = EG_BODY_SMALL,
    .fixed_memory_bytes = EG_SCRYPT_MEMORY_BYTES,
    .begin = begin,
    .feed = eg_intake_feed,
    .plan = plan,
    .compute = compute,
    .head = head,
    .end = end,
};
