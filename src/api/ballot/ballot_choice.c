#include "api/ballot/ballot_choice.h"

#include "api/ballot/ballot_answer.h"
#include "api/frame/intake.h"

#include "wire/name_hint.h"

eg_result eg_choices_init(eg_choices *out, const eg_manifest *manifest, eg_arena *arena,
                          eg_error *err)
{
    const eg_contest_description *contest = &manifest->contests[0];
    *out = (eg_choices){.contest = contest, .arena = arena};
    EG_TRY(eg_arena_new(arena, contest->selection_count, sizeof *out->chosen_by, &out->chosen_by,
                        err));
    return eg_str_index_init(&out->candidates, &contest->selections[0].object_id,
                             sizeof contest->selections[0], contest->selection_count, arena, err);
}

bool eg_choice_shows_texts(const eg_node *map)
{
    return map->kind == EG_MAP && eg_map_find(map, "candidate_name") != NULL &&
           eg_map_find(map, "candidate_names_to_vote") == NULL &&
           eg_map_find(map, "candidate_names_to_verify") == NULL;
}

static eg_result read_names(eg_choices *choices, const eg_node *value, const eg_path *path,
                            const eg_str **chosen, size_t *count, eg_error *err)
{
    eg_str *names;
    bool is_list = value->kind == EG_ARRAY;
    if (is_list) {
        EG_TRY(eg_need_array(value, path, EG_CANDIDATES_MAX, err));
    }
    *count = is_list ? value->as.array.count : 1;
    EG_TRY(eg_arena_new(choices->arena, *count, sizeof *names, &names, err));
    *chosen = names;
    if (!is_list) {
        return eg_node_str(&names[0], value, path, 0, EG_NAME_BYTES_MAX, err);
    }
    for (size_t i = 0; i < *count; i++) {
        eg_path at = eg_path_index(path, i);
        EG_TRY(eg_node_str(&names[i], &value->as.array.items[i], &at, 0, EG_NAME_BYTES_MAX, err));
    }
    return EG_SUCCESS;
}

/* Of the errors that are shown alone: looking takes long where there are many candidates. */
static void find_hint(char hint[EG_NAME_HINT_BYTES], eg_choices *choices, eg_str name)
{
    const eg_contest_description *contest = choices->contest;
    hint[0] = '\0';
    if (choices->hints++ < EG_CHUNK_ERRORS_MAX) {
        eg_name_hint(hint, name, &contest->selections[0].object_id, sizeof contest->selections[0],
                     contest->selection_count);
    }
}

static eg_result refuse_unknown(eg_choices *choices, const eg_str *chosen, size_t count,
                                const eg_path *path, eg_error *err)
{
    char hint[EG_NAME_HINT_BYTES];
    for (size_t i = 0; i < count; i++) {
        size_t position;
        if (!eg_str_index_find(&choices->candidates, chosen[i], &position)) {
            find_hint(hint, choices, chosen[i]);
            return EG_FAIL(err, EG_E_UNKNOWN_CANDIDATE, path,
                           "Candidate '%.*s' not found in election candidates%s",
                           EG_SHOWN(chosen[i]), hint);
        }
    }
    return EG_SUCCESS;
}

/* Among the known names; an unknown one is refused anyway. */
static eg_result refuse_repeated(eg_choices *choices, const eg_str *chosen, size_t count,
                                 const eg_path *path, eg_error *err)
{
    choices->entry++;
    for (size_t i = 0; i < count; i++) {
        size_t position;
        if (!eg_str_index_find(&choices->candidates, chosen[i], &position)) {
            continue;
        }
        if (choices->chosen_by[position] == choices->entry) {
            return EG_FAIL(err, EG_E_DUPLICATE, path,
                           "Duplicate candidate selections are not allowed");
        }
        choices->chosen_by[position] = choices->entry;
    }
    return EG_SUCCESS;
}

eg_result eg_known_names_read(eg_choices *choices, const eg_node *value, const eg_path *path,
                              const eg_str **names, size_t *count, eg_error *err)
{
    EG_TRY(read_names(choices, value, path, names, count, err));
    EG_TRY(refuse_repeated(choices, *names, *count, path, err));
    return refuse_unknown(choices, *names, *count, path, err);
}

