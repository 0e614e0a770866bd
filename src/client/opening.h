/* What guardians' shares decrypt to, worked out here: every share is verified against the
 * guardians' published keys, whoever computed it. Source: docs/crypto.md 16. */
#ifndef EG_CLIENT_OPENING_H
#define EG_CLIENT_OPENING_H

#include "client/remote.h"

/* The guardians and the election's context. Lives in the arena. */
typedef struct eg_opener {
    const eg_election_spec *spec;
    eg_guardian_public *guardians; /* all of them, by order; or as they are seated */
    eg_modq *coefficients;         /* of each who is present, among these */
    eg_context context;
} eg_opener;

/* From what the ceremony left; spec->manifest is needed. Records whose proofs do not hold, and a
 * key that they do not make up, are refused. */
eg_result eg_opener_init(eg_opener *out, const eg_election_spec *spec, const eg_ceremony *ceremony,
                         eg_arena *arena, eg_error *err) EG_MUST_USE;

/* Who is present comes first, and then who is missing: so many as the spec says by now. places[i]:
 * the guardian, from 0 in sequence order, who is number i from now on. Once. */
eg_result eg_opener_seat(eg_opener *opener, const size_t places[], eg_arena *arena,
                         eg_error *err) EG_MUST_USE;

/* One share, as it came: of that guardian, its own or for a missing one (NULL: its own), of this
 * target. at leads to it. */
eg_result eg_opener_check_share(const eg_opener *opener, const eg_target *target,
                                const eg_guardian_public *guardian,
                                const eg_guardian_public *missing, const eg_node *share,
                                const eg_path *at, eg_arena *arena, eg_error *err) EG_MUST_USE;

typedef struct eg_opened {
    eg_target target;                   /* set by the caller */
    const eg_decryption_share **shares; /* one of each guardian, in the target's order */
    eg_plain_result *results;           /* of all selections but placeholders */
    size_t result_count;
} eg_opened;

/* own: JSON texts of the shares of those who are present; compensated[m * present + a]: for missing
 * guardian m by guardian a. max: what a count may be. Errors name the guardian and the place in the
 * share. */
eg_result eg_opener_open(const eg_opener *opener, eg_opened *out, const eg_str own[],
                         const eg_str compensated[], uint64_t max, eg_arena *arena,
                         eg_error *err) EG_MUST_USE;

#endif
