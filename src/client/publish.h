/* The published record of an election that was held: electionguard-python 1.4's layout. Source:
 * docs/record.md. */
#ifndef EG_CLIENT_PUBLISH_H
#define EG_CLIENT_PUBLISH_H

#include "client/opening.h"
#include "client/record_folder.h"
#include "record/published.h"

typedef struct eg_publisher {
    const eg_record_folder *record;
    const eg_opener *opener;
    eg_published_device device; /* of every ballot; the service's, unless it is set */
    eg_buf text;                /* of the file at hand */
} eg_publisher;

void eg_publisher_init(eg_publisher *out, const eg_record_folder *record, const eg_opener *opener);
void eg_publisher_free(eg_publisher *publisher);

/* What there is but ballots before anything is decrypted: manifest, context, constants, device,
 * guardians, and the tally. */
eg_result eg_publish_election(eg_publisher *publisher, const eg_tally *tally,
                              eg_error *err) EG_MUST_USE;
/* Coefficients, and what the tally was opened to. */
eg_result eg_publish_opened_tally(eg_publisher *publisher, const eg_opened *opened,
                                  eg_error *err) EG_MUST_USE;
/* A ballot as the service published it: without state, which is set here. */
eg_result eg_publish_ballot(eg_publisher *publisher, eg_str text, eg_ballot_state state,
                            eg_arena *scratch, eg_error *err) EG_MUST_USE;
/* What a spoiled ballot was opened to. */
eg_result eg_publish_opened_ballot(eg_publisher *publisher, const eg_opened *opened,
                                   eg_error *err) EG_MUST_USE;

/* The ballot's text with its state and without any nonce; in arena. */
eg_result eg_submitted_ballot_text(eg_str *out, eg_str text, eg_ballot_state state, eg_arena *arena,
                                   eg_error *err) EG_MUST_USE;

#endif