static eg_result read_choice(eg_choices *choices, eg_ballot_choice *out, const eg_node *value,
                             const eg_path *path, eg_error *err)
{
    EG_TRY(eg_known_names_read(choices, value, path, &out->chosen, &out->chosen_count, err));
    if (out->chosen_count > choices->contest->number_elected) {
        return EG_FAIL(err, EG_E_TOO_MANY_CHOICES, path,
                       "Too many candidates selected (%zu). Maximum allowed is %u",
                       out->chosen_count, (unsigned)choices->contest->number_elected);
    }
    return EG_SUCCESS;
}

/* `candidate_names_to_vote`, or January's name for it. */
static eg_result read_chosen(eg_choices *choices, eg_ballot_choice *out, const eg_node *map,
                             const eg_path *at, eg_error *err)
{
    const char *name = "candidate_names_to_vote";
    const eg_node *old = eg_map_find(map, "candidate_name");
    const eg_node *value = eg_map_find(map, name);
    if (old != NULL && value != NULL) {
        eg_path path = eg_path_field(at, "candidate_name");
        return EG_FAIL(err, EG_E_DUPLICATE, &path,
                       "'candidate_name' and 'candidate_names_to_vote' must not both be given");
    }
    if (old != NULL) {
        name = "candidate_name";
        value = old;
        eg_str one;
        eg_path path = eg_path_field(at, name);
        EG_TRY(eg_node_str(&one, value, &path, 0, EG_NAME_BYTES_MAX, err));
    }
    if (value == NULL) {
        EG_TRY(eg_field(&value, map, at, name, err));
    }
    eg_path path = eg_path_field(at, name);
    return read_choice(choices, out, value, &path, err);
}

eg_result eg_choices_read(eg_choices *choices, eg_ballot_choice *out, const eg_node *map,
                          const eg_path *at, eg_error *err)
{
    EG_TRY(eg_read_name(map, at, "ballot_id", EG_NAME_BYTES_MAX, &out->ballot_id, err));
    EG_TRY(read_chosen(choices, out, map, at, err));
    return eg_ballot_status_read(&out->audited, map, at, err);
}

/* ---- chunks ---- */

/* Ids as far as they can be read; empty where not: those entries fail on their own. */
static eg_result index_ids(eg_str_index *index, const eg_node *list, eg_arena *arena, eg_error *err)
{
    size_t count = list->as.array.count;
    eg_str *ids;
    EG_TRY(eg_arena_new(arena, count, sizeof *ids, &ids, err));
    for (size_t i = 0; i < count; i++) {
        const eg_node *entry = &list->as.array.items[i];
        const eg_node *id = entry->kind == EG_MAP ? eg_map_find(entry, "ballot_id") : NULL;
        ids[i] = id != NULL && id->kind == EG_STRING ? id->as.str : EG_STR("");
    }
    return eg_str_index_init(index, ids, sizeof *ids, count, arena, err);
}

static eg_result read_entry(eg_choices *choices, eg_ballot_choice *out, const eg_node *entry,
                            const eg_path *at, size_t i, const eg_str_index *ids, eg_error *err)
{
    EG_TRY(eg_need_map(entry, at, err));
    EG_TRY(eg_choices_read(choices, out, entry, at, err));
    if (eg_str_index_is_repetition(ids, out->ballot_id, i)) {
        eg_path path = eg_path_field(at, "ballot_id");
        return EG_FAIL(err, EG_E_DUPLICATE, &path, "'ballot_id' was used by an earlier entry");
    }
    return EG_SUCCESS;
}

eg_result eg_choices_read_all(eg_choices *choices, eg_ballot_choice out[], const eg_node *list,
                              const eg_path *path, eg_chunk_errors *errors, eg_error *err)
{
    eg_str_index ids;
    EG_TRY(index_ids(&ids, list, choices->arena, err));
    for (size_t i = 0; i < list->as.array.count; i++) {
        eg_path at = eg_path_index(path, i);
        eg_error found = {.code = EG_OK};
        eg_result r = read_entry(choices, &out[i], &list->as.array.items[i], &at, i, &ids, &found);
        if (eg_failed(r) && errors->count < EG_CHUNK_ERRORS_MAX) {
            errors->list[errors->count++] = found;
        }
    }
    if (errors->count > 0) {
        *err = errors->list[0];
        return (eg_result){err->code};
    }
    return EG_SUCCESS;
}
