/* The manifest: what is voted on, and its hashes. Source: docs/crypto.md 11.
 *
 * The general model is here because the library serves any election; the service builds its own
 * small manifest from names (11.5). All strings and arrays are borrowed from the arena that built
 * the manifest. */
#ifndef EG_ELECTION_MANIFEST_H
#define EG_ELECTION_MANIFEST_H

#include "base/arena.h"
#include "crypto/hash.h"
#include "election/limits.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/* A string that may be absent (null on the wire). */
typedef struct eg_opt_str {
    eg_str value;
    bool present;
} eg_opt_str;

typedef struct eg_str_list {
    const eg_str *items;
    size_t count;
    bool present; /* false: null */
} eg_str_list;

typedef struct eg_language {
    eg_str value;
    eg_str language;
} eg_language;

/* Either a list of texts or, in the service's manifest, a plain string. */
typedef struct eg_text {
    enum { EG_TEXT_NULL, EG_TEXT_PLAIN, EG_TEXT_LANGUAGES } kind;
    eg_str plain;
    const eg_language *languages;
    size_t language_count;
} eg_text;

typedef struct eg_annotated {
    eg_str annotation;
    eg_str value;
} eg_annotated;

typedef struct eg_annotated_list {
    const eg_annotated *items;
    size_t count;
    bool present;
} eg_annotated_list;

typedef struct eg_contact {
    bool present;
    eg_str_list address_line;
    eg_annotated_list email;
    eg_annotated_list phone;
    eg_opt_str name;
} eg_contact;

typedef struct eg_unit {
    eg_str object_id;
    eg_str name;
    eg_str type; /* a ReportingUnitType value */
    eg_contact contact;
} eg_unit;

typedef struct eg_ballot_style {
    eg_str object_id;
    eg_str_list unit_ids;
    eg_str_list party_ids;
    eg_opt_str image_uri;
    const uint32_t *contests; /* places of its contests in the manifest, rising */
    size_t contest_count;
} eg_ballot_style;

typedef struct eg_party {
    eg_str object_id;
    eg_text name;
    eg_opt_str abbreviation;
    eg_opt_str color;
    eg_opt_str logo_uri;
} eg_party;

typedef struct eg_candidate {
    eg_str object_id;
    eg_text name;
    eg_opt_str party_id;
    eg_opt_str image_uri;
    enum { EG_TRISTATE_NULL, EG_TRISTATE_FALSE, EG_TRISTATE_TRUE } is_write_in;
} eg_candidate;

typedef struct eg_selection_description {
    eg_str object_id;
    uint32_t sequence_order;
    eg_str candidate_id;
    eg_modq hash; /* filled by eg_manifest_hash */
} eg_selection_description;

typedef struct eg_contest_description {
    eg_str object_id;
    uint32_t sequence_order;
    eg_str electoral_district_id;
    eg_str vote_variation;
    uint32_t number_elected;
    uint32_t votes_allowed;
    bool has_votes_allowed;
    eg_str name;
    const eg_selection_description *selections; /* in listed order */
    size_t selection_count;
    eg_text ballot_title;
    eg_text ballot_subtitle;
    const eg_selection_description *placeholders; /* number_elected of them (11.4) */
    size_t placeholder_count;
    eg_modq hash; /* without placeholders */
} eg_contest_description;

typedef struct eg_manifest {
    eg_str election_scope_id;
    eg_str spec_version;
    eg_str type;
    eg_str start_date; /* as on the wire, for writing */
    eg_str end_date;
    const eg_unit *units;
    size_t unit_count;
    const eg_party *parties;
    size_t party_count;
    const eg_candidate *candidates;
    size_t candidate_count;
    const eg_contest_description *contests;
    size_t contest_count;
    const eg_ballot_style *styles;
    size_t style_count;
    eg_text name;
    eg_contact contact;
    eg_modq hash; /* the manifest's crypto_hash */
} eg_manifest;

/* Builds the service's manifest (11.5), hashes and placeholders included. max_choices is clamped to
 * the number of candidates. Strings are borrowed from the caller and must outlive the manifest.
 * Errors: EG_E_DUPLICATE, EG_E_OUT_OF_RANGE with path candidate_names[i] / party_names. */
eg_result eg_manifest_build_service(eg_manifest *out, eg_arena *arena, const eg_str party_names[],
                                    size_t party_count, const eg_str candidate_names[],
                                    size_t candidate_count, uint32_t max_choices,
                                    eg_error *err) EG_MUST_USE;

/* The same for any number of parties: candidate i is of "party-i" even where there are fewer, which
 * the reference's own judgement of manifests (11.3) refuses and its service never asks. */
eg_result eg_manifest_build_from_names(eg_manifest *out, eg_arena *arena,
                                       const eg_str party_names[], size_t party_count,
                                       const eg_str candidate_names[], size_t candidate_count,
                                       uint32_t max_choices, eg_error *err) EG_MUST_USE;

/* For a manifest whose descriptive fields are filled: adds placeholders (11.4), all hashes (11.1)
 * and the styles' contests, after checking validity (11.3). contests, selections and styles must
 * come from the arena: they are completed in place. */
eg_result eg_manifest_complete(eg_manifest *manifest, eg_arena *arena, eg_error *err) EG_MUST_USE;

/* What people are shown of a text: the plain one, else the first of its languages that is not
 * empty; "" where there is none. Borrowed. */
eg_str eg_text_shown(const eg_text *text);

/* NULL: there is none of that id. */
const eg_ballot_style *eg_manifest_style(const eg_manifest *manifest, eg_str style_id);
bool eg_style_has_contest(const eg_ballot_style *style, const eg_contest_description *contest);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
