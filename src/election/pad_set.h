/* Which pads were seen before: a pad that occurs twice is a ciphertext that somebody copied, since
 * no proof names the ballot it is in. Source: docs/decisions/0021-copied-ballots.md. */
#ifndef EG_ELECTION_PAD_SET_H
#define EG_ELECTION_PAD_SET_H

#include "base/rng.h"
#include "election/ballot.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/* Random for each set, so that nobody can choose pads whose marks fall together. */
typedef struct eg_pad_key {
    uint8_t bytes[32];
} eg_pad_key;

/* The first half of SHA-256 of the key and the pad. */
typedef struct eg_pad_mark {
    uint64_t half[2];
} eg_pad_mark;

eg_result eg_pad_key_new(eg_pad_key *out, const eg_rng *rng, eg_error *err) EG_MUST_USE;
void eg_pad_mark_make(eg_pad_mark *out, const eg_pad_key *key, const eg_modp *pad);

/* The marks of all of a ballot's pads, contest by contest, placeholders included; room for
 * eg_ballot_pad_count of them. */
size_t eg_ballot_pad_count(const eg_ballot *ballot);
void eg_ballot_pad_marks(eg_pad_mark out[], const eg_pad_key *key, const eg_ballot *ballot);
/* The path of pad number i in that order, below at; steps are kept for it to point at. */
enum { EG_PAD_PATH_STEPS = 6 };
const eg_path *eg_ballot_pad_path(eg_path steps[EG_PAD_PATH_STEPS], const eg_ballot *ballot,
                                  size_t i, const eg_path *at);

typedef struct eg_pad_slot {
    eg_pad_mark mark;
    size_t owner; /* and 1; 0: empty */
} eg_pad_slot;

/* A table of fixed size, twice what it may hold. */
typedef struct eg_pad_set {
    eg_pad_slot *slots; /* arena */
    size_t mask;
} eg_pad_set;

/* Of at most that many pads. */
eg_result eg_pad_set_init(eg_pad_set *out, size_t pads, eg_arena *arena, eg_error *err) EG_MUST_USE;

/* *owner is who adds it. False when the mark was added before: then *owner is who did. No more
 * marks than there is room for. */
bool eg_pad_set_add(eg_pad_set *set, const eg_pad_mark *mark, size_t *owner) EG_MUST_USE;

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
