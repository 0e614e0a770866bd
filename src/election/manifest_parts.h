/* Pieces of the manifest that only this folder and its tests use. */
#ifndef EG_ELECTION_MANIFEST_PARTS_H
#define EG_ELECTION_MANIFEST_PARTS_H

#include "base/problems.h"
#include "election/manifest.h"

enum { EG_DATE_BYTES = 32 };

/* An ISO 8601 date as it is hashed: UTC where it has a zone, as it is where it has none, no
 * fraction, "Z" at the end (docs/crypto.md 11.1). False when it is no such date. */
bool eg_date_normalise(char out[EG_DATE_BYTES], eg_str date);

void eg_unit_hash(eg_modq *out, const eg_unit *unit);
void eg_ballot_style_hash(eg_modq *out, const eg_ballot_style *style);
void eg_party_hash(eg_modq *out, const eg_party *party);
void eg_candidate_hash(eg_modq *out, const eg_candidate *candidate); /* in no other hash */
void eg_selection_description_hash(eg_modq *out, const eg_selection_description *selection);
/* The selections' hashes are filled. */
void eg_contest_description_hash(eg_modq *out, const eg_contest_description *contest);
/* The contests' hashes are filled. False when a date is unreadable. */
bool eg_manifest_own_hash(eg_modq *out, const eg_manifest *manifest);

/* A manifest of which some fields could not be read holds this in their places: no judgement is
 * passed on them. Ids and texts: empty; lists: a NULL pointer. */
enum { EG_ORDER_UNREAD = 0xffffffff };

/* Everything that is wrong with a manifest (docs/crypto.md 11.3), each with its path under `at`:
 * ids and orders that are not unique, references that lead nowhere, unknown words, numbers that do
 * not go together, limits. Fails for other reasons alone. */
eg_result eg_manifest_judge(const eg_manifest *manifest, eg_problems *problems, const eg_path *at,
                            eg_arena *scratch, eg_error *err) EG_MUST_USE;
/* The same of one that was made from names: candidates may be of parties that are not there. */
eg_result eg_manifest_judge_from_names(const eg_manifest *manifest, eg_problems *problems,
                                       eg_arena *scratch, eg_error *err) EG_MUST_USE;

/* The one of the two that is right for a manifest as it was read: those made from names have plain
 * strings for texts. */
eg_result eg_manifest_judge_either(const eg_manifest *manifest, eg_problems *problems,
                                   const eg_path *at, eg_arena *scratch, eg_error *err) EG_MUST_USE;

/* Placeholders, hashes and the styles' contests of a manifest that was judged and is good. */
eg_result eg_manifest_finish(eg_manifest *manifest, eg_arena *arena, eg_error *err) EG_MUST_USE;

#endif
