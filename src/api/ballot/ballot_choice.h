/* What a voter chose: the three fields of the single form, and of each entry of a chunk.
 * Source: docs/api-contract.md 5 /create_encrypted_ballot, 6. */
#ifndef EG_API_BALLOT_BALLOT_CHOICE_H
#define EG_API_BALLOT_BALLOT_CHOICE_H

#include "api/frame/error_details.h"
#include "base/str_index.h"
#include "election/manifest.h"
#include "wire/tree.h"

typedef struct eg_ballot_choice {
    eg_str ballot_id;
    const eg_str *chosen; /* secret: the vote. Distinct candidates, at most max_choices */
    size_t chosen_count;
    bool audited;
} eg_ballot_choice;

/* The election's side of the check; made once for a call. */
typedef struct eg_choices {
    const eg_contest_description *contest;
    eg_str_index candidates;
    size_t *chosen_by; /* per candidate: 1 + the number of the entry that chose it last */
    size_t entry;
    size_t hints; /* given so far */
    eg_arena *arena;
} eg_choices;

eg_result eg_choices_init(eg_choices *out, const eg_manifest *manifest, eg_arena *arena,
                          eg_error *err) EG_MUST_USE;

/* A name or a list of names: distinct and known. */
eg_result eg_known_names_read(eg_choices *choices, const eg_node *value, const eg_path *path,
                              const eg_str **names, size_t *count, eg_error *err) EG_MUST_USE;

/* The three fields of map. */
eg_result eg_choices_read(eg_choices *choices, eg_ballot_choice *out, const eg_node *map,
                          const eg_path *at, eg_error *err) EG_MUST_USE;

/* Whether a choice is written as clients do that read texts: by the old name alone. Any node. */
bool eg_choice_shows_texts(const eg_node *map);

/* Every entry of the list, ids distinct. Fails with the first error in the list's order; errors
 * holds the first EG_CHUNK_ERRORS_MAX. */
eg_result eg_choices_read_all(eg_choices *choices, eg_ballot_choice out[], const eg_node *list,
                              const eg_path *path, eg_chunk_errors *errors,
                              eg_error *err) EG_MUST_USE;

#endif
