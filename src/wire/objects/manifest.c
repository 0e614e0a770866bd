#include "wire/objects/manifest.h"

#include "election/manifest_parts.h"
#include "wire/fields.h"

/* ---- reading ---- */

typedef struct reader {
    eg_arena *arena;
    eg_problems *problems;
    eg_error found; /* of the step that is under way */
    eg_error *err;
} reader;

/* A step of reading, with &r->found as its error: what the input has wrong is noted. */
#define NOTE(r, step) EG_TRY(eg_problems_note((r)->problems, (step), &(r)->found, (r)->err))

static eg_result no_nul(eg_str text, const eg_path *path, eg_error *err)
{
    if (text.len > 0 && memchr(text.data, '\0', text.len) != NULL) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, path, "'%.*s' must not hold the character U+0000",
                       (int)path->name_len, path->name == NULL ? "" : path->name);
    }
    return EG_SUCCESS;
}

static eg_result id_of(eg_str *out, const eg_node *node, const eg_path *path, eg_error *err)
{
    eg_str id;
    EG_TRY(eg_node_name(&id, node, path, EG_NAME_BYTES_MAX, err));
    EG_TRY(no_nul(id, path, err));
    *out = id;
    return EG_SUCCESS;
}

static eg_result text_of(eg_str *out, const eg_node *node, const eg_path *path, eg_error *err)
{
    eg_str text;
    EG_TRY(eg_node_str(&text, node, path, 0, EG_TEXT_BYTES_MAX, err));
    EG_TRY(no_nul(text, path, err));
    *out = text;
    return EG_SUCCESS;
}

static eg_result need_id(eg_str *out, const eg_node *map, const eg_path *at, const char *name,
                         eg_error *err)
{
    const eg_node *node;
    eg_path path = eg_path_field(at, name);
    EG_TRY(eg_field(&node, map, at, name, err));
    return id_of(out, node, &path, err);
}

static eg_result need_text(eg_str *out, const eg_node *map, const eg_path *at, const char *name,
                           eg_error *err)
{
    const eg_node *node;
    eg_path path = eg_path_field(at, name);
    EG_TRY(eg_field(&node, map, at, name, err));
    return text_of(out, node, &path, err);
}

/* A word of an enumeration, or a date: empty would pass for unread. */
static eg_result need_word(eg_str *out, const eg_node *map, const eg_path *at, const char *name,
                           eg_error *err)
{
    enum { WORD_BYTES_MAX = 64 };
    eg_str word;
    EG_TRY(eg_read_str(map, at, name, 1, WORD_BYTES_MAX, &word, err));
    *out = word;
    return EG_SUCCESS;
}

static eg_result opt_text(reader *r, eg_opt_str *out, const eg_node *map, const eg_path *at,
                          const char *name)
{
    const eg_node *node = eg_map_find(map, name);
    eg_path path = eg_path_field(at, name);
    *out = (eg_opt_str){.present = node != NULL};
    if (node != NULL) {
        NOTE(r, text_of(&out->value, node, &path, &r->found));
    }
    return EG_SUCCESS;
}

/* The entries of a list, *count of them; NULL when it is absent (and need not be there) or no list.
 */
static eg_result list_of(reader *r, const eg_node **items, size_t *count, const eg_node *map,
                         const eg_path *path, size_t most, bool required)
{
    const eg_node *node = eg_map_find(map, path->name);
    *items = NULL;
    *count = 0;
    if (node == NULL && !required) {
        return EG_SUCCESS;
    }
    if (node == NULL) { /* null is of the wrong kind where something is required */
        eg_result missing = eg_field(&node, map, path->up, path->name, &r->found);
        NOTE(r, missing);
        if (eg_failed(missing)) {
            return EG_SUCCESS;
        }
    }
    eg_result fits = eg_need_array(node, path, most, &r->found);
    NOTE(r, fits);
    if (!eg_failed(fits)) {
        *items = node->as.array.items;
        *count = node->as.array.count;
    }
    return EG_SUCCESS;
}

/* False, and noted, when node is no map. */
static eg_result is_map(reader *r, bool *out, const eg_node *node, const eg_path *at)
{
    eg_result fits = eg_need_map(node, at, &r->found);
    NOTE(r, fits);
    *out = !eg_failed(fits);
    return EG_SUCCESS;
}

