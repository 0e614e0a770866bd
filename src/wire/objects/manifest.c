#include "wire/objects/manifest.h"

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
