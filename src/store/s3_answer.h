/* What S3 answers, and what it means. Private to this folder. */
#ifndef EG_STORE_S3_ANSWER_H
#define EG_STORE_S3_ANSWER_H

#include "base/buf.h"
#include "client/curl.h"

enum { EG_S3_REFUSAL_BYTES = 2048, EG_S3_CODE_BYTES = 48 };

typedef struct eg_s3_answer {
    eg_buf *content; /* where an object goes; or NULL. Borrowed */
    size_t before;   /* what was there */
    size_t max_bytes;
    /* of the latest try */
    const eg_curl *curl;
    CURL *handle;
    long status;                       /* 0: none came */
    CURLcode transport;                /* what went wrong on the way */
    char refusal[EG_S3_REFUSAL_BYTES]; /* the beginning of what is no object: XML */
    size_t refusal_bytes;
    bool is_too_long, no_memory;
} eg_s3_answer;

void eg_s3_answer_begin(eg_s3_answer *answer, const eg_curl *curl, CURL *handle);
/* Bytes of its body. False: no more of them. */
bool eg_s3_answer_take(eg_s3_answer *answer, const char *data, size_t bytes);
/* Whether asking again soon may help. */
bool eg_s3_answer_is_worth_another(const eg_s3_answer *answer);
/* Success, or the error of store.h that it means. */
eg_result eg_s3_answer_judge(const eg_s3_answer *answer, eg_error *err) EG_MUST_USE;

/* The code of a refusal (<Error><Code>NoSuchKey</Code>...), letters and digits alone; empty when
 * there is none. */
void eg_s3_code(char out[EG_S3_CODE_BYTES], eg_str refusal);

#endif
