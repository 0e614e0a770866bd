#include "vectors/manifest_json.h"

#include "wire/decimal.h"

#include <string.h>

static eg_opt_str opt(const json_t *map, const char *name)
{
    const json_t *value = json_object_get(map, name);
    return (eg_opt_str){str_of(value), json_is_string(value)};
}

static eg_str_list strings(const vec *v, const json_t *map, const char *name)
{
    const json_t *list = json_object_get(map, name);
    eg_str *items = room(v, json_array_size(list), sizeof *items);
    for (size_t i = 0; i < json_array_size(list); i++) {
        items[i] = str_of(json_array_get(list, i));
    }
    return (eg_str_list){items, json_array_size(list), json_is_array(list)};
}

static eg_annotated_list annotated(const vec *v, const json_t *map, const char *name)
{
    const json_t *list = json_object_get(map, name);
    eg_annotated *items = room(v, json_array_size(list), sizeof *items);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        items[i] = (eg_annotated){str_of(json_object_get(item, "annotation")),
                                  str_of(json_object_get(item, "value"))};
    }
    return (eg_annotated_list){items, json_array_size(list), json_is_array(list)};
}

static eg_contact contact(const vec *v, const json_t *map)
{
    const json_t *c = json_object_get(map, "contact_information");
    if (!json_is_object(c)) {
        return (eg_contact){0};
    }
    return (eg_contact){.present = true,
                        .address_line = strings(v, c, "address_line"),
                        .email = annotated(v, c, "email"),
                        .phone = annotated(v, c, "phone"),
                        .name = opt(c, "name")};
}

static eg_text text_of(const vec *v, const json_t *map, const char *name)
{
    const json_t *value = json_object_get(map, name), *list = json_object_get(value, "text");
    if (json_is_string(value)) {
        return (eg_text){.kind = EG_TEXT_PLAIN, .plain = str_of(value)};
    }
    if (!json_is_object(value)) {
        return (eg_text){.kind = EG_TEXT_NULL};
    }
    eg_language *items = room(v, json_array_size(list), sizeof *items);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        items[i] = (eg_language){str_of(json_object_get(item, "value")),
                                 str_of(json_object_get(item, "language"))};
    }
    return (eg_text){
        .kind = EG_TEXT_LANGUAGES, .languages = items, .language_count = json_array_size(list)};
}

static void contest_of(eg_contest_description *out, const vec *v, const json_t *c)
{
    const json_t *list = json_object_get(c, "ballot_selections"),
                 *votes = json_object_get(c, "votes_allowed");
    eg_selection_description *selections = room(v, json_array_size(list), sizeof *selections);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *s = json_array_get(list, i);
        selections[i].object_id = str_of(json_object_get(s, "object_id"));
        selections[i].sequence_order = (uint32_t)int_of(json_object_get(s, "sequence_order"));
        selections[i].candidate_id = str_of(json_object_get(s, "candidate_id"));
    }
    *out = (eg_contest_description){
        .object_id = str_of(json_object_get(c, "object_id")),
        .sequence_order = (uint32_t)int_of(json_object_get(c, "sequence_order")),
        .electoral_district_id = str_of(json_object_get(c, "electoral_district_id")),
        .vote_variation = str_of(json_object_get(c, "vote_variation")),
        .number_elected = (uint32_t)int_of(json_object_get(c, "number_elected")),
        .votes_allowed = (uint32_t)int_of(votes),
        .has_votes_allowed = json_is_integer(votes),
        .name = str_of(json_object_get(c, "name")),
        .selections = selections,
        .selection_count = json_array_size(list),
        .ballot_title = text_of(v, c, "ballot_title"),
        .ballot_subtitle = text_of(v, c, "ballot_subtitle")};
}

