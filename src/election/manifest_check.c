/* Judging a manifest (docs/crypto.md 11.3): everything that is wrong with it, in the order of its
 * fields. Names are looked up in sorted lists: they come from outside. */
#include "election/manifest_parts.h"

#include "base/sort.h"
#include "base/str_index.h"

/* The ids of a list, which may be none at all. */
#define IDS(list, field) ((list) == NULL ? NULL : &(list)[0].field)

typedef struct judge {
    const eg_manifest *m;
    eg_problems *problems;
    const eg_path *at;
    eg_arena *scratch;
    eg_error *err;
    eg_str_index units, parties, candidates;
} judge;

#define FAULT(j, code, path, ...)                                                                  \
    do {                                                                                           \
        eg_error fault_;                                                                           \
        (void)EG_FAIL(&fault_, (code), (path), __VA_ARGS__);                                       \
        eg_problems_add((j)->problems, &fault_);                                                   \
    } while (0)

/* ---- words ---- */

static const char *const supported_variations[] = {"one_of_m", "approval",  "majority",
                                                   "n_of_m",   "plurality", "super_majority"};
static const char *const other_variations[] = {"borda", "cumulative", "proportional",
                                               "range", "rcv",        "other"};
static const char *const versions[] = {"v0.95", "1.0"};
static const char *const election_types[] = {
    "unknown", "general", "partisan_primary_closed", "partisan_primary_open", "primary", "runoff",
    "special", "other"};
static const char *const unit_types[] = {"unknown",
                                         "ballot_batch",
                                         "ballot_style_area",
                                         "borough",
                                         "city",
                                         "city_council",
                                         "combined_precinct",
                                         "congressional",
                                         "country",
                                         "county",
                                         "county_council",
                                         "drop_box",
                                         "judicial",
                                         "municipality",
                                         "polling_place",
                                         "precinct",
                                         "school",
                                         "special",
                                         "split_precinct",
                                         "state",
                                         "state_house",
                                         "state_senate",
                                         "township",
                                         "utility",
                                         "village",
                                         "vote_center",
                                         "ward",
                                         "water",
                                         "other"};

static bool is_among(eg_str word, const char *const words[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (eg_str_equal(word, eg_str_from(words[i]))) {
            return true;
        }
    }
    return false;
}

#define IS_AMONG(word, words) is_among((word), (words), sizeof(words) / sizeof *(words))

static void need_word(judge *j, bool is_known, eg_str word, const char *field, const eg_path *at)
{
    eg_path path = eg_path_field(at, field);
    if (word.len > 0 && !is_known) {
        FAULT(j, EG_E_OUT_OF_RANGE, &path, "'%s' is none of the words that are known there", field);
    }
}

static void need_date(judge *j, eg_str date, const char *field)
{
    char room[EG_DATE_BYTES];
    eg_path path = eg_path_field(j->at, field);
    if (date.len > 0 && !eg_date_normalise(room, date)) {
        FAULT(j, EG_E_BAD_ENCODING, &path, "'%s' must be a date in ISO 8601", field);
    }
}

/* ---- uniqueness ---- */

/* ids[i] is within an array of anything; its path is <list>[i].<field>. */
static eg_result need_distinct(judge *j, eg_str_index *index, const eg_str *ids, size_t stride,
                               size_t count, const eg_path *list, const char *field)
{
    size_t first;
    EG_TRY(eg_str_index_init(index, ids, stride, count, j->scratch, j->err));
    if (!eg_str_index_repeated(index, &first)) {
        return EG_SUCCESS;
    }
    for (size_t i = first; i < count; i++) {
        const void *id = (const char *)ids + i * stride;
        eg_path item = eg_path_index(list, i);
        eg_path path = eg_path_field(&item, field);
        if (((const eg_str *)id)->len > 0 &&
            eg_str_index_is_repetition(index, *(const eg_str *)id, i)) {
            FAULT(j, EG_E_DUPLICATE, &path, "an earlier entry has the same '%s'", field);
        }
    }
    return EG_SUCCESS;
}

typedef struct placed_order {
    uint32_t order;
    uint32_t place;
} placed_order;

