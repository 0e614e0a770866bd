/* Homomorphic tally. Source: docs/crypto.md 16.1, 16.2. */
#ifndef EG_ELECTION_TALLY_H
#define EG_ELECTION_TALLY_H

#include "election/ballot.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

typedef struct eg_tally_selection {
    eg_str object_id;
    uint32_t sequence_order;
    eg_modq description_hash;
    eg_ciphertext ciphertext;
} eg_tally_selection;

typedef struct eg_tally_contest {
    eg_str object_id;
    uint32_t sequence_order;
    eg_modq description_hash;
    eg_tally_selection *selections; /* without placeholders, manifest order */
    size_t selection_count;
} eg_tally_contest;

typedef struct eg_tally {
    eg_str object_id; /* "" in the service (16.2) */
    eg_tally_contest *contests;
    size_t contest_count;
    const eg_str *cast_ids; /* request order */
    size_t cast_count;
    const eg_str *spoiled_ids; /* request order */
    size_t spoiled_count;
} eg_tally;

/* Running products of one election, by contest and selection. One per thread; merged at the end. */
typedef struct eg_tally_sum {
    eg_modp_acc *pads; /* one per selection of the manifest, contest by contest, no placeholders */
    eg_modp_acc *data;
    size_t count;
} eg_tally_sum;

eg_result eg_tally_sum_init(eg_tally_sum *out, const eg_manifest *manifest, eg_arena *arena,
                            eg_error *err) EG_MUST_USE;
/* The ballot's structure was checked. Placeholders are skipped. */
void eg_tally_sum_add(eg_tally_sum *sum, const eg_ballot *ballot, const eg_manifest *manifest);
void eg_tally_sum_merge(eg_tally_sum *into, const eg_tally_sum *from);
/* Fills contests from the manifest and the products; ids are the caller's, and must be set or zero
 * before. */
eg_result eg_tally_from_sum(eg_tally *out, const eg_tally_sum *sum, const eg_manifest *manifest,
                            eg_arena *arena, eg_error *err) EG_MUST_USE;

/* A tally from outside against the election: contests and selections exactly the manifest's (order
 * free, put right), hashes equal. No exponentiation: membership of pads and data is still to be
 * checked. */
eg_result eg_tally_check_shape(eg_tally *tally, const eg_election *election, eg_arena *arena,
                               const eg_path *path, eg_error *err) EG_MUST_USE;

/* The shape, and every pad and data in the subgroup. */
eg_result eg_tally_check(eg_tally *tally, const eg_election *election, eg_arena *arena,
                         const eg_path *path, eg_error *err) EG_MUST_USE;

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
