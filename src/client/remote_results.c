#include "client/remote_parts.h"

static eg_result parse_votes(uint64_t *out, eg_str text, eg_error *err)
{
    uint64_t value = 0;
    bool good = text.len > 0 && text.len <= 18;
    for (size_t i = 0; good && i < text.len; i++) {
        good = text.data[i] >= '0' && text.data[i] <= '9';
        value = 10 * value + (uint64_t)(text.data[i] - '0');
    }
    if (!good) {
        return EG_FAIL(err, EG_E_INTERNAL, NULL, "'votes' must be a number");
    }
    *out = value;
    return EG_SUCCESS;
}

static eg_result other_results(eg_error *err)
{
    return EG_FAIL(err, EG_E_INTERNAL, NULL, "the results are about other candidates");
}

/* One count, of what must have this id. */
static eg_result read_votes(uint64_t *out, const eg_node *entry, eg_str id, eg_str right_id,
                            eg_error *err)
{
    eg_str votes;
    if (!eg_str_equal(id, right_id)) {
        return other_results(err);
    }
    EG_TRY(eg_need_map(entry, NULL, err));
    EG_TRY(eg_remote_read_text(entry, "votes", &votes, err));
    return parse_votes(out, votes, err);
}

static eg_result count_candidates(uint64_t counts[], const eg_node *results,
                                  const eg_election_spec *spec, eg_error *err)
{
    const eg_node *candidates = NULL;
    EG_TRY(eg_field(&candidates, results, NULL, "candidates", err));
    EG_TRY(eg_need_map(candidates, NULL, err));
    if (candidates->as.map.count != spec->candidate_count) {
        return other_results(err);
    }
    for (size_t i = 0; i < spec->candidate_count; i++) {
        const eg_member *m = &candidates->as.map.members[i];
        EG_TRY(read_votes(&counts[i], &m->value, m->key, spec->candidates[i], err));
    }
    return EG_SUCCESS;
}

/* A list of so many maps. */
static eg_result need_list(const eg_node **out, const eg_node *map, const char *name, size_t count,
                           eg_error *err)
{
    const eg_node *list = NULL;
    eg_path path = eg_path_field(NULL, name);
    EG_TRY(eg_need_map(map, NULL, err));
    EG_TRY(eg_field(&list, map, NULL, name, err));
    EG_TRY(eg_need_array(list, &path, count, err));
    if (list->as.array.count != count) {
        return other_results(err);
    }
    for (size_t i = 0; i < count; i++) {
        eg_path each = eg_path_index(&path, i);
        EG_TRY(eg_need_map(&list->as.array.items[i], &each, err));
    }
    *out = list->as.array.items;
    return EG_SUCCESS;
}

static eg_result count_contest(uint64_t counts[], const eg_node *contest,
                               const eg_contest_description *description, eg_error *err)
{
    const eg_node *selections = NULL;
    EG_TRY(need_list(&selections, contest, "selections", description->selection_count, err));
    for (size_t i = 0; i < description->selection_count; i++) {
        eg_str id;
        EG_TRY(eg_remote_read_text(&selections[i], "id", &id, err));
        EG_TRY(
            read_votes(&counts[i], &selections[i], id, description->selections[i].object_id, err));
    }
    return EG_SUCCESS;
}

static eg_result count_contests(uint64_t counts[], const eg_node *results,
                                const eg_manifest *manifest, eg_error *err)
{
    const eg_node *contests = NULL;
    EG_TRY(need_list(&contests, results, "contests", manifest->contest_count, err));
    for (size_t i = 0; i < manifest->contest_count; i++) {
        const eg_contest_description *description = &manifest->contests[i];
        EG_TRY(count_contest(counts, &contests[i], description, err));
        counts += description->selection_count;
    }
    return EG_SUCCESS;
}

eg_result eg_results_counts(uint64_t counts[], eg_str results, const eg_election_spec *spec,
                            eg_arena *arena, eg_error *err)
{
    eg_node map;
    const eg_node *inner = NULL;
    EG_TRY(eg_tree_parse(&map, EG_JSON, results, 0, arena, NULL, err));
    EG_TRY(eg_need_map(&map, NULL, err));
    EG_TRY(eg_field(&inner, &map, NULL, "results", err));
    EG_TRY(eg_need_map(inner, NULL, err));
    return eg_spec_is_from_names(spec) ? count_candidates(counts, inner, spec, err)
                                       : count_contests(counts, inner, spec->manifest, err);
}
