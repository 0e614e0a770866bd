/* Where the objects of an election lie while many machines work on it: a folder that all of them
 * see, or a bucket of S3. Whole or not at all, and durable once it is said to be there. A handle is
 * one thread's at a time; several handles, also of other processes and machines, may use one store.
 *
 * Errors: EG_E_OUT_OF_RANGE: a name or a setting that is none. EG_E_NOT_FOUND: no such object.
 * EG_E_TOO_LARGE: it is there, and longer. EG_E_UNAVAILABLE: not now; the sentence says whether the
 * store is full, refuses or is not reached. No sentence names an object. */
#ifndef EG_STORE_STORE_H
#define EG_STORE_STORE_H

#include "base/buf.h"

/* Of a name, its end not counted: parts of letters, digits and . _ -, of which none begins with a
 * dot, and slashes between them. */
enum { EG_STORE_NAME_BYTES = 255, EG_STORE_PART_BYTES = 128, EG_STORE_PARTS = 8 };

typedef struct eg_store eg_store;

typedef struct eg_store_settings {
    const char *place;            /* DIR, or s3://BUCKET[/PREFIX][?endpoint=URL&region=NAME] */
    const char *credentials_file; /* of S3, in the format of ~/.aws/credentials; else NULL */
    const char *ca_file;          /* whom TLS trusts; NULL: the system's authorities */
} eg_store_settings;

/* The settings are read, the store is asked nothing but whether a folder is there. */
eg_result eg_store_open(eg_store **out, const eg_store_settings *settings,
                        eg_error *err) EG_MUST_USE;
void eg_store_close(eg_store *store); /* NULL is fine */

/* What has this name already is replaced: putting the same again changes nothing. */
eg_result eg_store_put(eg_store *store, const char *name, eg_str content,
                       eg_error *err) EG_MUST_USE;

/* Appends it, at most max_bytes, to out; what was there is unchanged on failure. */
eg_result eg_store_get(eg_store *store, const char *name, size_t max_bytes, eg_buf *out,
                       eg_error *err) EG_MUST_USE;

#endif