/* `most` entries at most, each read by one_of. */
static eg_result opt_strings(reader *r, eg_str_list *out, const eg_node *map, const eg_path *at,
                             const char *name, size_t most,
                             eg_result (*one_of)(eg_str *, const eg_node *, const eg_path *,
                                                 eg_error *))
{
    const eg_node *nodes;
    eg_str *items = NULL;
    eg_path path = eg_path_field(at, name);
    out->present = eg_map_find(map, name) != NULL;
    EG_TRY(list_of(r, &nodes, &out->count, map, &path, most, false));
    EG_TRY(eg_arena_new(r->arena, out->count, sizeof *items, &items, r->err));
    out->items = items;
    for (size_t i = 0; i < out->count; i++) {
        eg_path item = eg_path_index(&path, i);
        NOTE(r, one_of(&items[i], &nodes[i], &item, &r->found));
    }
    return EG_SUCCESS;
}

/* ---- texts and contacts ---- */

static eg_result read_language(reader *r, eg_language *out, const eg_node *node, const eg_path *at)
{
    bool map;
    eg_path language = eg_path_field(at, "language");
    EG_TRY(is_map(r, &map, node, at));
    out->language = EG_STR("en");
    if (!map) {
        return EG_SUCCESS;
    }
    NOTE(r, need_text(&out->value, node, at, "value", &r->found));
    const eg_node *found = eg_map_find(node, "language");
    if (found != NULL) {
        NOTE(r, text_of(&out->language, found, &language, &r->found));
    }
    return EG_SUCCESS;
}

static eg_result read_languages(reader *r, eg_text *out, const eg_node *node, const eg_path *at)
{
    const eg_node *nodes;
    eg_language *items = NULL;
    eg_path path = eg_path_field(at, "text");
    out->kind = EG_TEXT_LANGUAGES;
    EG_TRY(list_of(r, &nodes, &out->language_count, node, &path, EG_LANGUAGES_MAX, false));
    EG_TRY(eg_arena_new(r->arena, out->language_count, sizeof *items, &items, r->err));
    out->languages = items;
    for (size_t i = 0; i < out->language_count; i++) {
        eg_path item = eg_path_index(&path, i);
        EG_TRY(read_language(r, &items[i], &nodes[i], &item));
    }
    return EG_SUCCESS;
}

/* absent: what it is when it is not there. */
static eg_result read_text(reader *r, eg_text *out, const eg_node *map, const eg_path *at,
                           const char *name, eg_text absent)
{
    bool is;
    const eg_node *node = eg_map_find(map, name);
    eg_path path = eg_path_field(at, name);
    *out = absent;
    if (node == NULL) {
        return EG_SUCCESS;
    }
    if (node->kind == EG_STRING) {
        out->kind = EG_TEXT_PLAIN;
        NOTE(r, text_of(&out->plain, node, &path, &r->found));
        return EG_SUCCESS;
    }
    EG_TRY(is_map(r, &is, node, &path));
    return is ? read_languages(r, out, node, &path) : EG_SUCCESS;
}

static const eg_text no_text = {.kind = EG_TEXT_NULL};
static const eg_text empty_text = {.kind = EG_TEXT_LANGUAGES};

static eg_result read_annotated(reader *r, eg_annotated *out, const eg_node *node,
                                const eg_path *at)
{
    bool map;
    eg_opt_str annotation, value;
    EG_TRY(is_map(r, &map, node, at));
    if (!map) {
        return EG_SUCCESS;
    }
    EG_TRY(opt_text(r, &annotation, node, at, "annotation"));
    EG_TRY(opt_text(r, &value, node, at, "value"));
    *out = (eg_annotated){annotation.value, value.value};
    return EG_SUCCESS;
}

static eg_result read_annotated_list(reader *r, eg_annotated_list *out, const eg_node *map,
                                     const eg_path *at, const char *name)
{
    const eg_node *nodes;
    eg_annotated *items = NULL;
    eg_path path = eg_path_field(at, name);
    out->present = eg_map_find(map, name) != NULL;
    EG_TRY(list_of(r, &nodes, &out->count, map, &path, EG_LANGUAGES_MAX, false));
    EG_TRY(eg_arena_new(r->arena, out->count, sizeof *items, &items, r->err));
    out->items = items;
    for (size_t i = 0; i < out->count; i++) {
        eg_path item = eg_path_index(&path, i);
        EG_TRY(read_annotated(r, &items[i], &nodes[i], &item));
    }
    return EG_SUCCESS;
}

