/* The hashes of the manifest's parts, in the order of docs/crypto.md 11.1, each list one argument.
 */
#include "election/manifest_parts.h"

#include <stdio.h>

static void hash_opt(eg_hash *h, const eg_opt_str *s)
{
    if (s->present) {
        eg_hash_str(h, s->value);
    } else {
        eg_hash_null(h);
    }
}

static void hash_str_list(eg_hash *h, const eg_str_list *list)
{
    if (!list->present || list->count == 0) {
        eg_hash_null(h);
        return;
    }
    eg_hash inner;
    eg_modq digest;
    eg_hash_init(&inner);
    for (size_t i = 0; i < list->count; i++) {
        eg_hash_str(&inner, list->items[i]);
    }
    eg_hash_final(&digest, &inner);
    eg_hash_q(h, &digest);
}

static void hash_annotated_list(eg_hash *h, const eg_annotated_list *list)
{
    if (!list->present || list->count == 0) {
        eg_hash_null(h);
        return;
    }
    eg_hash inner, item;
    eg_modq digest;
    eg_hash_init(&inner);
    for (size_t i = 0; i < list->count; i++) {
        eg_hash_init(&item);
        eg_hash_str(&item, list->items[i].annotation);
        eg_hash_str(&item, list->items[i].value);
        eg_hash_final(&digest, &item);
        eg_hash_q(&inner, &digest);
    }
    eg_hash_final(&digest, &inner);
    eg_hash_q(h, &digest);
}

static void languages_hash(eg_modq *out, const eg_text *text)
{
    eg_hash whole, list, item;
    eg_modq digest;
    eg_hash_init(&whole);
    if (text->language_count == 0) {
        eg_hash_null(&whole);
        eg_hash_final(out, &whole);
        return;
    }
    eg_hash_init(&list);
    for (size_t i = 0; i < text->language_count; i++) {
        eg_hash_init(&item);
        eg_hash_str(&item, text->languages[i].value);
        eg_hash_str(&item, text->languages[i].language);
        eg_hash_final(&digest, &item);
        eg_hash_q(&list, &digest);
    }
    eg_hash_final(&digest, &list);
    eg_hash_q(&whole, &digest);
    eg_hash_final(out, &whole);
}

static void hash_text(eg_hash *h, const eg_text *text)
{
    eg_modq digest;
    switch (text->kind) {
    case EG_TEXT_NULL:
        eg_hash_null(h);
        break;
    case EG_TEXT_PLAIN: /* the service puts strings where the model has texts (11.1) */
        eg_hash_str(h, text->plain);
        break;
    case EG_TEXT_LANGUAGES:
        languages_hash(&digest, text);
        eg_hash_q(h, &digest);
        break;
    }
}

static void hash_contact(eg_hash *h, const eg_contact *contact)
{
    if (!contact->present) {
        eg_hash_null(h);
        return;
    }
    eg_hash inner;
    eg_modq digest;
    eg_hash_init(&inner);
    hash_opt(&inner, &contact->name);
    hash_str_list(&inner, &contact->address_line);
    hash_annotated_list(&inner, &contact->email);
    hash_annotated_list(&inner, &contact->phone);
    eg_hash_final(&digest, &inner);
    eg_hash_q(h, &digest);
}

void eg_selection_description_hash(eg_modq *out, const eg_selection_description *selection)
{
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_str(&h, selection->object_id);
    eg_hash_int(&h, selection->sequence_order);
    eg_hash_str(&h, selection->candidate_id);
    eg_hash_final(out, &h);
}

