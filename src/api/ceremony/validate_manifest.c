/* POST /validate_manifest: everything that is wrong with a manifest, for those who have to mend it.
 * Source: docs/api-contract.md 5. */
#include "api/endpoints.h"
#include "api/fields/manifest_field.h"
#include "api/frame/error_details.h"
#include "api/frame/intake.h"

#include "wire/objects/manifest.h"

typedef struct state {
    eg_intake intake;
    eg_manifest manifest;
    eg_problems problems;
} state;

static eg_result begin(eg_call *call, eg_error *err)
{
    return eg_intake_begin(call, sizeof(state), NULL, err);
}

/* Paths are within the manifest: they are for its own editor. */
static eg_result plan(eg_call *call, eg_error *err)
{
    state *s = call->state;
    eg_node map;
    EG_TRY(eg_manifest_field_open(&map, &s->intake.fields, call->arena, err));
    EG_TRY(eg_problems_init(&s->problems, EG_PROBLEMS_MAX, call->arena, err));
    return eg_manifest_take(&s->manifest, &map, NULL, call->arena, &s->problems, err);
}

static void put_counts(eg_writer *w, const eg_manifest *m)
{
    size_t selections = 0;
    for (size_t i = 0; i < m->contest_count; i++) {
        selections += m->contests[i].selection_count;
    }
    eg_write_key(w, "counts");
    eg_write_map(w);
    eg_put_int(w, "contests", (int64_t)m->contest_count);
    eg_put_int(w, "selections", (int64_t)selections);
    eg_put_int(w, "candidates", (int64_t)m->candidate_count);
    eg_put_int(w, "parties", (int64_t)m->party_count);
    eg_put_int(w, "geopolitical_units", (int64_t)m->unit_count);
    eg_put_int(w, "ballot_styles", (int64_t)m->style_count);
    eg_write_end(w);
}

/* Of a manifest that is valid. */
static void put_styles(eg_writer *w, const eg_manifest *m, size_t count)
{
    eg_write_key(w, "ballot_styles");
    eg_write_array(w, count);
    for (size_t i = 0; i < count; i++) {
        const eg_ballot_style *style = &m->styles[i];
        eg_write_map(w);
        eg_put_str(w, "object_id", style->object_id);
        eg_write_key(w, "contests");
        eg_write_array(w, style->contest_count);
        for (size_t k = 0; k < style->contest_count; k++) {
            eg_write_str(w, m->contests[style->contests[k]].object_id);
        }
        eg_write_end(w);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void put_problems(eg_writer *w, const char *name, const eg_problems *problems, bool warnings)
{
    eg_write_key(w, name);
    eg_write_array(w, problems->count);
    for (size_t i = 0; i < problems->count; i++) {
        const eg_error *error = &problems->list[i].error;
        if (problems->list[i].is_warning != warnings) {
            continue;
        }
        eg_write_map(w);
        eg_put_cstr(w, "path", error->path);
        eg_put_cstr(w, "code", eg_code_name(error->code));
        eg_put_cstr(w, "message", error->text);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static eg_result head(eg_call *call, eg_buf *out, eg_error *err)
{
    const state *s = call->state;
    bool valid = s->problems.faults == 0;
    eg_writer w;
    (void)err;
    eg_writer_init(&w, out, eg_form_style(eg_intake_form(&s->intake)));
    eg_write_map(&w);
    eg_put_cstr(&w, "status", "success");
    eg_put_bool(&w, "valid", valid);
    if (valid) {
        eg_put_q(&w, "manifest_hash", &s->manifest.hash);
    } else {
        eg_put_null(&w, "manifest_hash");
    }
    put_counts(&w, &s->manifest);
    put_styles(&w, &s->manifest, valid ? s->manifest.style_count : 0);
    eg_put_int(&w, "problem_count", (int64_t)s->problems.faults);
    put_problems(&w, "problems", &s->problems, false);
    eg_put_int(&w, "warning_count", (int64_t)s->problems.warnings);
    put_problems(&w, "warnings", &s->problems, true);
    eg_write_end(&w);
    return EG_SUCCESS;
}

const eg_endpoint eg_endpoint_validate_manifest = {
    .method = "POST",
    .path = "/validate_manifest",
    .summary = "everything that is wrong with a manifest, each with its place",
    .max_body_bytes = EG_BODY_SMALL,
    .begin = begin,
    .feed = eg_intake_feed,
    .plan = plan,
    .head = head,
    .end = eg_intake_end,
};
