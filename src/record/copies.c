#include "record/copies.h"

/* Places in the table: five for every four pads, so that a search stays short. */
static size_t slots_for(size_t pads)
{
    return pads + pads / 4 + 16;
}

eg_result eg_copies_init(eg_copies *out, size_t pads, const eg_rng *rng, eg_arena *arena,
                         eg_error *err)
{
    *out = (eg_copies){.slot_count = slots_for(pads), .left = pads};
    EG_TRY(eg_pad_key_new(&out->key, rng, err));
    EG_TRY(eg_arena_new(arena, out->slot_count, sizeof *out->slots, &out->slots, err));
    eg_lock_init(&out->lock);
    return EG_SUCCESS;
}

void eg_copies_clear(eg_copies *copies)
{
    if (copies->slots != NULL) {
        eg_lock_clear(&copies->lock);
        copies->slots = NULL;
    }
}

/* False when it was there. */
static bool add(eg_copies *copies, uint64_t half)
{
    half += half == 0; /* 0 is an empty place */
    size_t i = (size_t)(((unsigned __int128)half * copies->slot_count) >> 64);
    while (copies->slots[i] != 0) {
        if (copies->slots[i] == half) {
            return false;
        }
        i = i + 1 == copies->slot_count ? 0 : i + 1;
    }
    copies->slots[i] = half;
    return true;
}

eg_result eg_copies_add(eg_copies *copies, const eg_ballot *ballot, size_t number,
                        eg_arena *scratch, eg_error *err)
{
    const size_t count = eg_ballot_pad_count(ballot);
    eg_pad_mark *marks = NULL;
    EG_TRY(eg_arena_new(scratch, count, sizeof *marks, &marks, err));
    eg_ballot_pad_marks(marks, &copies->key, ballot);
    eg_lock_take(&copies->lock);
    for (size_t i = 0; i < count && copies->left > 0; i++) {
        copies->left--;
        if (!add(copies, marks[i].half[0]) && copies->suspect_count < EG_COPIES_SUSPECTS_MAX) {
            copies->suspects[copies->suspect_count++] = (eg_copies_suspect){marks[i], number, i};
        }
    }
    eg_lock_give(&copies->lock);
    return EG_SUCCESS;
}
