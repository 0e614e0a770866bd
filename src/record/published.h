/* The files of a record as they are written; manifest, context and ballots have their writers in
 * wire/objects. Each writes one value, in the order of electionguard-python's own files. Source:
 * docs/record.md, docs/crypto.md 18. */
#ifndef EG_RECORD_PUBLISHED_H
#define EG_RECORD_PUBLISHED_H

#include "election/decryption.h"
#include "election/key_ceremony.h"
#include "wire/writer.h"

/* The object_id of both tallies. */
#define EG_PUBLISHED_TALLY_ID "election-results"

/* constants.json */
void eg_published_constants_write(eg_writer *w);

/* coefficients.json: of each guardian who is present. */
void eg_published_coefficients_write(eg_writer *w, const eg_str ids[], const eg_modq coefficients[],
                                     size_t count);

/* encryption_devices/ */
typedef struct eg_published_device {
    int64_t device_id, session_id, launch_code;
    eg_str location;
} eg_published_device;
void eg_published_device_write(eg_writer *w, const eg_published_device *device);

/* guardians/ */
void eg_published_guardian_write(eg_writer *w, const eg_guardian_public *guardian);

/* encrypted_tally.json */
void eg_published_tally_write(eg_writer *w, eg_str object_id, const eg_tally *tally);

/* tally.json, and each of spoiled_ballots/: what a target was opened to. results are of every
 * selection but placeholders, in the target's order; shares are in that order as well, one of each
 * guardian. */
typedef struct eg_published_opening {
    eg_str object_id;
    const eg_target *target;
    const eg_plain_result *results;
    const eg_decryption_share *const *shares;
    size_t share_count;
} eg_published_opening;
void eg_published_opening_write(eg_writer *w, const eg_published_opening *opening);

#endif