void manifest_of(eg_manifest *out, const vec *v, const json_t *json)
{
    const json_t *units = json_object_get(json, "geopolitical_units"),
                 *parties = json_object_get(json, "parties"),
                 *candidates = json_object_get(json, "candidates"),
                 *contests = json_object_get(json, "contests"),
                 *styles = json_object_get(json, "ballot_styles");
    eg_unit *unit = room(v, json_array_size(units), sizeof *unit);
    eg_party *party = room(v, json_array_size(parties), sizeof *party);
    eg_candidate *candidate = room(v, json_array_size(candidates), sizeof *candidate);
    eg_contest_description *contest = room(v, json_array_size(contests), sizeof *contest);
    eg_ballot_style *style = room(v, json_array_size(styles), sizeof *style);
    for (size_t i = 0; i < json_array_size(units); i++) {
        const json_t *u = json_array_get(units, i);
        unit[i] =
            (eg_unit){str_of(json_object_get(u, "object_id")), str_of(json_object_get(u, "name")),
                      str_of(json_object_get(u, "type")), contact(v, u)};
    }
    for (size_t i = 0; i < json_array_size(parties); i++) {
        const json_t *p = json_array_get(parties, i);
        party[i] = (eg_party){str_of(json_object_get(p, "object_id")), text_of(v, p, "name"),
                              opt(p, "abbreviation"), opt(p, "color"), opt(p, "logo_uri")};
    }
    for (size_t i = 0; i < json_array_size(candidates); i++) {
        const json_t *c = json_array_get(candidates, i);
        candidate[i].object_id = str_of(json_object_get(c, "object_id"));
        candidate[i].name = text_of(v, c, "name");
        candidate[i].party_id = opt(c, "party_id");
        candidate[i].image_uri = opt(c, "image_uri");
    }
    for (size_t i = 0; i < json_array_size(contests); i++) {
        contest_of(&contest[i], v, json_array_get(contests, i));
    }
    for (size_t i = 0; i < json_array_size(styles); i++) {
        const json_t *s = json_array_get(styles, i);
        style[i] = (eg_ballot_style){.object_id = str_of(json_object_get(s, "object_id")),
                                     .unit_ids = strings(v, s, "geopolitical_unit_ids"),
                                     .party_ids = strings(v, s, "party_ids"),
                                     .image_uri = opt(s, "image_uri")};
    }
    *out = (eg_manifest){.election_scope_id = str_of(json_object_get(json, "election_scope_id")),
                         .spec_version = str_of(json_object_get(json, "spec_version")),
                         .type = str_of(json_object_get(json, "type")),
                         .start_date = str_of(json_object_get(json, "start_date")),
                         .end_date = str_of(json_object_get(json, "end_date")),
                         .units = unit,
                         .unit_count = json_array_size(units),
                         .parties = party,
                         .party_count = json_array_size(parties),
                         .candidates = candidate,
                         .candidate_count = json_array_size(candidates),
                         .contests = contest,
                         .contest_count = json_array_size(contests),
                         .styles = style,
                         .style_count = json_array_size(styles),
                         .name = text_of(v, json, "name"),
                         .contact = contact(v, json)};
}

static eg_str *names(const vec *v, const char *field, size_t *count)
{
    eg_str_list list = strings(v, v->in, field);
    *count = list.count;
    return (eg_str *)(uintptr_t)list.items;
}

bool service_manifest_of(eg_manifest *out, const vec *v)
{
    size_t parties, candidates;
    eg_str *party = names(v, "party_names", &parties),
           *candidate = names(v, "candidate_names", &candidates);
    return !eg_failed(eg_manifest_build_service(out, v->arena, party, parties, candidate,
                                                candidates, (uint32_t)int_of(get(v, "max_choices")),
                                                NULL));
}

bool service_election_of(vec_election *out, const vec *v)
{
    eg_modp key;
    eg_modq hash;
    if (!service_manifest_of(&out->manifest, v) ||
        eg_modp_from_decimal(&key, str_of(get(v, "joint_public_key"))) != EG_DECIMAL_OK ||
        eg_modq_from_decimal(&hash, str_of(get(v, "commitment_hash"))) != EG_DECIMAL_OK ||
        eg_failed(eg_context_init(&out->context, (uint32_t)int_of(get(v, "number_of_guardians")),
                                  (uint32_t)int_of(get(v, "quorum")), &key, &hash,
                                  &out->manifest.hash, NULL))) {
        return false;
    }
    out->election = (eg_election){&out->manifest, &out->context, table_of(&key)};
    return true;
}
