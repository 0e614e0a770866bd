#include "cluster/vote_lines.h"

#include "wire/fields.h"
#include "wire/writer.h"

enum { BALLOT_BYTES_MAX = 1 << 26, ID_BYTES_MAX = 1024, CANDIDATES_MAX = 1000 };

static void write_choices(eg_writer *w, const eg_vote *vote)
{
    eg_write_key(w, "choices");
    eg_write_array(w, vote->choice_count);
    for (size_t i = 0; i < vote->choice_count; i++) {
        eg_write_str(w, vote->choices[i]);
    }
    eg_write_end(w);
}

void eg_vote_lines_write(eg_buf *out, const eg_vote votes[], size_t count, const char *blind)
{
    for (size_t i = 0; i < count; i++) {
        eg_writer w;
        eg_writer_init(&w, out, EG_STYLE_JSON);
        eg_write_map(&w);
        eg_put_str(&w, "ballot_id", votes[i].ballot_id);
        if (votes[i].plain.len > 0) {
            eg_put_str(&w, "ballot", votes[i].plain);
        } else {
            write_choices(&w, &votes[i]);
        }
        if (i == 0) {
            eg_put_cstr(&w, "blind", blind);
        }
        eg_write_end(&w);
        eg_buf_append_char(out, '\n');
    }
}

static eg_result read_choices(eg_vote *vote, const eg_node *map, const eg_path *at, eg_arena *arena,
                              eg_error *err)
{
    eg_path path = eg_path_field(at, "choices");
    const eg_node *list = NULL;
    eg_str *choices = NULL;
    EG_TRY(eg_field(&list, map, at, "choices", err));
    EG_TRY(eg_need_array(list, &path, CANDIDATES_MAX, err));
    EG_TRY(eg_arena_new(arena, list->as.array.count, sizeof *choices, &choices, err));
    for (size_t i = 0; i < list->as.array.count; i++) {
        eg_path here = eg_path_index(&path, i);
        EG_TRY(eg_node_str(&choices[i], &list->as.array.items[i], &here, 0, ID_BYTES_MAX, err));
    }
    vote->choices = choices;
    vote->choice_count = list->as.array.count;
    return EG_SUCCESS;
}

static eg_result read_vote(eg_vote *vote, eg_str line, const eg_path *at, eg_arena *arena,
                           eg_error *err)
{
    eg_node map;
    EG_TRY(eg_tree_parse(&map, EG_JSON, line, 0, arena, at, err));
    EG_TRY(eg_need_map(&map, at, err));
    EG_TRY(eg_read_str(&map, at, "ballot_id", 1, ID_BYTES_MAX, &vote->ballot_id, err));
    if (eg_map_find(&map, "ballot") != NULL) {
        return eg_read_str(&map, at, "ballot", 1, BALLOT_BYTES_MAX, &vote->plain, err);
    }
    return read_choices(vote, &map, at, arena, err);
}

eg_result eg_vote_lines_read(eg_vote votes[], const eg_str lines[], size_t count, eg_arena *arena,
                             eg_error *err)
{
    eg_path ballots = eg_path_field(NULL, "ballots");
    for (size_t i = 0; i < count; i++) {
        eg_path at = eg_path_index(&ballots, i);
        votes[i] = (eg_vote){0};
        EG_TRY(read_vote(&votes[i], lines[i], &at, arena, err));
    }
    return EG_SUCCESS;
}
