/* One number for a whole record, so that two people can see whether they have the same.
 * Source: docs/record.md, the digest of a record. */
#ifndef EG_REPORT_DIGEST_H
#define EG_REPORT_DIGEST_H

#include "record/source.h"

enum { EG_DIGEST_HEX = 64 };

/* What the report says the digest is of. */
typedef enum eg_digest_of {
    EG_DIGEST_OF_ZIP,   /* of the bytes of the file, as sha256sum has it */
    EG_DIGEST_OF_FOLDER /* of the lines of sha256sum for each file in order of names */
} eg_digest_of;

typedef struct eg_digest {
    eg_digest_of of;
    char hex[EG_DIGEST_HEX + 1];
} eg_digest;

/* path: the one that source was opened with. EG_E_UNAVAILABLE: what could be read before cannot be
 * read now. */
eg_result eg_digest_record(eg_digest *out, const char *path, const eg_source *source,
                           eg_error *err) EG_MUST_USE;

#endif
