/* Validity of a manifest (docs/crypto.md 11.3). Uniqueness by sorting: lists come from outside. */
#include "election/manifest_parts.h"

#include "base/sort.h"

static int by_bytes(const void *a, const void *b)
{
    return eg_str_compare(*(const eg_str *)a, *(const eg_str *)b);
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Sorts items in place. */
static eg_result all_different(eg_str *items, size_t count, const char *field, eg_error *err)
{
    eg_path path = eg_path_field(NULL, field);
    if (count > 1) {
        eg_sort(items, count, sizeof *items, by_bytes);
    }
    for (size_t i = 1; i < count; i++) {
        if (eg_str_equal(items[i - 1], items[i])) {
            return EG_FAIL(err, EG_E_DUPLICATE, &path, "object ids must be unique in '%s'", field);
        }
    }
    return EG_SUCCESS;
}

#define COLLECT_IDS(list, total, member, field)                                                    \
    do {                                                                                           \
        eg_str *ids_ = NULL;                                                                       \
        EG_TRY(eg_arena_new(scratch, (total), sizeof *ids_, &ids_, err));                          \
        for (size_t i_ = 0; i_ < (total); i_++) {                                                  \
            ids_[i_] = (list)[i_].member;                                                          \
        }                                                                                          \
        EG_TRY(all_different(ids_, (total), (field), err));                                        \
    } while (0)

static eg_result different_orders(uint32_t *orders, size_t count, const eg_path *path,
                                  eg_error *err)
{
    if (count > 1) {
        eg_sort(orders, count, sizeof *orders, by_number);
    }
    for (size_t i = 1; i < count; i++) {
        if (orders[i - 1] == orders[i]) {
            return EG_FAIL(err, EG_E_DUPLICATE, path, "sequence orders must be unique");
        }
    }
    return EG_SUCCESS;
}

static bool unit_is_known(const eg_manifest *m, eg_str id)
{
    for (size_t i = 0; i < m->unit_count; i++) {
        if (eg_str_equal(m->units[i].object_id, id)) {
            return true;
        }
    }
    return false;
}

static bool party_is_known(const eg_manifest *m, eg_str id)
{
    for (size_t i = 0; i < m->party_count; i++) {
        if (eg_str_equal(m->parties[i].object_id, id)) {
            return true;
        }
    }
    return false;
}

static bool is_supported_variation(eg_str variation)
{
    static const char *const known[] = {"one_of_m", "approval",  "majority",
                                        "n_of_m",   "plurality", "super_majority"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (eg_str_equal(variation, eg_str_from(known[i]))) {
            return true;
        }
    }
    return false;
}

static eg_result check_styles(const eg_manifest *m, eg_error *err)
{
    eg_path list = eg_path_field(NULL, "ballot_styles");
    for (size_t i = 0; i < m->style_count; i++) {
        eg_path at = eg_path_index(&list, i);
        eg_path units = eg_path_field(&at, "geopolitical_unit_ids");
        if (!m->styles[i].unit_ids.present) {
            return EG_FAIL(err, EG_E_MISSING_FIELD, &units,
                           "a ballot style needs its geopolitical units");
        }
        for (size_t j = 0; j < m->styles[i].unit_ids.count; j++) {
            if (!unit_is_known(m, m->styles[i].unit_ids.items[j])) {
                return EG_FAIL(err, EG_E_OUT_OF_RANGE, &units,
                               "the ballot style names an unknown geopolitical unit");
            }
        }
    }
    return EG_SUCCESS;
}

static eg_result check_contest(const eg_manifest *m, size_t index, eg_arena *scratch, eg_error *err)
{
    const eg_contest_description *c = &m->contests[index];
    eg_path list = eg_path_field(NULL, "contests");
    eg_path at = eg_path_index(&list, index);
    if (!unit_is_known(m, c->electoral_district_id)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at, "the contest's electoral district is unknown");
    }
    if (c->selection_count == 0 || c->selection_count > EG_SELECTIONS_MAX ||
        c->number_elected > c->selection_count ||
        (c->has_votes_allowed && c->votes_allowed < c->number_elected)) {
        return EG_FAIL(
            err, EG_E_OUT_OF_RANGE, &at,
            "the contest must have at least as many selections, and votes, as are elected");
    }
    if (!is_supported_variation(c->vote_variation)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &at,
                       "the contest's vote variation is not supported");
    }
    COLLECT_IDS(c->selections, c->selection_count, object_id, "ballot_selections");
    COLLECT_IDS(c->selections, c->selection_count, candidate_id, "ballot_selections");
    uint32_t *orders = NULL;
    EG_TRY(eg_arena_new(scratch, c->selection_count, sizeof *orders, &orders, err));
    for (size_t i = 0; i < c->selection_count; i++) {
        orders[i] = c->selections[i].sequence_order;
    }
    return different_orders(orders, c->selection_count, &at, err);
}

eg_result eg_manifest_check_parties(const eg_manifest *m, eg_error *err)
{
    eg_path candidates = eg_path_field(NULL, "candidates");
    for (size_t i = 0; i < m->candidate_count; i++) {
        if (m->candidates[i].party_id.present &&
            !party_is_known(m, m->candidates[i].party_id.value)) {
            return EG_FAIL(err, EG_E_OUT_OF_RANGE, &candidates, "a candidate's party is unknown");
        }
    }
    return EG_SUCCESS;
}

eg_result eg_manifest_check(const eg_manifest *m, eg_arena *scratch, eg_error *err)
{
    eg_path contests = eg_path_field(NULL, "contests");
    COLLECT_IDS(m->units, m->unit_count, object_id, "geopolitical_units");
    COLLECT_IDS(m->styles, m->style_count, object_id, "ballot_styles");
    COLLECT_IDS(m->parties, m->party_count, object_id, "parties");
    COLLECT_IDS(m->candidates, m->candidate_count, object_id, "candidates");
    COLLECT_IDS(m->contests, m->contest_count, object_id, "contests");
    uint32_t *orders = NULL;
    EG_TRY(eg_arena_new(scratch, m->contest_count, sizeof *orders, &orders, err));
    for (size_t i = 0; i < m->contest_count; i++) {
        orders[i] = m->contests[i].sequence_order;
    }
    EG_TRY(different_orders(orders, m->contest_count, &contests, err));
    EG_TRY(check_styles(m, err));
    for (size_t i = 0; i < m->contest_count; i++) {
        EG_TRY(check_contest(m, i, scratch, err));
    }
    return EG_SUCCESS;
}
