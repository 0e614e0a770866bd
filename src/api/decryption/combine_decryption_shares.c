/* POST /combine_decryption_shares: from verified shares to counts.
 * Source: docs/api-contract.md 5; docs/crypto.md 16.5, 16.6, 17. */
#include "api/decryption/combination.h"
#include "api/endpoints.h"

/* ---- plan ---- */

static eg_result begin(eg_call *call, eg_error *err)
{
    return eg_tally_request_begin(call, sizeof(eg_combination), err);
}

/* How many entries `guardian_data` has: the default of both counts. */
static uint32_t default_count(const eg_intake *in)
{
    bool both_given = eg_intake_has(in, "number_of_guardians") && eg_intake_has(in, "quorum");
    eg_node list;
    if (both_given || eg_failed(eg_intake_open(in, "guardian_data", &list, NULL, NULL))) {
        return 0; /* not needed, or refused where it is read */
    }
    bool usable =
        list.kind == EG_ARRAY && list.as.array.count > 0 && list.as.array.count <= EG_GUARDIANS_MAX;
    return usable ? (uint32_t)list.as.array.count : 0;
}

static eg_result plan(eg_call *call, eg_error *err)
{
    eg_combination *c = call->state;
    eg_tally_request *r = &c->request;
    EG_TRY(eg_tally_request_election(r, default_count(&r->intake), err));
    EG_TRY(eg_tally_request_targets(r, err));
    if (r->several) {
        eg_path path = eg_path_field(NULL, "ciphertext_tallies");
        return EG_FAIL(err, EG_E_BAD_TYPE, &path,
                       "combine the tallies first, then send one 'ciphertext_tally'");
    }
    EG_TRY(eg_combination_read(c, err));
    EG_TRY(eg_combination_contests_plan(c, err));
    return eg_combination_units_plan(c, &call->compute_units, err);
}

/* ---- computing ---- */

static eg_result compute(eg_call *call, size_t unit, eg_arena *scratch, eg_error *err)
{
    return eg_combination_unit_run(call->state, unit, scratch, err);
}

static eg_result next(eg_call *call, eg_error *err)
{
    return eg_combination_units_next(call->state, &call->compute_units, err);
}

/* ---- the answer ---- */

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    const eg_combination *c = call->state;
    eg_writer w;
    (void)err;
    eg_writer_init(&w, out, eg_form_style(c->request.form));
    eg_write_map(&w);
    eg_put_cstr(&w, "status", "success");
    eg_write_key(&w, "results");
    eg_artifact_write(&w, eg_form_outer(c->request.form), eg_combination_write, c);
    eg_write_end(&w);
    return EG_SUCCESS;
}

const eg_endpoint eg_endpoint_combine_decryption_shares = {
    .method = "POST",
    .path = "/combine_decryption_shares",
    .summary = "verify and combine decryption shares into counts",
    .max_body_bytes = EG_BODY_LARGE,
    .flags = EG_ENDPOINT_HEAVY,
    .begin = begin,
    .feed = eg_intake_feed,
    .item = eg_tally_request_item,
    .plan = plan,
    .compute = compute,
    .next = next,
    .head = head,
    .end = eg_tally_request_end,
    .shows_texts = eg_tally_request_shows_texts,
};
