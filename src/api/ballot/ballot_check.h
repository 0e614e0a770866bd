/* What a ballot says of itself. */
#ifndef EG_API_BALLOT_BALLOT_CHECK_H
#define EG_API_BALLOT_BALLOT_CHECK_H

#include "election/ballot.h"

/* The ballot's hashes among themselves, without an election: every crypto_hash recomputed, and the
 * code. */
eg_result eg_ballot_hashes_check(const eg_ballot *ballot, eg_arena *scratch, const eg_path *path,
                                 eg_error *err) EG_MUST_USE;

/* The names under which a ballot's nonces are listed are distinct: `ballot_nonce`,
 * `<contest>_nonce` and the selections' (eg_nonce_names). EG_E_DUPLICATE with the id at fault. */
eg_result eg_ballot_names_check(const eg_ballot *ballot, eg_arena *scratch, const eg_path *path,
                                eg_error *err) EG_MUST_USE;

#endif
