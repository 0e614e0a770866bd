/* What was decrypted, of the tally and of each spoiled ballot alike, against the guardians' keys
 * and commitments. Private to this folder. */
#ifndef EG_RECORD_AUDIT_DECRYPTION_H
#define EG_RECORD_AUDIT_DECRYPTION_H

#include "record/audit_parts.h"
#include "record/opened_tally.h"

/* The numbers of the specification differ between the tally and spoiled ballots. */
typedef struct eg_decrypted_steps {
    eg_audit_step shares, substitutes, replacements, values;
} eg_decrypted_steps;

typedef struct eg_decrypted_selection {
    const eg_target_contest *contest;
    const eg_target_selection *target;
    const eg_opened_selection *stated;
} eg_decrypted_selection;

typedef struct eg_decrypted {
    eg_audit_state *s;
    const eg_decrypted_steps *steps;
    const eg_source_file *file;
    eg_decrypted_selection *selections; /* of the target without placeholders, in its order */
    size_t count;
} eg_decrypted;

/* Reads it and finds what of it belongs to each selection of the target; s, steps and file are
 * set. *good is false, and a fault noted, when it is not of exactly these selections. Lives in
 * arena, the target and the node. */
eg_result eg_decrypted_open(eg_decrypted *d, eg_opened_tally *tally, const eg_node *map,
                            const eg_target *target, bool *good, eg_arena *arena,
                            eg_error *err) EG_MUST_USE;
/* Everything about selections first .. first + count - 1. */
eg_result eg_decrypted_check(const eg_decrypted *d, size_t first, size_t count, eg_arena *scratch,
                             eg_error *err) EG_MUST_USE;

#endif
