/* POST /publish_ballot: a ballot in its published form, nonces only for audited ones.
 * Source: docs/api-contract.md 5. */
#include "api/ballot/ballot_answer.h"
#include "api/endpoints.h"
#include "api/fields/noted.h"
#include "api/frame/error_details.h"
#include "api/frame/intake.h"

#include "api/ballot/ballot_check.h"
#include "wire/objects/ballot.h"

static const char *const required_fields[] = {"ballot_id", "encrypted_ballot_response", NULL};
static const char *const optional_fields[] = {"ballot_status", NULL};
static const eg_error_details missing_fields = {.required = required_fields,
                                                .optional = optional_fields};

typedef struct state {
    eg_intake intake;
    eg_str ballot_id;
    bool audited;
    bool with_nonces; /* audited, and the nonces were sent */
    eg_node response; /* `encrypted_ballot_response`, opened */
    eg_ballot ballot;
    eg_modq ballot_hash;
} state;

static eg_result begin(eg_call *call, eg_error *err)
{
    return eg_intake_begin(call, sizeof(state), NULL, err);
}

static eg_result need_all(const state *s, eg_error *err)
{
    for (size_t i = 0; required_fields[i] != NULL; i++) {
        if (!eg_intake_has(&s->intake, required_fields[i])) {
            eg_path path = eg_path_field(NULL, required_fields[i]);
            s->intake.call->details = &missing_fields;
            return EG_FAIL(err, EG_E_MISSING_FIELD, &path, "Missing required fields");
        }
    }
    return EG_SUCCESS;
}

static eg_result read_ballot(state *s, const eg_path *response, eg_error *err)
{
    eg_arena *arena = s->intake.call->arena;
    const eg_node *node;
    eg_path path = eg_path_field(response, "encrypted_ballot");
    eg_node map;
    EG_TRY(eg_field(&node, &s->response, response, "encrypted_ballot", err));
    EG_TRY(eg_artifact_open(&map, NULL, node, &path, arena, err));
    return eg_ballot_read(&s->ballot, &map, &path, arena, err);
}

static eg_result check_ballot(const state *s, const eg_path *response, eg_error *err)
{
    eg_path ballot = eg_path_field(response, "encrypted_ballot");
    eg_modq hash;
    if (!eg_str_equal(s->ballot.object_id, s->ballot_id)) {
        eg_path path = eg_path_field(NULL, "ballot_id");
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path, "'ballot_id' is not the id of the ballot");
    }
    EG_TRY(eg_ballot_names_check(&s->ballot, s->intake.call->arena, &ballot, err));
    EG_TRY(eg_ballot_hashes_check(&s->ballot, s->intake.call->arena, &ballot, err));
    EG_TRY(eg_ballot_hash(&hash, &s->ballot, s->intake.call->arena, err));
    if (!eg_modq_equal(&hash, &s->ballot_hash)) {
        eg_path path = eg_path_field(response, "ballot_hash");
        return EG_FAIL(err, EG_E_PROOF_INVALID, &path, "'ballot_hash' is not the ballot's hash");
    }
    return EG_SUCCESS;
}

/* A ballot that was sent without nonces is published without them, whatever its status. */
static eg_result check_nonces(state *s, const eg_path *response, eg_error *err)
{
    size_t all;
    size_t present = eg_ballot_nonce_count(&s->ballot, &all);
    if (s->audited && present > 0 && present < all) {
        eg_path path = eg_path_field(response, "encrypted_ballot");
        return EG_FAIL(err, EG_E_MISSING_FIELD, &path,
                       "'encrypted_ballot' lacks some of its nonces");
    }
    s->with_nonces = s->audited && present == all;
    return EG_SUCCESS;
}

static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    const eg_node *fields = &s->intake.fields;
    eg_path response = eg_path_field(NULL, "encrypted_ballot_response");
    EG_TRY(need_all(s, err));
    EG_TRY(eg_read_name(fields, NULL, "ballot_id", EG_NAME_BYTES_MAX, &s->ballot_id, err));
    EG_TRY(eg_ballot_status_read(&s->audited, fields, NULL, err));
    EG_TRY(eg_intake_open(&s->intake, "encrypted_ballot_response", &s->response, NULL, err));
    EG_TRY(eg_need_map(&s->response, &response, err));
    EG_TRY(read_ballot(s, &response, err));
    EG_TRY(eg_read_q(&s->response, &response, "ballot_hash", &s->ballot_hash, err));
    EG_TRY(check_ballot(s, &response, err));
    eg_note_ballot(call, &s->ballot_hash);
    return check_nonces(s, &response, err);
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    const state *s = call->state;
    eg_writer w;
    (void)err;
    eg_writer_init(&w, out, eg_form_style(eg_intake_form(&s->intake)));
    eg_write_map(&w);
    eg_put_str(&w, "ballot_id", s->ballot_id);
    eg_put_cstr(&w, "status", eg_ballot_status_text(s->audited));
    eg_put_q(&w, "ballot_hash", &s->ballot_hash);
    eg_write_key(&w, "encrypted_ballot");
    eg_artifact_write(&w, EG_FORM_TEXT, eg_ballot_write_published, &s->ballot);
    if (s->audited) {
        eg_put_ballot_nonces(&w, &s->ballot, eg_ballot_nonce_names(&s->ballot));
    }
    eg_put_cstr(&w, "publication_status",
                s->with_nonces ? "published_with_nonces" : "published_without_nonces");
    eg_write_end(&w);
    return EG_SUCCESS;
}

const eg_endpoint eg_endpoint_publish_ballot = {
    .method = "POST",
    .path = "/publish_ballot",
    .flags = EG_ENDPOINT_SECRET,
    .summary = "a ballot in its published form",
    .max_body_bytes = EG_BODY_SMALL,
    .begin = begin,
    .feed = eg_intake_feed,
    .plan = plan,
    .head = head,
    .end = eg_intake_end,
};
