/* The functions of key_ceremony.h in parts, so that no unit of work holds a thread for long. */
#ifndef EG_ELECTION_CEREMONY_PARTS_H
#define EG_ELECTION_CEREMONY_PARTS_H

#include "election/key_ceremony.h"

/* eg_guardian_public_check is the shape, which takes no power, and all proofs: those of any
 * commitments first .. first + count - 1 here. */
eg_result eg_guardian_shape_check(const eg_guardian_public *record, uint32_t quorum,
                                  const eg_path *path, eg_error *err) EG_MUST_USE;
eg_result eg_guardian_proofs_check(const eg_guardian_public *record, size_t first, size_t count,
                                   const eg_path *path, eg_error *err) EG_MUST_USE;

#endif
