/* Pads that occur twice among all the ballots of a record: copies (election/pad_set.h), in ten
 * bytes for each pad, since a county has millions. What looks like a copy is looked at again. */
#ifndef EG_RECORD_COPIES_H
#define EG_RECORD_COPIES_H

#include "base/lock.h"
#include "election/pad_set.h"

enum { EG_COPIES_SUSPECTS_MAX = 100 };

/* A pad whose first half was seen before. */
typedef struct eg_copies_suspect {
    eg_pad_mark mark;
    size_t ballot, pad; /* where it was when it was seen before */
} eg_copies_suspect;

typedef struct eg_copies {
    eg_pad_key key;
    uint64_t *slots; /* first halves of marks; 0: empty. arena */
    size_t slot_count, left;
    eg_copies_suspect suspects[EG_COPIES_SUSPECTS_MAX];
    size_t suspect_count;
    eg_lock lock;
} eg_copies;

/* Of at most so many pads. */
eg_result eg_copies_init(eg_copies *out, size_t pads, const eg_rng *rng, eg_arena *arena,
                         eg_error *err) EG_MUST_USE;
void eg_copies_clear(eg_copies *copies);
/* From any thread. */
eg_result eg_copies_add(eg_copies *copies, const eg_ballot *ballot, size_t number,
                        eg_arena *scratch, eg_error *err) EG_MUST_USE;
#endif