static placed_order place_of(eg_str id, uint32_t order, size_t place)
{
    return (placed_order){id.len == 0 ? EG_ORDER_UNREAD : order, (uint32_t)place};
}

static int by_order(const void *a, const void *b)
{
    const placed_order *x = a, *y = b;
    return x->order != y->order ? (x->order > y->order) - (x->order < y->order)
                                : (x->place > y->place) - (x->place < y->place);
}

/* Sorts orders. */
static eg_result need_distinct_orders(judge *j, placed_order *orders, size_t count,
                                      const eg_path *list)
{
    bool *repeats;
    EG_TRY(eg_arena_new(j->scratch, count, sizeof *repeats, &repeats, j->err));
    if (count > 1) {
        eg_sort(orders, count, sizeof *orders, by_order);
    }
    for (size_t i = 1; i < count; i++) {
        repeats[orders[i].place] =
            orders[i].order != EG_ORDER_UNREAD && orders[i - 1].order == orders[i].order;
    }
    for (size_t i = 0; i < count; i++) {
        eg_path item = eg_path_index(list, i);
        eg_path path = eg_path_field(&item, "sequence_order");
        if (repeats[i]) {
            FAULT(j, EG_E_DUPLICATE, &path, "an earlier entry has the same 'sequence_order'");
        }
    }
    return EG_SUCCESS;
}

/* ---- references ---- */

/* Nothing is said of references into a list that could not be read. */
static void forget_unread(eg_str_index *index, const void *list)
{
    if (list == NULL) {
        index->sorted = NULL;
    }
}

static bool leads_nowhere(const eg_str_index *index, eg_str id)
{
    size_t place;
    return index->sorted != NULL && id.len > 0 && !eg_str_index_find(index, id, &place);
}

static void need_known(judge *j, const eg_str_index *index, eg_str id, const eg_path *path,
                       const char *list)
{
    if (leads_nowhere(index, id)) {
        FAULT(j, EG_E_OUT_OF_RANGE, path, "there is no entry of '%s' with that id", list);
    }
}

static void need_all_known(judge *j, const eg_str_index *index, const eg_str_list *ids,
                           const eg_path *path, const char *list)
{
    for (size_t i = 0; i < ids->count; i++) {
        eg_path at = eg_path_index(path, i);
        need_known(j, index, ids->items[i], &at, list);
    }
}

/* ---- parts ---- */

static eg_result judge_units(judge *j)
{
    const eg_manifest *m = j->m;
    eg_path list = eg_path_field(j->at, "geopolitical_units");
    EG_TRY(need_distinct(j, &j->units, IDS(m->units, object_id), sizeof *m->units, m->unit_count,
                         &list, "object_id"));
    forget_unread(&j->units, m->units);
    for (size_t i = 0; i < m->unit_count; i++) {
        eg_path at = eg_path_index(&list, i);
        need_word(j, IS_AMONG(m->units[i].type, unit_types), m->units[i].type, "type", &at);
    }
    return EG_SUCCESS;
}

static eg_result judge_parties(judge *j)
{
    const eg_manifest *m = j->m;
    eg_path list = eg_path_field(j->at, "parties");
    EG_TRY(need_distinct(j, &j->parties, IDS(m->parties, object_id), sizeof *m->parties,
                         m->party_count, &list, "object_id"));
    forget_unread(&j->parties, m->parties);
    return EG_SUCCESS;
}

static eg_result judge_candidates(judge *j, bool from_names)
{
    const eg_manifest *m = j->m;
    eg_path list = eg_path_field(j->at, "candidates");
    EG_TRY(need_distinct(j, &j->candidates, IDS(m->candidates, object_id), sizeof *m->candidates,
                         m->candidate_count, &list, "object_id"));
    forget_unread(&j->candidates, m->candidates);
    for (size_t i = 0; i < m->candidate_count && !from_names; i++) {
        eg_path at = eg_path_index(&list, i);
        eg_path path = eg_path_field(&at, "party_id");
        if (m->candidates[i].party_id.present) {
            need_known(j, &j->parties, m->candidates[i].party_id.value, &path, "parties");
        }
    }
    return EG_SUCCESS;
}

