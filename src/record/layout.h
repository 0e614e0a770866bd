/* Which file of a record is what, by its name alone, and what a file is to be called. Source:
 * docs/record.md. */
#ifndef EG_RECORD_LAYOUT_H
#define EG_RECORD_LAYOUT_H

#include "base/str.h"

enum {
    EG_RECORD_ID_BYTES_MAX = 233,    /* the longest file name has 255: submitted_ballot_<id>.json */
    EG_RECORD_FILE_NAME_BYTES = 300, /* with its folder */
};

#define EG_RECORD_FILE_MANIFEST        "manifest.json"
#define EG_RECORD_FILE_CONTEXT         "context.json"
#define EG_RECORD_FILE_CONSTANTS       "constants.json"
#define EG_RECORD_FILE_COEFFICIENTS    "coefficients.json"
#define EG_RECORD_FILE_ENCRYPTED_TALLY "encrypted_tally.json"
#define EG_RECORD_FILE_TALLY           "tally.json"

typedef enum eg_record_class {
    EG_RECORD_CLASS_UNKNOWN,
    EG_RECORD_CLASS_MANIFEST,
    EG_RECORD_CLASS_CONTEXT,
    EG_RECORD_CLASS_CONSTANTS,
    EG_RECORD_CLASS_COEFFICIENTS,
    EG_RECORD_CLASS_ENCRYPTED_TALLY,
    EG_RECORD_CLASS_TALLY,
    EG_RECORD_CLASS_DEVICE,           /* encryption_devices/device_<id>.json */
    EG_RECORD_CLASS_GUARDIAN,         /* guardians/guardian_<id>.json */
    EG_RECORD_CLASS_SUBMITTED_BALLOT, /* submitted_ballots/submitted_ballot_<id>.json */
    EG_RECORD_CLASS_SPOILED_BALLOT,   /* spoiled_ballots/spoiled_ballot_<id>.json */
    EG_RECORD_CLASS_COUNT
} eg_record_class;

/* *id is what the name says the file is of, borrowed from it; empty where there is one of the
 * class. */
eg_record_class eg_record_classify(eg_str name, eg_str *id);
/* What stands before the id: "submitted_ballots/submitted_ballot_"; the whole name where there is
 * one of the class. */
eg_str eg_record_class_prefix(eg_record_class which);
/* More than a file of the class can have: of 5,000 selections and 100 guardians, or as many bytes
 * as any file may have. */
size_t eg_record_class_bytes_max(eg_record_class which);

/* Why no file of a record can be named for this id, for whoever must choose another: static. NULL
 * when one can. Ids stand in names as they are, as electionguard-python has them. */
const char *eg_record_id_fault(eg_str id);
/* The name of a class's file, of an id that has no fault. */
void eg_record_file_name(char out[EG_RECORD_FILE_NAME_BYTES], eg_record_class which, eg_str id);

#endif
