/* The tally in the service's form: context, ids, contests and the internal manifest in one map. See
 * ciphertext.h for what readers and writers have in common. Source: docs/crypto.md 16.2,
 * docs/api-contract.md 2.3, 4. */
#ifndef EG_WIRE_OBJECTS_TALLY_H
#define EG_WIRE_OBJECTS_TALLY_H

#include "election/tally.h"
#include "wire/artifact.h"

/* What is written. All borrowed. */
typedef struct eg_tally_object {
    const eg_tally *tally;
    const eg_context *context;
    const eg_manifest *manifest;
    bool texts; /* _encryption, _internal_manifest, _manifest and each contest as JSON texts */
} eg_tally_object;

void eg_tally_object_write(eg_writer *w, const void *tally_object);
/* One contest, an eg_tally_contest: the same in a published tally. */
void eg_tally_contest_write(eg_writer *w, const void *contest);

/* What is read: the tally (object_id "") and the context that it claims. _internal_manifest and
 * _manifest are not looked at: the election's are built from the request. */
typedef struct eg_tally_read_result {
    eg_tally tally;
    eg_context context;
    bool texts; /* _encryption came as a string */
} eg_tally_read_result;

/* In any mixture of forms. Counts are held against EG_CONTESTS_MAX, EG_SELECTIONS_MAX and
 * EG_COUNTED_MAX. A contest's or selection's key must equal its object_id. */
eg_result eg_tally_object_read(eg_tally_read_result *out, const eg_node *node, const eg_path *at,
                               eg_arena *arena, eg_error *err) EG_MUST_USE;

/* Every field of the claimed context equals the election's; else EG_E_WRONG_ELECTION with the path
 * of the field. */
eg_result eg_tally_context_check(const eg_tally_read_result *tally, const eg_context *context,
                                 const eg_path *at, eg_error *err) EG_MUST_USE;

#endif