static eg_result judge_styles(judge *j)
{
    const eg_manifest *m = j->m;
    eg_str_index ids;
    size_t references = 0;
    eg_path list = eg_path_field(j->at, "ballot_styles");
    EG_TRY(need_distinct(j, &ids, IDS(m->styles, object_id), sizeof *m->styles, m->style_count,
                         &list, "object_id"));
    for (size_t i = 0; i < m->style_count; i++) {
        references += m->styles[i].unit_ids.count + m->styles[i].party_ids.count;
    }
    if (references > EG_STYLE_UNITS_MAX) {
        FAULT(j, EG_E_OUT_OF_RANGE, &list, "the ballot styles may name at most %d units in all",
              EG_STYLE_UNITS_MAX);
        return EG_SUCCESS;
    }
    for (size_t i = 0; i < m->style_count; i++) {
        const eg_ballot_style *style = &m->styles[i];
        eg_path at = eg_path_index(&list, i);
        eg_path units = eg_path_field(&at, "geopolitical_unit_ids");
        eg_path parties = eg_path_field(&at, "party_ids");
        if (!style->unit_ids.present) {
            FAULT(j, EG_E_MISSING_FIELD, &units, "a ballot style needs its geopolitical units");
        }
        need_all_known(j, &j->units, &style->unit_ids, &units, "geopolitical_units");
        need_all_known(j, &j->parties, &style->party_ids, &parties, "parties");
    }
    return EG_SUCCESS;
}

/* ---- contests ---- */

static void judge_numbers(judge *j, const eg_contest_description *c, const eg_path *at)
{
    eg_path selections = eg_path_field(at, "ballot_selections");
    eg_path elected = eg_path_field(at, "number_elected");
    eg_path allowed = eg_path_field(at, "votes_allowed");
    if (c->selections != NULL && c->selection_count == 0) {
        FAULT(j, EG_E_OUT_OF_RANGE, &selections, "a contest needs selections");
    } else if (c->selection_count > EG_CANDIDATES_MAX) {
        FAULT(j, EG_E_OUT_OF_RANGE, &selections, "a contest may have at most %d selections",
              EG_CANDIDATES_MAX);
    } else if (c->selections != NULL && c->number_elected > c->selection_count) {
        FAULT(j, EG_E_OUT_OF_RANGE, &elected,
              "'number_elected' must be at most the number of selections");
    }
    if (c->has_votes_allowed && c->votes_allowed < c->number_elected) {
        FAULT(j, EG_E_OUT_OF_RANGE, &allowed, "'votes_allowed' must be at least 'number_elected'");
    }
}

static void judge_variation(judge *j, eg_str variation, const eg_path *at)
{
    eg_path path = eg_path_field(at, "vote_variation");
    if (IS_AMONG(variation, other_variations)) {
        FAULT(j, EG_E_OUT_OF_RANGE, &path,
              "contests of this 'vote_variation' cannot be encrypted: votes are 0 or 1, and "
              "'number_elected' of them count");
        return;
    }
    need_word(j, IS_AMONG(variation, supported_variations), variation, "vote_variation", at);
}

static uint32_t highest_order(const eg_contest_description *c)
{
    uint32_t highest = 0;
    for (size_t i = 0; i < c->selection_count; i++) {
        uint32_t order = c->selections[i].sequence_order;
        highest = order != EG_ORDER_UNREAD && order > highest ? order : highest;
    }
    return highest;
}

/* "<contest id>-<order>-placeholder" of one of the contest's own (11.4) */
static bool is_placeholder_id(eg_str id, const eg_contest_description *c, uint32_t highest)
{
    static const eg_str tail = {"-placeholder", 12};
    size_t head = c->object_id.len + 1;
    if (id.len <= head + tail.len || id.len > head + tail.len + 10 ||
        memcmp(id.data, c->object_id.data, head - 1) != 0 || id.data[head - 1] != '-' ||
        memcmp(id.data + id.len - tail.len, tail.data, tail.len) != 0 || id.data[head] == '0') {
        return false;
    }
    uint64_t order = 0;
    for (size_t i = head; i < id.len - tail.len; i++) {
        if (id.data[i] < '0' || id.data[i] > '9') {
            return false;
        }
        order = order * 10 + (uint64_t)(id.data[i] - '0');
    }
    return order > highest && order <= (uint64_t)highest + c->number_elected;
}

