#include "client/remote_parts.h"

size_t eg_spec_count_count(const eg_election_spec *spec)
{
    size_t count = 0;
    if (eg_spec_is_from_names(spec)) {
        return spec->candidate_count;
    }
    for (size_t i = 0; i < spec->manifest->contest_count; i++) {
        count += spec->manifest->contests[i].selection_count;
    }
    return count;
}

void eg_remote_write_strings(eg_writer *w, const char *name, const eg_str items[], size_t count)
{
    eg_write_key(w, name);
    eg_write_array(w, count);
    for (size_t i = 0; i < count; i++) {
        eg_write_str(w, items[i]);
    }
    eg_write_end(w);
}

void eg_remote_write_contests(eg_writer *w, const eg_election_spec *spec)
{
    if (eg_spec_is_from_names(spec)) {
        eg_remote_write_strings(w, "party_names", spec->parties, spec->candidate_count);
        eg_remote_write_strings(w, "candidate_names", spec->candidates, spec->candidate_count);
    } else {
        eg_put_str(w, "manifest", spec->manifest_text);
    }
}

void eg_remote_begin_body(eg_writer *w, eg_buf *body, const eg_election_spec *spec,
                          const eg_ceremony *ceremony)
{
    eg_buf_init(body, NULL);
    eg_writer_init(w, body, EG_STYLE_JSON);
    eg_write_map(w);
    eg_remote_write_contests(w, spec);
    eg_put_str(w, "joint_public_key", ceremony->joint_public_key);
    eg_put_str(w, "commitment_hash", ceremony->commitment_hash);
    eg_put_int(w, "number_of_guardians", spec->guardians);
    eg_put_int(w, "quorum", spec->quorum);
    if (eg_spec_is_from_names(spec)) {
        eg_put_int(w, "max_choices", spec->max_choices);
    }
}

eg_result eg_remote_read_text(const eg_node *map, const char *name, eg_str *out, eg_error *err)
{
    return eg_read_str(map, NULL, name, 1, EG_REMOTE_TEXT_BYTES_MAX, out, err);
}

eg_result eg_remote_map_text(const eg_node *answer, const char *name, eg_str *out, eg_arena *arena,
                             eg_error *err)
{
    const eg_node *node = NULL;
    eg_path path = eg_path_field(NULL, name);
    eg_buf text;
    eg_writer w;
    EG_TRY(eg_field(&node, answer, NULL, name, err));
    EG_TRY(eg_need_map(node, &path, err));
    eg_buf_init(&text, NULL);
    eg_writer_init(&w, &text, EG_STYLE_JSON);
    eg_write_node(&w, node);
    eg_result result = text.failed ? EG_FAIL(err, EG_E_TOO_LARGE, &path,
                                             "the answer is too large or nested too deeply")
                                   : eg_arena_copy_str(arena, eg_buf_str(&text), out, err);
    eg_buf_free(&text);
    return result;
}
