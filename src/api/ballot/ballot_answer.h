/* What a freshly encrypted or published ballot looks like in an answer.
 * Source: docs/api-contract.md 5, /create_encrypted_ballot and /publish_ballot. */
#ifndef EG_API_BALLOT_BALLOT_ANSWER_H
#define EG_API_BALLOT_BALLOT_ANSWER_H

#include "api/frame/negotiation.h"
#include "election/ballot.h"

/* CAST or AUDITED, in any case; absent: CAST. */
eg_result eg_ballot_status_read(bool *audited, const eg_node *map, const eg_path *at,
                                eg_error *err) EG_MUST_USE;
const char *eg_ballot_status_text(bool audited);

/* What a selection's nonce is listed under: its id, as clients of elections from names know it; or
 * `<contest id>/<its id>`, where there may be several contests. */
typedef enum eg_nonce_names { EG_NONCES_OF_NAMES, EG_NONCES_BY_CONTEST } eg_nonce_names;

/* Of a ballot that is seen without its election. */
eg_nonce_names eg_ballot_nonce_names(const eg_ballot *ballot);

/* In the arena. */
eg_result eg_selection_nonce_name(eg_str *out, const eg_ballot_contest *contest,
                                  const eg_ballot_selection *selection, eg_nonce_names names,
                                  eg_arena *arena, eg_error *err) EG_MUST_USE;
/* `<contest id>_nonce`, in the arena. */
eg_result eg_contest_nonce_name(eg_str *out, const eg_ballot_contest *contest, eg_arena *arena,
                                eg_error *err) EG_MUST_USE;

/* How many of its nonces a ballot holds; *all: how many there could be. */
size_t eg_ballot_nonce_count(const eg_ballot *ballot, size_t *all);

/* Key and value of `ballot_nonces`: secret until the ballot is spoiled, which AUDITED means.
 * Entries that are null in the ballot are left out. */
void eg_put_ballot_nonces(eg_writer *w, const eg_ballot *ballot, eg_nonce_names names);

/* Which of the two forms of a ballot an answer has: the published one, and the one that opens it.
 */
typedef enum eg_ballot_parts {
    EG_BALLOT_BOTH,
    EG_BALLOT_PUBLISHED,
    EG_BALLOT_WITH_NONCES
} eg_ballot_parts;

/* `ballot_parts`: both, published or with_nonces; absent: both. */
eg_result eg_ballot_parts_read(eg_ballot_parts *out, const eg_node *map, eg_error *err) EG_MUST_USE;

/* How a ballot is answered. */
typedef struct eg_ballot_form {
    eg_answer_form artifacts;
    eg_ballot_parts parts;
    eg_nonce_names names;
} eg_ballot_form;

/* The answer of the single form, a map. */
void eg_ballot_answer_write(eg_writer *w, const eg_ballot_form *form, const eg_ballot *ballot,
                            bool audited);

#endif