static eg_result read_contact(reader *r, eg_contact *out, const eg_node *map, const eg_path *at)
{
    bool is;
    const eg_node *node = eg_map_find(map, "contact_information");
    eg_path path = eg_path_field(at, "contact_information");
    *out = (eg_contact){.present = node != NULL};
    if (node == NULL) {
        return EG_SUCCESS;
    }
    EG_TRY(is_map(r, &is, node, &path));
    if (!is) {
        return EG_SUCCESS;
    }
    EG_TRY(
        opt_strings(r, &out->address_line, node, &path, "address_line", EG_LANGUAGES_MAX, text_of));
    EG_TRY(read_annotated_list(r, &out->email, node, &path, "email"));
    EG_TRY(read_annotated_list(r, &out->phone, node, &path, "phone"));
    return opt_text(r, &out->name, node, &path, "name");
}

/* ---- lists of objects ---- */

static eg_result read_unit(reader *r, void *item, const eg_node *node, const eg_path *at)
{
    eg_unit *out = item;
    NOTE(r, need_id(&out->object_id, node, at, "object_id", &r->found));
    NOTE(r, need_text(&out->name, node, at, "name", &r->found));
    NOTE(r, need_word(&out->type, node, at, "type", &r->found));
    return read_contact(r, &out->contact, node, at);
}

static eg_result read_party(reader *r, void *item, const eg_node *node, const eg_path *at)
{
    eg_party *out = item;
    NOTE(r, need_id(&out->object_id, node, at, "object_id", &r->found));
    EG_TRY(read_text(r, &out->name, node, at, "name", empty_text));
    EG_TRY(opt_text(r, &out->abbreviation, node, at, "abbreviation"));
    EG_TRY(opt_text(r, &out->color, node, at, "color"));
    return opt_text(r, &out->logo_uri, node, at, "logo_uri");
}

static eg_result read_candidate(reader *r, void *item, const eg_node *node, const eg_path *at)
{
    eg_candidate *out = item;
    bool write_in = false;
    eg_path party = eg_path_field(at, "party_id");
    const eg_node *party_id = eg_map_find(node, "party_id");
    NOTE(r, need_id(&out->object_id, node, at, "object_id", &r->found));
    EG_TRY(read_text(r, &out->name, node, at, "name", empty_text));
    out->party_id.present = party_id != NULL;
    if (party_id != NULL) {
        NOTE(r, id_of(&out->party_id.value, party_id, &party, &r->found));
    }
    EG_TRY(opt_text(r, &out->image_uri, node, at, "image_uri"));
    if (eg_map_find(node, "is_write_in") != NULL) {
        NOTE(r, eg_read_bool(node, at, "is_write_in", &write_in, &r->found));
        out->is_write_in = write_in ? EG_TRISTATE_TRUE : EG_TRISTATE_FALSE;
    }
    return EG_SUCCESS;
}

static eg_result read_selection(reader *r, void *item, const eg_node *node, const eg_path *at)
{
    eg_selection_description *out = item;
    out->sequence_order = EG_ORDER_UNREAD;
    NOTE(r, need_id(&out->object_id, node, at, "object_id", &r->found));
    NOTE(r, eg_read_count(node, at, "sequence_order", 0, EG_SEQUENCE_ORDER_MAX,
                          &out->sequence_order, &r->found));
    NOTE(r, need_id(&out->candidate_id, node, at, "candidate_id", &r->found));
    return EG_SUCCESS;
}

static eg_result read_style(reader *r, void *item, const eg_node *node, const eg_path *at)
{
    eg_ballot_style *out = item;
    NOTE(r, need_id(&out->object_id, node, at, "object_id", &r->found));
    EG_TRY(opt_strings(r, &out->unit_ids, node, at, "geopolitical_unit_ids", EG_UNITS_MAX, id_of));
    EG_TRY(opt_strings(r, &out->party_ids, node, at, "party_ids", EG_CANDIDATES_MAX, id_of));
    return opt_text(r, &out->image_uri, node, at, "image_uri");
}

