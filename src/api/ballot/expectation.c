#include "api/ballot/expectation.h"

#include "base/str_index.h"
#include "wire/fields.h"

/* ---- reading ---- */

static eg_result init_contest(eg_expected_contest *out, const eg_contest_description *description,
                              eg_arena *arena, eg_error *err)
{
    size_t count = description->selection_count;
    *out = (eg_expected_contest){.description = description, .data = {.kind = EG_NULL}};
    EG_TRY(eg_arena_new(arena, count, sizeof *out->expected, &out->expected, err));
    return eg_arena_new(arena, count, sizeof *out->actual, &out->actual, err);
}

static eg_expected_contest *find_contest(const eg_expectation *e, eg_str id)
{
    for (size_t i = 0; i < e->count; i++) {
        if (eg_str_equal(e->contests[i].description->object_id, id)) {
            return &e->contests[i];
        }
    }
    return NULL;
}

static eg_result expect_selection(eg_expected_contest *contest, const eg_str_index *index,
                                  const eg_node *node, const eg_path *path, eg_error *err)
{
    eg_str id;
    size_t place;
    EG_TRY(eg_node_str(&id, node, path, 0, EG_NAME_BYTES_MAX, err));
    if (!eg_str_index_find(index, id, &place)) {
        return EG_FAIL(err, EG_E_UNKNOWN_CANDIDATE, path,
                       "the contest has no selection of that id in the manifest");
    }
    if (contest->expected[place]) {
        return EG_FAIL(err, EG_E_DUPLICATE, path, "the selection is named twice");
    }
    contest->expected[place] = true;
    return EG_SUCCESS;
}

/* A selection's id, or a list of them. */
static eg_result expect_contest(eg_expected_contest *contest, const eg_node *node,
                                const eg_path *path, eg_arena *arena, eg_error *err)
{
    const eg_selection_description *selections = contest->description->selections;
    eg_str_index index;
    if (node->kind == EG_NULL) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_str_index_init(&index, &selections[0].object_id, sizeof *selections,
                             contest->description->selection_count, arena, err));
    if (node->kind == EG_STRING) {
        return expect_selection(contest, &index, node, path, err);
    }
    EG_TRY(eg_need_array(node, path, EG_SELECTIONS_MAX, err));
    for (size_t i = 0; i < node->as.array.count; i++) {
        eg_path at = eg_path_index(path, i);
        EG_TRY(expect_selection(contest, &index, &node->as.array.items[i], &at, err));
    }
    return EG_SUCCESS;
}

static eg_result init_contests(eg_expectation *out, const eg_manifest *manifest, eg_str style_id,
                               eg_arena *arena, eg_error *err)
{
    const eg_ballot_style *style = eg_manifest_style(manifest, style_id);
    if (style == NULL) {
        eg_path ballot = eg_path_field(NULL, "encrypted_ballot_with_nonce");
        eg_path path = eg_path_field(&ballot, "style_id");
        return EG_FAIL(err, EG_E_WRONG_ELECTION, &path,
                       "the ballot style is not one of the election");
    }
    out->count = style->contest_count;
    EG_TRY(eg_arena_new(arena, out->count, sizeof *out->contests, &out->contests, err));
    for (size_t i = 0; i < out->count; i++) {
        EG_TRY(
            init_contest(&out->contests[i], &manifest->contests[style->contests[i]], arena, err));
    }
    return EG_SUCCESS;
}

eg_result eg_expectation_read(eg_expectation *out, const eg_node *fields,
                              const eg_manifest *manifest, eg_str style_id, eg_arena *arena,
                              eg_error *err)
{
    const eg_node *map;
    eg_path path = eg_path_field(NULL, "selections_to_verify");
    EG_TRY(eg_field(&map, fields, NULL, path.name, err));
    EG_TRY(eg_need_map(map, &path, err));
    EG_TRY(init_contests(out, manifest, style_id, arena, err));
    for (size_t i = 0; i < map->as.map.count; i++) {
        const eg_member *member = &map->as.map.members[i];
        eg_path at = eg_path_key(&path, member->key.data, member->key.len);
        eg_expected_contest *contest = find_contest(out, member->key);
        if (contest == NULL) {
            return EG_FAIL(err, EG_E_WRONG_ELECTION, &at,
                           "the contest is not one of the ballot style");
        }
        EG_TRY(expect_contest(contest, &member->value, &at, arena, err));
    }
    return EG_SUCCESS;
}

/* ---- comparing ---- */

