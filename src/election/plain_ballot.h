/* A ballot before its encryption: what a voter chose. */
#ifndef EG_ELECTION_PLAIN_BALLOT_H
#define EG_ELECTION_PLAIN_BALLOT_H

#include "election/manifest.h"

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

typedef struct eg_plain_selection {
    eg_str object_id;
    int64_t vote; /* secret; must be 0 or 1 */
    eg_opt_str write_in;
    /* Secret: places among the contest's selections in which an overvote lists what was chosen, as
     * the voter's ballot had them. Equal places (0 everywhere): as they stand here. */
    uint32_t place;
} eg_plain_selection;

typedef struct eg_plain_contest {
    eg_str object_id;
    const eg_plain_selection *selections;
    size_t selection_count;
} eg_plain_contest;

typedef struct eg_plain_ballot {
    eg_str object_id;
    eg_str style_id;
    const eg_plain_contest *contests;
    size_t contest_count;
} eg_plain_ballot;

/* The service's plain ballot (docs/crypto.md 14.4) from chosen candidates' names; chosen must be
 * distinct and known. */
eg_result eg_plain_ballot_from_names(eg_plain_ballot *out, eg_str ballot_id, const eg_str chosen[],
                                     size_t chosen_count, const eg_manifest *manifest,
                                     eg_arena *arena, eg_error *err) EG_MUST_USE;

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
