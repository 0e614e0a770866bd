#include "wire/objects/plain_ballot.h"

#include "wire/fields.h"

/* A text, or older releases' {value, length}. */
static eg_result read_extended(eg_opt_str *out, const eg_node *node, const eg_path *at,
                               eg_error *err)
{
    out->present = true;
    if (node->kind == EG_MAP) {
        return eg_read_str(node, at, "value", 0, EG_NAME_BYTES_MAX, &out->value, err);
    }
    return eg_node_str(&out->value, node, at, 0, EG_NAME_BYTES_MAX, err);
}

static eg_result read_write_in(eg_opt_str *out, const eg_node *node, const eg_path *at,
                               eg_error *err)
{
    const eg_node *write_in = eg_map_find(node, "write_in");
    const eg_node *extended = eg_map_find(node, "extended_data");
    eg_path write_in_path = eg_path_field(at, "write_in");
    eg_path extended_path = eg_path_field(at, "extended_data");
    if (write_in != NULL && extended != NULL) {
        return EG_FAIL(err, EG_E_DUPLICATE, &extended_path,
                       "'write_in' and 'extended_data' must not both be given");
    }
    if (extended != NULL) {
        return read_extended(out, extended, &extended_path, err);
    }
    out->present = write_in != NULL;
    return write_in == NULL
               ? EG_SUCCESS
               : eg_node_str(&out->value, write_in, &write_in_path, 0, EG_NAME_BYTES_MAX, err);
}

static eg_result refuse_placeholder(const eg_node *node, const eg_path *at, eg_error *err)
{
    bool placeholder = false;
    eg_path path = eg_path_field(at, "is_placeholder_selection");
    if (eg_map_find(node, path.name) != NULL) {
        EG_TRY(eg_read_bool(node, at, path.name, &placeholder, err));
    }
    if (placeholder) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &path,
                       "placeholders are not a voter's: leave them out of the ballot");
    }
    return EG_SUCCESS;
}

static eg_result read_selection(eg_plain_selection *out, const eg_node *node, const eg_path *at,
                                eg_error *err)
{
    EG_TRY(eg_read_str(node, at, "object_id", 1, EG_NAME_BYTES_MAX, &out->object_id, err));
    EG_TRY(eg_read_int64(node, at, "vote", &out->vote, err));
    EG_TRY(refuse_placeholder(node, at, err));
    return read_write_in(&out->write_in, node, at, err);
}

static eg_result read_contest(eg_plain_contest *out, const eg_node *node, const eg_path *at,
                              eg_arena *arena, eg_error *err)
{
    eg_plain_selection *selections;
    eg_path path = eg_path_field(at, "ballot_selections");
    EG_TRY(eg_read_str(node, at, "object_id", 1, EG_NAME_BYTES_MAX, &out->object_id, err));
    const eg_node *list = eg_map_find(node, path.name);
    if (list == NULL) { /* optional there: nothing was chosen */
        return EG_SUCCESS;
    }
    EG_TRY(eg_need_array(list, &path, EG_SELECTIONS_MAX, err));
    out->selection_count = list->as.array.count;
    EG_TRY(eg_arena_new(arena, out->selection_count, sizeof *selections, &selections, err));
    out->selections = selections;
    for (size_t i = 0; i < out->selection_count; i++) {
        eg_path item = eg_path_index(&path, i);
        EG_TRY(read_selection(&selections[i], &list->as.array.items[i], &item, err));
    }
    return EG_SUCCESS;
}

eg_result eg_plain_ballot_read(eg_plain_ballot *out, const eg_node *node, const eg_path *at,
                               eg_arena *arena, eg_error *err)
{
    const eg_node *list;
    eg_plain_contest *contests;
    eg_path path = eg_path_field(at, "contests");
    EG_TRY(eg_read_name(node, at, "object_id", EG_NAME_BYTES_MAX, &out->object_id, err));
    EG_TRY(eg_read_str(node, at, "style_id", 1, EG_NAME_BYTES_MAX, &out->style_id, err));
    EG_TRY(eg_field(&list, node, at, path.name, err));
    EG_TRY(eg_need_array(list, &path, EG_CONTESTS_MAX, err));
    out->contest_count = list->as.array.count;
    EG_TRY(eg_arena_new(arena, out->contest_count, sizeof *contests, &contests, err));
    out->contests = contests;
    for (size_t i = 0; i < out->contest_count; i++) {
        eg_path item = eg_path_index(&path, i);
        EG_TRY(read_contest(&contests[i], &list->as.array.items[i], &item, arena, err));
    }
    return EG_SUCCESS;
}
