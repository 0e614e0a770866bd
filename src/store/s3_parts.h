/* What S3 needs to know before it is asked. Private to this folder. */
#ifndef EG_STORE_S3_PARTS_H
#define EG_STORE_S3_PARTS_H

#include "store/store.h"

enum {
    EG_S3_BUCKET_BYTES = 64,
    EG_S3_REGION_BYTES = 64,
    EG_S3_ENDPOINT_BYTES = 256,
    EG_S3_KEY_BYTES = 256,
    EG_S3_TOKEN_BYTES = 4096
};

/* s3://BUCKET[/PREFIX][?endpoint=URL&region=NAME] */
typedef struct eg_s3_place {
    char bucket[EG_S3_BUCKET_BYTES];
    char prefix[EG_STORE_NAME_BYTES + 1]; /* without slashes at its ends; may be empty */
    char endpoint[EG_S3_ENDPOINT_BYTES];  /* http:// or https://, HOST[:PORT] */
    char region[EG_S3_REGION_BYTES];
} eg_s3_place;

bool eg_s3_is_place(const char *text);
/* EG_E_OUT_OF_RANGE at --store, saying what is wrong with it. */
eg_result eg_s3_place_read(eg_s3_place *out, const char *text, eg_error *err) EG_MUST_USE;

/* Secret; wiped by whoever has them. */
typedef struct eg_s3_credentials {
    char access_key[EG_S3_KEY_BYTES];
    char secret_key[EG_S3_KEY_BYTES];
    char token[EG_S3_TOKEN_BYTES]; /* empty where there is none */
} eg_s3_credentials;

/* The section "default" of the file, in the format of ~/.aws/credentials. Errors at
 * --store-credentials: EG_E_UNAVAILABLE: it cannot be read; EG_E_OUT_OF_RANGE: what is missing. */
eg_result eg_s3_credentials_read(eg_s3_credentials *out, const char *file,
                                 eg_error *err) EG_MUST_USE;

#endif
