/* Walking the selections of a target in flat order: contest by contest. Private to this folder. */
#ifndef EG_ELECTION_FLAT_H
#define EG_ELECTION_FLAT_H

#include "election/decryption.h"

typedef struct eg_flat {
    size_t contest;
    size_t selection;
} eg_flat;

/* Position of flat index i. i is below eg_target_selection_count. */
static inline eg_flat eg_flat_at(const eg_target *target, size_t i)
{
    eg_flat at = {0, i};
    while (at.selection >= target->contests[at.contest].selection_count) {
        at.selection -= target->contests[at.contest].selection_count;
        at.contest++;
    }
    return at;
}

#endif
