/* Ballots of an election from a manifest: `ballot`, or the entries of `ballots`, each a
 * PlaintextBallot in any form. What they hold is secret. Source: docs/api-contract.md 5
 * /create_encrypted_ballot, 6. */
#ifndef EG_API_BALLOT_GENERAL_BALLOT_H
#define EG_API_BALLOT_GENERAL_BALLOT_H

#include "api/frame/error_details.h"
#include "election/ballot_fill.h"
#include "wire/tree.h"

/* node is read anew each time, so that a chunk is never held laid out whole. */
typedef struct eg_general_entry {
    const eg_node *node;          /* borrowed from the request */
    eg_str ballot_id;             /* this and what follows: once it was checked */
    const eg_ballot_style *style; /* of the manifest */
    bool audited;
    bool failed;
} eg_general_entry;

typedef struct eg_general_ballots {
    const eg_node *fields; /* of the request */
    eg_manifest_index index;
    eg_general_entry *entries;
    size_t count;
    bool chunk;
    size_t per_check;        /* entries of a unit of checking */
    eg_chunk_errors **found; /* by each unit; NULL: none */
} eg_general_ballots;

/* What is there to encrypt; no ballot is looked into. Fields of elections from names are refused.
 * Borrows fields and manifest. */
eg_result eg_general_read(eg_general_ballots *out, const eg_node *fields,
                          const eg_manifest *manifest, eg_arena *arena, eg_error *err) EG_MUST_USE;

/* Entry i can be encrypted: fills in the rest of it. From any stage. */
eg_result eg_general_check(eg_general_ballots *g, size_t i, const eg_call *call, eg_arena *scratch,
                           eg_error *err) EG_MUST_USE;

/* A chunk's entries by units, from any threads; what is wrong with them is kept. */
size_t eg_general_check_units(const eg_general_ballots *g);
eg_result eg_general_check_unit(eg_general_ballots *g, size_t unit, const eg_call *call,
                                eg_arena *scratch, eg_error *err) EG_MUST_USE;
/* Once all were: fails with the first error in the chunk's order, a repeated id among them; errors
 * holds the first EG_CHUNK_ERRORS_MAX. */
eg_result eg_general_settle(const eg_general_ballots *g, eg_chunk_errors *errors, eg_arena *arena,
                            eg_error *err) EG_MUST_USE;

/* Entry i, which was checked, laid out whole. */
eg_result eg_general_plain(eg_plain_ballot *out, const eg_general_ballots *g, size_t i,
                           eg_arena *arena, eg_error *err) EG_MUST_USE;

#endif