/* What was chosen in an overvoted contest counts for nothing and is in the data alone. */
static void take_overvote(eg_expected_contest *contest)
{
    const eg_node *error = NULL, *ids = NULL;
    if (contest->data.kind == EG_MAP) {
        error = eg_map_find(&contest->data, "error");
        ids = eg_map_find(&contest->data, "error_data");
    }
    bool overvote = error != NULL && error->kind == EG_STRING &&
                    eg_str_equal(error->as.str, EG_STR("overvote")) && ids != NULL &&
                    ids->kind == EG_ARRAY;
    for (size_t i = 0; overvote && i < ids->as.array.count; i++) {
        const eg_node *id = &ids->as.array.items[i];
        for (size_t k = 0; k < contest->description->selection_count; k++) {
            contest->actual[k] =
                contest->actual[k] ||
                (id->kind == EG_STRING &&
                 eg_str_equal(id->as.str, contest->description->selections[k].object_id));
        }
    }
}

static eg_result take_data(eg_expected_contest *contest, const eg_ballot_contest *from,
                           const eg_election *election, eg_arena *arena, eg_error *err)
{
    uint8_t *padded;
    eg_str text;
    EG_TRY(eg_arena_new(arena, EG_PADDED_BYTES, 1, &padded, err));
    if (!eg_contest_data_open(&text, padded, from, election)) {
        return EG_SUCCESS;
    }
    eg_result r = eg_tree_parse(&contest->data, EG_JSON, text, 0, arena, NULL, err);
    if (eg_failed(r)) {
        contest->data = (eg_node){.kind = EG_NULL};
    }
    return eg_is_input_fault(r) ? EG_SUCCESS : r;
}

eg_result eg_expectation_compare(eg_expectation *e, const eg_plain_ballot *plain,
                                 const eg_ballot *ballot, const eg_election *election,
                                 eg_arena *arena, eg_error *err)
{
    EG_BUG_IF(err, plain->contest_count != e->count || ballot->contest_count != e->count);
    for (size_t i = 0; i < e->count; i++) {
        eg_expected_contest *contest = &e->contests[i];
        const eg_plain_contest *found = &plain->contests[i];
        EG_BUG_IF(err, found->selection_count != contest->description->selection_count);
        for (size_t k = 0; k < found->selection_count; k++) {
            contest->actual[k] = found->selections[k].vote == 1;
        }
        EG_TRY(take_data(contest, &ballot->contests[i], election, arena, err));
        take_overvote(contest);
    }
    return EG_SUCCESS;
}

/* ---- the answer ---- */

static bool matches(const eg_expected_contest *contest)
{
    return memcmp(contest->expected, contest->actual,
                  contest->description->selection_count * sizeof *contest->expected) == 0;
}

static bool all_match(const eg_expectation *e)
{
    bool all = true;
    for (size_t i = 0; i < e->count; i++) {
        all = all && matches(&e->contests[i]);
    }
    return all;
}

static void put_message(eg_writer *w, const eg_expectation *e)
{
    eg_buf text;
    bool first = true;
    eg_buf_init(&text, w->out->budget);
    eg_buf_append_str(
        &text, all_match(e) ? EG_STR("Ballot choices match the expected selections")
                            : EG_STR("Ballot choices do NOT match the expected selections in "));
    for (size_t i = 0; i < e->count; i++) {
        if (!matches(&e->contests[i])) {
            eg_buf_append_str(&text, first ? EG_STR("") : EG_STR(", "));
            eg_buf_append_str(&text, e->contests[i].description->object_id);
            first = false;
        }
    }
    w->out->failed = w->out->failed || text.failed;
    eg_put_str(w, "message", eg_buf_str(&text));
    eg_buf_free(&text);
}

static void put_selections(eg_writer *w, const char *name, const bool chosen[],
                           const eg_contest_description *description)
{
    eg_write_key(w, name);
    eg_write_array(w, description->selection_count);
    for (size_t k = 0; k < description->selection_count; k++) {
        if (chosen[k]) {
            eg_write_str(w, description->selections[k].object_id);
        }
    }
    eg_write_end(w);
}

void eg_expectation_write(eg_writer *w, const eg_expectation *e, eg_str ballot_id)
{
    eg_write_map(w);
    eg_put_cstr(w, "status", "success");
    eg_put_bool(w, "match", all_match(e));
    put_message(w, e);
    eg_put_str(w, "ballot_id", ballot_id);
    eg_write_key(w, "contests");
    eg_write_array(w, e->count);
    for (size_t i = 0; i < e->count; i++) {
        const eg_expected_contest *contest = &e->contests[i];
        eg_write_map(w);
        eg_put_str(w, "object_id", contest->description->object_id);
        eg_put_bool(w, "match", matches(contest));
        put_selections(w, "verified_selections", contest->actual, contest->description);
        put_selections(w, "expected_selections", contest->expected, contest->description);
        eg_write_key(w, "contest_data");
        eg_write_node(w, &contest->data);
        eg_write_end(w);
    }
    eg_write_end(w);
    eg_write_end(w);
}
