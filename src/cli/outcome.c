#include "cli/outcome.h"

#include "cli/screen_text.h"

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

void eg_outcome_put_counts(eg_outcome *out, const eg_election_spec *spec,
                           const uint64_t decrypted[], const uint64_t plain[])
{
    eg_write_key(&out->w, "candidates");
    eg_write_array(&out->w, spec->candidate_count);
    for (size_t i = 0; i < spec->candidate_count; i++) {
        eg_write_map(&out->w);
        eg_put_str(&out->w, "name", spec->candidates[i]);
        eg_put_int(&out->w, "votes", (int64_t)decrypted[i]);
        if (plain != NULL) {
            eg_put_int(&out->w, "plain_count", (int64_t)plain[i]);
        }
        eg_write_end(&out->w);
    }
    eg_write_end(&out->w);
}

void eg_outcome_put_number(eg_outcome *out, const char *name, double value, int digits)
{
    double scale = pow(10, digits);
    eg_write_key(&out->w, name);
    eg_write_double(&out->w, isfinite(value) ? round(value * scale) / scale : 0);
}
