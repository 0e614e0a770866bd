#include "cli/outcome.h"

#include "cli/screen_text.h"
#include "record/candidate_name.h"

#include <math.h>
#include <stdio.h>

/* As eg_report_error says it. */
static void put_error(eg_writer *w, const eg_error *error)
{
    eg_buf text;
    if (error == NULL || error->text[0] == '\0') {
        eg_put_null(w, "error");
        return;
    }
    eg_buf_init(&text, NULL);
    eg_screen_append(&text, eg_str_from(error->path));
    eg_buf_append_str(&text, error->path[0] == '\0' ? EG_STR("") : EG_STR(": "));
    eg_screen_append(&text, eg_str_from(error->text));
    eg_put_str(w, "error", eg_buf_str(&text));
    eg_buf_free(&text);
}

void eg_outcome_begin(eg_outcome *out, const char *command, bool ok, const eg_error *error)
{
    eg_buf_init(&out->text, NULL);
    eg_writer_init(&out->w, &out->text, EG_STYLE_JSON);
    eg_write_map(&out->w);
    eg_put_cstr(&out->w, "command", command);
    eg_put_bool(&out->w, "ok", ok);
    put_error(&out->w, error);
}

void eg_outcome_end(eg_outcome *out)
{
    eg_write_end(&out->w);
    eg_buf_append_char(&out->text, '\n');
    (void)fwrite(out->text.data, 1, out->text.len, stdout);
    eg_buf_free(&out->text);
}

static void put_plain(eg_writer *w, const uint64_t plain[], size_t i)
{
    if (plain != NULL) {
        eg_put_int(w, "plain_count", (int64_t)plain[i]);
    }
}

static void put_candidates(eg_writer *w, const eg_election_spec *spec, const uint64_t decrypted[],
                           const uint64_t plain[])
{
    eg_write_key(w, "candidates");
    eg_write_array(w, spec->candidate_count);
    for (size_t i = 0; i < spec->candidate_count; i++) {
        eg_write_map(w);
        eg_put_str(w, "name", spec->candidates[i]);
        eg_put_int(w, "votes", (int64_t)decrypted[i]);
        put_plain(w, plain, i);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void put_contest(eg_writer *w, const eg_manifest *manifest,
                        const eg_contest_description *contest, const uint64_t decrypted[],
                        const uint64_t plain[])
{
    eg_write_map(w);
    eg_put_str(w, "id", contest->object_id);
    eg_put_str(w, "name", contest->name);
    eg_put_int(w, "votes_allowed", contest->number_elected);
    eg_write_key(w, "selections");
    eg_write_array(w, contest->selection_count);
    for (size_t i = 0; i < contest->selection_count; i++) {
        eg_write_map(w);
        eg_put_str(w, "id", contest->selections[i].object_id);
        eg_put_str(w, "candidate", eg_candidate_name(manifest, &contest->selections[i]));
        eg_put_int(w, "votes", (int64_t)decrypted[i]);
        put_plain(w, plain, i);
        eg_write_end(w);
    }
    eg_write_end(w);
    eg_write_end(w);
}

void eg_outcome_put_counts(eg_outcome *out, const eg_election_spec *spec,
                           const uint64_t decrypted[], const uint64_t plain[])
{
    const eg_manifest *manifest = spec->manifest;
    if (eg_spec_is_from_names(spec)) {
        put_candidates(&out->w, spec, decrypted, plain);
        return;
    }
    eg_write_key(&out->w, "contests");
    eg_write_array(&out->w, manifest->contest_count);
    for (size_t i = 0; i < manifest->contest_count; i++) {
        put_contest(&out->w, manifest, &manifest->contests[i], decrypted, plain);
        decrypted += manifest->contests[i].selection_count;
        plain = plain == NULL ? NULL : plain + manifest->contests[i].selection_count;
    }
    eg_write_end(&out->w);
}

void eg_outcome_put_number(eg_outcome *out, const char *name, double value, int digits)
{
    double scale = pow(10, digits);
    eg_write_key(&out->w, name);
    eg_write_double(&out->w, isfinite(value) ? round(value * scale) / scale : 0);
}
