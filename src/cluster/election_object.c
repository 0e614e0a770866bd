#include "cluster/election_object.h"

#include "wire/fields.h"
#include "wire/writer.h"

enum {
    FORMAT = 1,
    TEXT_BYTES_MAX = 1 << 28,
    GUARDIANS_MAX = 100,
    NAME_BYTES_MAX = 1024,
    CANDIDATES_MAX = 1000
};

static void write_names(eg_writer *w, const char *key, const eg_str names[], size_t count)
{
    eg_write_key(w, key);
    eg_write_array(w, count);
    for (size_t i = 0; i < count; i++) {
        eg_write_str(w, names[i]);
    }
    eg_write_end(w);
}

void eg_election_object_write(eg_buf *out, const eg_election_spec *spec,
                              const eg_ceremony *ceremony)
{
    eg_writer w;
    eg_writer_init(&w, out, EG_STYLE_JSON);
    eg_write_map(&w);
    eg_put_int(&w, "format", FORMAT);
    eg_put_str(&w, "joint_public_key", ceremony->joint_public_key);
    eg_put_str(&w, "commitment_hash", ceremony->commitment_hash);
    eg_put_int(&w, "number_of_guardians", spec->guardians);
    eg_put_int(&w, "quorum", spec->quorum);
    if (eg_spec_is_from_names(spec)) {
        write_names(&w, "party_names", spec->parties, spec->candidate_count);
        write_names(&w, "candidate_names", spec->candidates, spec->candidate_count);
        eg_put_int(&w, "max_choices", spec->max_choices);
    } else {
        eg_put_str(&w, "manifest", spec->manifest_text);
    }
    eg_write_end(&w);
}

static eg_result read_names(const eg_node *map, const char *name, const eg_str **out, size_t *count,
                            eg_arena *arena, eg_error *err)
{
    const eg_node *list = NULL;
    eg_str *names = NULL;
    eg_path path = eg_path_field(NULL, name);
    EG_TRY(eg_field(&list, map, NULL, name, err));
    EG_TRY(eg_need_array(list, &path, CANDIDATES_MAX, err));
    *count = list->as.array.count;
    EG_TRY(eg_arena_new(arena, *count, sizeof *names, &names, err));
    for (size_t i = 0; i < *count; i++) {
        eg_path at = eg_path_index(&path, i);
        EG_TRY(eg_node_str(&names[i], &list->as.array.items[i], &at, 1, NAME_BYTES_MAX, err));
    }
    *out = names;
    return EG_SUCCESS;
}

static eg_result read_contests(eg_election_spec *spec, const eg_node *map, eg_arena *arena,
                               eg_error *err)
{
    eg_path parties = eg_path_field(NULL, "party_names");
    size_t count = 0;
    if (eg_map_find(map, "manifest") != NULL) {
        return eg_read_str(map, NULL, "manifest", 1, TEXT_BYTES_MAX, &spec->manifest_text, err);
    }
    EG_TRY(
        read_names(map, "candidate_names", &spec->candidates, &spec->candidate_count, arena, err));
    EG_TRY(read_names(map, "party_names", &spec->parties, &count, arena, err));
    if (count != spec->candidate_count) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &parties,
                       "'party_names' must have a name for each candidate");
    }
    return eg_read_count(map, NULL, "max_choices", 1, CANDIDATES_MAX, &spec->max_choices, err);
}

eg_result eg_election_object_read(eg_election_spec *spec, eg_ceremony *ceremony, eg_str text,
                                  eg_arena *arena, eg_error *err)
{
    eg_node map;
    uint32_t format = 0;
    *spec = (eg_election_spec){0};
    *ceremony = (eg_ceremony){0};
    EG_TRY(eg_tree_parse(&map, EG_JSON, text, 0, arena, NULL, err));
    EG_TRY(eg_need_map(&map, NULL, err));
    EG_TRY(eg_read_count(&map, NULL, "format", FORMAT, FORMAT, &format, err));
    EG_TRY(eg_read_str(&map, NULL, "joint_public_key", 1, TEXT_BYTES_MAX,
                       &ceremony->joint_public_key, err));
    EG_TRY(eg_read_str(&map, NULL, "commitment_hash", 1, TEXT_BYTES_MAX, &ceremony->commitment_hash,
                       err));
    EG_TRY(
        eg_read_count(&map, NULL, "number_of_guardians", 1, GUARDIANS_MAX, &spec->guardians, err));
    EG_TRY(eg_read_count(&map, NULL, "quorum", 1, GUARDIANS_MAX, &spec->quorum, err));
    return read_contests(spec, &map, arena, err);
}