static void judge_selection(judge *j, const eg_contest_description *c, size_t i, uint32_t highest,
                            bool from_names, const eg_path *at)
{
    const eg_selection_description *s = &c->selections[i];
    eg_path id = eg_path_field(at, "object_id");
    eg_path candidate = eg_path_field(at, "candidate_id");
    if (c->object_id.len > 0 && is_placeholder_id(s->object_id, c, highest)) {
        FAULT(j, EG_E_DUPLICATE, &id, "'object_id' is that of one of the contest's placeholders");
    }
    if (!from_names && leads_nowhere(&j->candidates, s->candidate_id)) {
        eg_error warning; /* as the reference does: its own county manifest has such */
        (void)EG_FAIL(&warning, EG_E_OUT_OF_RANGE, &candidate,
                      "there is no entry of 'candidates' with that id");
        eg_problems_warn(j->problems, &warning);
    }
}

static eg_result judge_selections(judge *j, const eg_contest_description *c, bool from_names,
                                  const eg_path *at)
{
    const eg_selection_description *s = c->selections;
    placed_order *orders;
    eg_str_index index;
    eg_path list = eg_path_field(at, "ballot_selections");
    uint32_t highest = highest_order(c);
    EG_TRY(eg_arena_new(j->scratch, c->selection_count, sizeof *orders, &orders, j->err));
    EG_TRY(need_distinct(j, &index, IDS(s, object_id), sizeof *s, c->selection_count, &list,
                         "object_id"));
    EG_TRY(need_distinct(j, &index, IDS(s, candidate_id), sizeof *s, c->selection_count, &list,
                         "candidate_id"));
    for (size_t i = 0; i < c->selection_count; i++) {
        eg_path item = eg_path_index(&list, i);
        orders[i] = place_of(s[i].object_id, s[i].sequence_order, i);
        judge_selection(j, c, i, highest, from_names, &item);
    }
    return need_distinct_orders(j, orders, c->selection_count, &list);
}

static eg_result judge_contest(judge *j, size_t i, bool from_names)
{
    const eg_contest_description *c = &j->m->contests[i];
    eg_path list = eg_path_field(j->at, "contests");
    eg_path at = eg_path_index(&list, i);
    eg_path district = eg_path_field(&at, "electoral_district_id");
    need_known(j, &j->units, c->electoral_district_id, &district, "geopolitical_units");
    judge_variation(j, c->vote_variation, &at);
    judge_numbers(j, c, &at);
    return c->selection_count > EG_CANDIDATES_MAX ? EG_SUCCESS
                                                  : judge_selections(j, c, from_names, &at);
}

/* ---- names of nonces ---- */

static bool begins_with(eg_str s, eg_str head)
{
    return s.len >= head.len && memcmp(s.data, head.data, head.len) == 0;
}

/* Are "<a>/<selection>" and "<b>_nonce", or "<b>/<selection>", one name? b is a, '/' and rest. */
static bool share_a_name(const eg_contest_description *a, const eg_contest_description *b,
                         eg_str rest)
{
    for (size_t i = 0; i < a->selection_count; i++) {
        eg_str id = a->selections[i].object_id;
        if (!begins_with(id, rest)) {
            continue;
        }
        eg_str behind = {id.data + rest.len, id.len - rest.len};
        if (eg_str_equal(behind, EG_STR("_nonce"))) {
            return true;
        }
        for (size_t k = 0; behind.len > 1 && behind.data[0] == '/' && k < b->selection_count; k++) {
            if (eg_str_equal((eg_str){behind.data + 1, behind.len - 1},
                             b->selections[k].object_id)) {
                return true;
            }
        }
    }
    return false;
}

/* Nonces are listed as `ballot_nonce`, `<contest>_nonce` and `<contest>/<selection>`. Two of them
 * have one name only where one contest's id is another's, '/' and more; sorted, such ids follow
 * each other. */
