/* POST /verify_guardian_key: does a private key belong to the public key on record?
 * Source: docs/api-contract.md 5. */
#include "api/endpoints.h"
#include "api/fields/guardian_fields.h"
#include "api/frame/intake.h"

#include "base/secret.h"
#include "wire/fields.h"

typedef struct state {
    eg_intake intake;
    eg_modq private_key; /* secret; wiped at the end */
    eg_modp public_key;
    bool readable;
    bool verified;
} state;

static eg_result begin(eg_call *call, eg_error *err)
{
    return eg_intake_begin(call, sizeof(state), NULL, err);
}

/* What cannot be read is an answer here, not an error. */
static eg_result read_keys(state *s, eg_error *err)
{
    const eg_node *fields = &s->intake.fields;
    eg_arena *arena = s->intake.call->arena;
    eg_result r = eg_private_key_read(&s->private_key, fields, "private_key", arena, err);
    if (!eg_failed(r)) {
        r = eg_public_key_read(&s->public_key, fields, "stored_public_key", arena, err);
    }
    s->readable = !eg_failed(r);
    return eg_failed(r) && !eg_is_input_fault(r) ? r : EG_SUCCESS;
}

static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    const eg_node *fields = &s->intake.fields, *field;
    if (fields->as.map.count == 0) {
        return EG_FAIL(err, EG_E_MISSING_FIELD, NULL, "No data provided");
    }
    EG_TRY(eg_field(&field, fields, NULL, "private_key", err));
    EG_TRY(eg_field(&field, fields, NULL, "stored_public_key", err));
    EG_TRY(read_keys(s, err));
    call->compute_units = s->readable ? 1 : 0;
    return EG_SUCCESS;
}

static eg_result compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err)
{
    state *s = call->state;
    (void)unit;
    (void)scratch;
    (void)err;
    eg_modp expected;
    eg_public_key(&expected, &s->private_key);
    s->verified = eg_modp_equal(&expected, &s->public_key);
    return EG_SUCCESS;
}

static const char *message(const state *s)
{
    if (!s->readable) {
        return "Unable to verify credentials. Ensure you uploaded the correct credentials.txt "
               "file.";
    }
    return s->verified
               ? "Your credential file matches the public key on record for this election."
               : "Your credential file does not match the public key stored for this election.";
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    const state *s = call->state;
    eg_writer w;
    (void)err;
    eg_writer_init(&w, out, eg_form_style(eg_intake_form(&s->intake)));
    eg_write_map(&w);
    eg_put_cstr(&w, "status", "success");
    eg_put_bool(&w, "verified", s->verified);
    eg_put_cstr(&w, "message", message(s));
    eg_write_end(&w);
    return EG_SUCCESS;
}

static void end(eg_call *call)
{
    state *s = call->state;
    if (s != NULL) {
        eg_wipe(&s->private_key, sizeof s->private_key);
    }
    eg_intake_end(call);
}

const eg_endpoint eg_endpoint_verify_guardian_key = {
    .method = "POST",
    .path = "/verify_guardian_key",
    .flags = EG_ENDPOINT_SECRET,
    .summary = "does a private key belong to the public key on record?",
    .max_body_bytes = EG_BODY_SMALL,
    .begin = begin,
    .feed = eg_intake_feed,
    .plan = plan,
    .compute = compute,
    .head = head,
    .end = end,
};