void eg_contest_description_hash(eg_modq *out, const eg_contest_description *contest)
{
    eg_hash h, list;
    eg_modq digest;
    eg_hash_init(&h);
    eg_hash_str(&h, contest->object_id);
    eg_hash_int(&h, contest->sequence_order);
    eg_hash_str(&h, contest->electoral_district_id);
    eg_hash_str(&h, contest->vote_variation);
    hash_text(&h, &contest->ballot_title);
    hash_text(&h, &contest->ballot_subtitle);
    eg_hash_str(&h, contest->name);
    eg_hash_int(&h, contest->number_elected);
    if (contest->has_votes_allowed) {
        eg_hash_int(&h, contest->votes_allowed);
    } else {
        eg_hash_null(&h);
    }
    eg_hash_init(&list);
    for (size_t i = 0; i < contest->selection_count; i++) {
        eg_hash_q(&list, &contest->selections[i].hash);
    }
    eg_hash_final(&digest, &list);
    eg_hash_q(&h, &digest); /* a contest has selections: 11.4 */
    eg_hash_final(out, &h);
}

void eg_unit_hash(eg_modq *out, const eg_unit *unit)
{
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_str(&h, unit->object_id);
    eg_hash_str(&h, unit->name);
    eg_hash_str(&h, unit->type);
    hash_contact(&h, &unit->contact);
    eg_hash_final(out, &h);
}

void eg_ballot_style_hash(eg_modq *out, const eg_ballot_style *style)
{
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_str(&h, style->object_id);
    hash_str_list(&h, &style->unit_ids);
    hash_str_list(&h, &style->party_ids);
    hash_opt(&h, &style->image_uri);
    eg_hash_final(out, &h);
}

void eg_party_hash(eg_modq *out, const eg_party *party)
{
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_str(&h, party->object_id);
    hash_text(&h, &party->name);
    hash_opt(&h, &party->abbreviation);
    hash_opt(&h, &party->color);
    hash_opt(&h, &party->logo_uri);
    eg_hash_final(out, &h);
}

void eg_candidate_hash(eg_modq *out, const eg_candidate *candidate)
{
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_str(&h, candidate->object_id);
    hash_text(&h, &candidate->name);
    hash_opt(&h, &candidate->party_id);
    hash_opt(&h, &candidate->image_uri);
    eg_hash_final(out, &h);
}

typedef void (*part_hash)(eg_modq *out, const eg_manifest *m, size_t i);

static void unit_at(eg_modq *out, const eg_manifest *m, size_t i)
{
    eg_unit_hash(out, &m->units[i]);
}

static void party_at(eg_modq *out, const eg_manifest *m, size_t i)
{
    eg_party_hash(out, &m->parties[i]);
}

static void contest_at(eg_modq *out, const eg_manifest *m, size_t i)
{
    *out = m->contests[i].hash;
}

static void style_at(eg_modq *out, const eg_manifest *m, size_t i)
{
    eg_ballot_style_hash(out, &m->styles[i]);
}

static void hash_parts(eg_hash *h, const eg_manifest *m, size_t count, part_hash part)
{
    if (count == 0) {
        eg_hash_null(h);
        return;
    }
    eg_hash list;
    eg_modq digest;
    eg_hash_init(&list);
    for (size_t i = 0; i < count; i++) {
        part(&digest, m, i);
        eg_hash_q(&list, &digest);
    }
    eg_hash_final(&digest, &list);
    eg_hash_q(h, &digest);
}

bool eg_manifest_own_hash(eg_modq *out, const eg_manifest *m)
{
    char start[EG_DATE_BYTES], end[EG_DATE_BYTES];
    if (!eg_date_normalise(start, m->start_date) || !eg_date_normalise(end, m->end_date)) {
        return false;
    }
    eg_hash h;
    eg_hash_init(&h);
    eg_hash_str(&h, m->election_scope_id);
    eg_hash_str(&h, m->type);
    eg_hash_str(&h, eg_str_from(start));
    eg_hash_str(&h, eg_str_from(end));
    hash_text(&h, &m->name);
    hash_contact(&h, &m->contact);
    hash_parts(&h, m, m->unit_count, unit_at);
    hash_parts(&h, m, m->party_count, party_at);
    hash_parts(&h, m, m->contest_count, contest_at);
    hash_parts(&h, m, m->style_count, style_at);
    eg_hash_final(out, &h);
    return true;
}
