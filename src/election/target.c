#include "election/decryption.h"

static eg_result allocate(eg_target_contest *out, size_t selections, eg_arena *arena, eg_error *err)
{
    out->selection_count = selections;
    return eg_arena_new(arena, selections, sizeof *out->selections, &out->selections, err);
}

eg_result eg_target_from_tally(eg_target *out, const eg_tally *tally, eg_arena *arena,
                               eg_error *err)
{
    out->object_id = tally->object_id;
    out->contest_count = tally->contest_count;
    EG_TRY(eg_arena_new(arena, tally->contest_count, sizeof *out->contests, &out->contests, err));
    for (size_t i = 0; i < tally->contest_count; i++) {
        const eg_tally_contest *from = &tally->contests[i];
        eg_target_contest *to = &out->contests[i];
        EG_TRY(allocate(to, from->selection_count, arena, err));
        to->object_id = from->object_id;
        to->description_hash = from->description_hash;
        for (size_t j = 0; j < from->selection_count; j++) {
            to->selections[j] =
                (eg_target_selection){.object_id = from->selections[j].object_id,
                                      .description_hash = from->selections[j].description_hash,
                                      .ciphertext = &from->selections[j].ciphertext};
        }
    }
    return EG_SUCCESS;
}

eg_result eg_target_from_ballot(eg_target *out, const eg_ballot *ballot, eg_arena *arena,
                                eg_error *err)
{
    out->object_id = ballot->object_id;
    out->contest_count = ballot->contest_count;
    EG_TRY(eg_arena_new(arena, ballot->contest_count, sizeof *out->contests, &out->contests, err));
    for (size_t i = 0; i < ballot->contest_count; i++) {
        const eg_ballot_contest *from = &ballot->contests[i];
        eg_target_contest *to = &out->contests[i];
        EG_TRY(allocate(to, from->selection_count, arena, err));
        to->object_id = from->object_id;
        to->description_hash = from->description_hash;
        for (size_t j = 0; j < from->selection_count; j++) {
            to->selections[j] =
                (eg_target_selection){.object_id = from->selections[j].object_id,
                                      .description_hash = from->selections[j].description_hash,
                                      .ciphertext = &from->selections[j].ciphertext,
                                      .is_placeholder = from->selections[j].is_placeholder};
        }
    }
    return EG_SUCCESS;
}

size_t eg_target_selection_count(const eg_target *target)
{
    size_t count = 0;
    for (size_t i = 0; i < target->contest_count; i++) {
        count += target->contests[i].selection_count;
    }
    return count;
}
