/* What keeps digests from telling votes. The digest of a chunk's votes is in messages and in names
 * of objects, and the votes of a few ballots are soon guessed: so their lines hold a secret of the
 * run's as well. */
#ifndef EG_CLUSTER_BLIND_H
#define EG_CLUSTER_BLIND_H

#include "client/run_folder.h"

enum { EG_BLIND_HEX = 64 };

/* That of a chunk, the same each time: derived from a secret that the run's folder keeps, and that
 * is made here when it has none. Errors of run_folder.h. */
eg_result eg_blind_of_chunk(char out[EG_BLIND_HEX + 1], const eg_run_folder *folder, size_t chunk,
                            eg_arena *arena, eg_error *err) EG_MUST_USE;

#endif
