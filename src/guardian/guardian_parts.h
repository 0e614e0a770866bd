/* What the files of this folder know of a guardian. Private to it. */
#ifndef EG_GUARDIAN_GUARDIAN_PARTS_H
#define EG_GUARDIAN_GUARDIAN_PARTS_H

#include "guardian/guardian.h"

/* What is known of one guardian of the election. */
typedef struct eg_guardian_place {
    bool has_record, has_backup;
    eg_guardian_public record;
    eg_backup backup; /* from it for this guardian; its own place has none */
} eg_guardian_place;

struct eg_guardian {
    eg_arena arena; /* of everything below, and of this */
    eg_str id;
    uint32_t sequence_order;
    uint32_t number_of_guardians;
    uint32_t quorum;
    eg_polynomial polynomial;  /* secret */
    eg_guardian_place *places; /* by sequence order, its own as well */
};

/* Without a key yet: polynomial and its own record are the caller's to fill. */
eg_result eg_guardian_allocate(eg_guardian **out, eg_str id, uint32_t sequence_order,
                               uint32_t number_of_guardians, uint32_t quorum, const eg_path *at,
                               eg_error *err) EG_MUST_USE;

/* NULL when there is none of that order. */
eg_guardian_place *eg_guardian_place_of(const eg_guardian *guardian, uint32_t sequence_order);
static inline eg_guardian_place *eg_guardian_own(const eg_guardian *guardian)
{
    return &guardian->places[guardian->sequence_order - 1];
}

/* Copies into the guardian's memory, and keeps. */
eg_result eg_guardian_keep_record(eg_guardian *guardian, const eg_guardian_public *record,
                                  eg_error *err) EG_MUST_USE;
eg_result eg_guardian_keep_backup(eg_guardian *guardian, const eg_guardian_place *sender,
                                  const eg_backup *backup, eg_error *err) EG_MUST_USE;

/* An order that the election has, and an id that nobody else has. */
eg_result eg_guardian_judge_place(const eg_guardian *guardian, const eg_guardian_public *record,
                                  const eg_path *at, eg_error *err) EG_MUST_USE;

#endif