typedef eg_result (*read_item)(reader *r, void *item, const eg_node *node, const eg_path *at);

/* *out stays NULL where there is no list to read. */
static eg_result read_items(reader *r, void *out, size_t *count, size_t item_bytes,
                            const eg_node *map, const eg_path *at, const char *name, size_t most,
                            bool required, read_item read)
{
    bool is;
    const eg_node *nodes;
    char *items = NULL;
    eg_path path = eg_path_field(at, name);
    bool unread = required || eg_map_find(map, name) != NULL;
    EG_TRY(list_of(r, &nodes, count, map, &path, most, required));
    if (nodes == NULL && unread) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_arena_new(r->arena, *count, item_bytes, &items, r->err));
    memcpy(out, &items, sizeof items);
    for (size_t i = 0; i < *count; i++) {
        eg_path item = eg_path_index(&path, i);
        EG_TRY(is_map(r, &is, &nodes[i], &item));
        if (is) {
            EG_TRY(read(r, items + i * item_bytes, &nodes[i], &item));
        }
    }
    return EG_SUCCESS;
}

static eg_result read_contest(reader *r, void *item, const eg_node *node, const eg_path *at)
{
    eg_contest_description *out = item;
    out->sequence_order = EG_ORDER_UNREAD;
    NOTE(r, need_id(&out->object_id, node, at, "object_id", &r->found));
    NOTE(r, eg_read_count(node, at, "sequence_order", 0, EG_SEQUENCE_ORDER_MAX,
                          &out->sequence_order, &r->found));
    NOTE(r, need_id(&out->electoral_district_id, node, at, "electoral_district_id", &r->found));
    NOTE(r, need_word(&out->vote_variation, node, at, "vote_variation", &r->found));
    NOTE(r, eg_read_count(node, at, "number_elected", 0, EG_SEQUENCE_ORDER_MAX,
                          &out->number_elected, &r->found));
    if (eg_map_find(node, "votes_allowed") != NULL) {
        eg_result allowed = eg_read_count(node, at, "votes_allowed", 0, EG_SEQUENCE_ORDER_MAX,
                                          &out->votes_allowed, &r->found);
        NOTE(r, allowed);
        out->has_votes_allowed = !eg_failed(allowed);
    }
    NOTE(r, need_text(&out->name, node, at, "name", &r->found));
    EG_TRY(read_items(r, &out->selections, &out->selection_count, sizeof *out->selections, node, at,
                      "ballot_selections", EG_CANDIDATES_MAX, false, read_selection));
    EG_TRY(read_text(r, &out->ballot_title, node, at, "ballot_title", no_text));
    return read_text(r, &out->ballot_subtitle, node, at, "ballot_subtitle", no_text);
}

#define READ_LIST(list, total, name, most, read)                                                   \
    EG_TRY(read_items(r, &(list), &(total), sizeof *(list), node, at, (name), (most), true, (read)))

static eg_result read_lists(reader *r, eg_manifest *out, const eg_node *node, const eg_path *at)
{
    READ_LIST(out->units, out->unit_count, "geopolitical_units", EG_UNITS_MAX, read_unit);
    READ_LIST(out->parties, out->party_count, "parties", EG_CANDIDATES_OF_MANIFEST_MAX, read_party);
    READ_LIST(out->candidates, out->candidate_count, "candidates", EG_CANDIDATES_OF_MANIFEST_MAX,
              read_candidate);
    READ_LIST(out->contests, out->contest_count, "contests", EG_CONTESTS_MAX, read_contest);
    READ_LIST(out->styles, out->style_count, "ballot_styles", EG_STYLES_MAX, read_style);
    return EG_SUCCESS;
}

eg_result eg_manifest_read(eg_manifest *out, const eg_node *node, const eg_path *at,
                           eg_arena *arena, eg_problems *problems, eg_error *err)
{
    bool map;
    reader state = {.arena = arena, .problems = problems, .err = err}, *r = &state;
    *out = (eg_manifest){.contest_count = 0};
    EG_TRY(is_map(r, &map, node, at));
    if (!map) {
        return EG_SUCCESS;
    }
    NOTE(r, need_text(&out->election_scope_id, node, at, "election_scope_id", &r->found));
    NOTE(r, need_word(&out->spec_version, node, at, "spec_version", &r->found));
    NOTE(r, need_word(&out->type, node, at, "type", &r->found));
    NOTE(r, need_word(&out->start_date, node, at, "start_date", &r->found));
    NOTE(r, need_word(&out->end_date, node, at, "end_date", &r->found));
    EG_TRY(read_lists(r, out, node, at));
    EG_TRY(read_text(r, &out->name, node, at, "name", no_text));
    return read_contact(r, &out->contact, node, at);
}