static void judge_nonce_names(judge *j, const eg_str_index *ids)
{
    eg_path list = eg_path_field(j->at, "contests");
    for (size_t i = 0; i < ids->count; i++) {
        eg_str a = ids->sorted[i].str;
        bool shared = eg_str_equal(a, EG_STR("ballot"));
        size_t place = ids->sorted[i].index;
        for (size_t k = i + 1; a.len > 0 && k < ids->count && !shared; k++) {
            eg_str b = ids->sorted[k].str;
            if (!begins_with(b, a)) {
                break;
            }
            place = ids->sorted[k].index;
            shared = b.len > a.len && b.data[a.len] == '/' &&
                     share_a_name(&j->m->contests[ids->sorted[i].index], &j->m->contests[place],
                                  (eg_str){b.data + a.len + 1, b.len - a.len - 1});
        }
        eg_path item = eg_path_index(&list, place);
        eg_path path = eg_path_field(&item, "object_id");
        if (shared) {
            FAULT(j, EG_E_DUPLICATE, &path,
                  "'object_id' gives a nonce of the contest the name of another nonce");
        }
    }
}

static eg_result judge_contests(judge *j, bool from_names)
{
    const eg_manifest *m = j->m;
    placed_order *orders;
    eg_str_index ids;
    size_t selections = 0;
    eg_path list = eg_path_field(j->at, "contests");
    if (m->contest_count > EG_CONTESTS_MAX) {
        FAULT(j, EG_E_OUT_OF_RANGE, &list, "a manifest may have at most %d contests",
              EG_CONTESTS_MAX);
        return EG_SUCCESS;
    }
    EG_TRY(need_distinct(j, &ids, IDS(m->contests, object_id), sizeof *m->contests,
                         m->contest_count, &list, "object_id"));
    EG_TRY(eg_arena_new(j->scratch, m->contest_count, sizeof *orders, &orders, j->err));
    for (size_t i = 0; i < m->contest_count; i++) {
        orders[i] = place_of(m->contests[i].object_id, m->contests[i].sequence_order, i);
        selections += m->contests[i].selection_count;
    }
    EG_TRY(need_distinct_orders(j, orders, m->contest_count, &list));
    if (selections > EG_SELECTIONS_OF_MANIFEST_MAX) {
        FAULT(j, EG_E_OUT_OF_RANGE, &list, "a manifest may have at most %d selections in all",
              EG_SELECTIONS_OF_MANIFEST_MAX);
        return EG_SUCCESS;
    }
    for (size_t i = 0; i < m->contest_count; i++) {
        EG_TRY(judge_contest(j, i, from_names));
    }
    if (!from_names) {
        judge_nonce_names(j, &ids);
    }
    return EG_SUCCESS;
}

static eg_result judge_all(judge *j, bool from_names)
{
    const eg_manifest *m = j->m;
    need_word(j, IS_AMONG(m->spec_version, versions), m->spec_version, "spec_version", j->at);
    need_word(j, IS_AMONG(m->type, election_types), m->type, "type", j->at);
    need_date(j, m->start_date, "start_date");
    need_date(j, m->end_date, "end_date");
    EG_TRY(judge_units(j));
    EG_TRY(judge_parties(j));
    EG_TRY(judge_candidates(j, from_names));
    EG_TRY(judge_contests(j, from_names));
    return judge_styles(j);
}

eg_result eg_manifest_judge(const eg_manifest *manifest, eg_problems *problems, const eg_path *at,
                            eg_arena *scratch, eg_error *err)
{
    judge j = {.m = manifest, .problems = problems, .at = at, .scratch = scratch, .err = err};
    return judge_all(&j, false);
}

eg_result eg_manifest_judge_from_names(const eg_manifest *manifest, eg_problems *problems,
                                       eg_arena *scratch, eg_error *err)
{
    judge j = {.m = manifest, .problems = problems, .scratch = scratch, .err = err};
    return judge_all(&j, true);
}

eg_result eg_manifest_judge_either(const eg_manifest *manifest, eg_problems *problems,
                                   const eg_path *at, eg_arena *scratch, eg_error *err)
{
    return manifest->name.kind == EG_TEXT_PLAIN
               ? eg_manifest_judge_from_names(manifest, problems, scratch, err)
               : eg_manifest_judge(manifest, problems, at, scratch, err);
}