eg_result eg_manifest_take(eg_manifest *out, const eg_node *node, const eg_path *at,
                           eg_arena *arena, eg_problems *problems, eg_error *err)
{
    EG_TRY(eg_manifest_read(out, node, at, arena, problems, err));
    EG_TRY(eg_manifest_judge(out, problems, at, arena, err));
    return problems->faults > 0 ? EG_SUCCESS : eg_manifest_finish(out, arena, err);
}

/* ---- writing ---- */

static void put_opt(eg_writer *w, const char *name, const eg_opt_str *s)
{
    if (s->present) {
        eg_put_str(w, name, s->value);
    } else {
        eg_put_null(w, name);
    }
}

static void put_str_list(eg_writer *w, const char *name, const eg_str_list *list)
{
    if (!list->present) {
        eg_put_null(w, name);
        return;
    }
    eg_write_key(w, name);
    eg_write_array(w, list->count);
    for (size_t i = 0; i < list->count; i++) {
        eg_write_str(w, list->items[i]);
    }
    eg_write_end(w);
}

static void put_annotated_list(eg_writer *w, const char *name, const eg_annotated_list *list)
{
    if (!list->present) {
        eg_put_null(w, name);
        return;
    }
    eg_write_key(w, name);
    eg_write_array(w, list->count);
    for (size_t i = 0; i < list->count; i++) {
        eg_write_map(w);
        eg_put_str(w, "annotation", list->items[i].annotation);
        eg_put_str(w, "value", list->items[i].value);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void put_languages(eg_writer *w, const eg_text *text)
{
    eg_write_map(w);
    eg_write_key(w, "text");
    eg_write_array(w, text->language_count);
    for (size_t i = 0; i < text->language_count; i++) {
        eg_write_map(w);
        eg_put_str(w, "value", text->languages[i].value);
        eg_put_str(w, "language", text->languages[i].language);
        eg_write_end(w);
    }
    eg_write_end(w);
    eg_write_end(w);
}

static void put_text(eg_writer *w, const char *name, const eg_text *text)
{
    eg_write_key(w, name);
    switch (text->kind) {
    case EG_TEXT_NULL:
        eg_write_null(w);
        break;
    case EG_TEXT_PLAIN:
        eg_write_str(w, text->plain);
        break;
    case EG_TEXT_LANGUAGES:
        put_languages(w, text);
        break;
    }
}

static void put_contact(eg_writer *w, const eg_contact *contact)
{
    if (!contact->present) {
        eg_put_null(w, "contact_information");
        return;
    }
    eg_write_key(w, "contact_information");
    eg_write_map(w);
    put_str_list(w, "address_line", &contact->address_line);
    put_annotated_list(w, "email", &contact->email);
    put_annotated_list(w, "phone", &contact->phone);
    put_opt(w, "name", &contact->name);
    eg_write_end(w);
}

static void put_units(eg_writer *w, const eg_manifest *m)
{
    eg_write_key(w, "geopolitical_units");
    eg_write_array(w, m->unit_count);
    for (size_t i = 0; i < m->unit_count; i++) {
        eg_write_map(w);
        eg_put_str(w, "object_id", m->units[i].object_id);
        eg_put_str(w, "name", m->units[i].name);
        eg_put_str(w, "type", m->units[i].type);
        put_contact(w, &m->units[i].contact);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void put_parties(eg_writer *w, const eg_manifest *m)
{
    eg_write_key(w, "parties");
    eg_write_array(w, m->party_count);
    for (size_t i = 0; i < m->party_count; i++) {
        eg_write_map(w);
        eg_put_str(w, "object_id", m->parties[i].object_id);
        put_text(w, "name", &m->parties[i].name);
        put_opt(w, "abbreviation", &m->parties[i].abbreviation);
        put_opt(w, "color", &m->parties[i].color);
        put_opt(w, "logo_uri", &m->parties[i].logo_uri);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void put_candidates(eg_writer *w, const eg_manifest *m)
{
    eg_write_key(w, "candidates");
    eg_write_array(w, m->candidate_count);
    for (size_t i = 0; i < m->candidate_count; i++) {
        const eg_candidate *c = &m->candidates[i];
        eg_write_map(w);
        eg_put_str(w, "object_id", c->object_id);
        put_text(w, "name", &c->name);
        put_opt(w, "party_id", &c->party_id);
        put_opt(w, "image_uri", &c->image_uri);
        if (c->is_write_in == EG_TRISTATE_NULL) {
            eg_put_null(w, "is_write_in");
        } else {
            eg_put_bool(w, "is_write_in", c->is_write_in == EG_TRISTATE_TRUE);
        }
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void put_selections(eg_writer *w, const char *name, const eg_selection_description *list,
                           size_t count)
{
    eg_write_key(w, name);
    eg_write_array(w, count);
    for (size_t i = 0; i < count; i++) {
        eg_write_map(w);
        eg_put_str(w, "object_id", list[i].object_id);
        eg_put_int(w, "sequence_order", list[i].sequence_order);
        eg_put_str(w, "candidate_id", list[i].candidate_id);
        eg_write_end(w);
    }
    eg_write_end(w);
}

static void put_contest(eg_writer *w, const eg_contest_description *c, bool with_placeholders)
{
    eg_write_map(w);
    eg_put_str(w, "object_id", c->object_id);
    eg_put_int(w, "sequence_order", c->sequence_order);
    eg_put_str(w, "electoral_district_id", c->electoral_district_id);
    eg_put_str(w, "vote_variation", c->vote_variation);
    eg_put_int(w, "number_elected", c->number_elected);
    if (c->has_votes_allowed) {
        eg_put_int(w, "votes_allowed", c->votes_allowed);
    } else {
        eg_put_null(w, "votes_allowed");
    }
    eg_put_str(w, "name", c->name);
    put_selections(w, "ballot_selections", c->selections, c->selection_count);
    put_text(w, "ballot_title", &c->ballot_title);
    put_text(w, "ballot_subtitle", &c->ballot_subtitle);
    if (with_placeholders) {
        put_selections(w, "placeholder_selections", c->placeholders, c->placeholder_count);
    }
    eg_write_end(w);
}

static void put_contests(eg_writer *w, const eg_manifest *m, bool with_placeholders)
{
    eg_write_key(w, "contests");
    eg_write_array(w, m->contest_count);
    for (size_t i = 0; i < m->contest_count; i++) {
        put_contest(w, &m->contests[i], with_placeholders);
    }
    eg_write_end(w);
}

static void put_styles(eg_writer *w, const eg_manifest *m)
{
    eg_write_key(w, "ballot_styles");
    eg_write_array(w, m->style_count);
    for (size_t i = 0; i < m->style_count; i++) {
        eg_write_map(w);
        eg_put_str(w, "object_id", m->styles[i].object_id);
        put_str_list(w, "geopolitical_unit_ids", &m->styles[i].unit_ids);
        put_str_list(w, "party_ids", &m->styles[i].party_ids);
        put_opt(w, "image_uri", &m->styles[i].image_uri);
        eg_write_end(w);
    }
    eg_write_end(w);
}

void eg_manifest_write(eg_writer *w, const void *manifest)
{
    const eg_manifest *m = manifest;
    eg_write_map(w);
    eg_put_str(w, "election_scope_id", m->election_scope_id);
    eg_put_str(w, "spec_version", m->spec_version);
    eg_put_str(w, "type", m->type);
    eg_put_str(w, "start_date", m->start_date);
    eg_put_str(w, "end_date", m->end_date);
    put_units(w, m);
    put_parties(w, m);
    put_candidates(w, m);
    put_contests(w, m, false);
    put_styles(w, m);
    put_text(w, "name", &m->name);
    put_contact(w, &m->contact);
    eg_write_end(w);
}

void eg_internal_manifest_write(eg_writer *w, const void *manifest)
{
    const eg_manifest *m = manifest;
    eg_write_map(w);
    put_units(w, m);
    put_contests(w, m, true);
    put_styles(w, m);
    eg_put_q(w, "manifest_hash", &m->hash);
    eg_write_end(w);
}
