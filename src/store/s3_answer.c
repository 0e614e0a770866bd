#include "store/s3_answer.h"

enum {
    OK = 200,
    MOVED = 301,
    TEMPORARILY = 307,
    NOT_FOUND = 404,
    SLOW = 408,
    TOO_MANY = 429,
    SERVER = 500,
    FULL = 507
};

void eg_s3_answer_begin(eg_s3_answer *answer, const eg_curl *curl, CURL *handle)
{
    answer->curl = curl;
    answer->handle = handle;
    answer->status = 0;
    answer->transport = CURLE_OK;
    answer->refusal_bytes = 0;
    answer->is_too_long = answer->no_memory = false;
    if (answer->content != NULL) {
        answer->content->len = answer->before;
    }
}

static bool take_object(eg_s3_answer *answer, const char *data, size_t bytes)
{
    eg_buf *out = answer->content;
    if (bytes > answer->max_bytes - (out->len - answer->before)) {
        answer->is_too_long = true;
        return false;
    }
    eg_buf_append(out, data, bytes);
    answer->no_memory = out->failed;
    return !out->failed;
}

bool eg_s3_answer_take(eg_s3_answer *answer, const char *data, size_t bytes)
{
    long status = 0;
    (void)answer->curl->easy_getinfo(answer->handle, CURLINFO_RESPONSE_CODE, &status);
    if (status == OK && answer->content != NULL) {
        return take_object(answer, data, bytes);
    }
    const size_t room = sizeof answer->refusal - answer->refusal_bytes;
    const size_t n = bytes < room ? bytes : room;
    memcpy(answer->refusal + answer->refusal_bytes, data, n);
    answer->refusal_bytes += n;
    return n == bytes; /* no refusal is so long */
}

/* ---- what it means ---- */

void eg_s3_code(char out[EG_S3_CODE_BYTES], eg_str refusal)
{
    static const char tag[] = "<Code>";
    const char *at =
        refusal.len == 0 ? NULL : memmem(refusal.data, refusal.len, tag, sizeof tag - 1);
    size_t n = 0;
    if (at != NULL) {
        at += sizeof tag - 1;
        for (const char *end = refusal.data + refusal.len; at < end && n < EG_S3_CODE_BYTES - 1;
             at++) {
            const char c = *at;
            if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) {
                break;
            }
            out[n++] = c;
        }
    }
    out[n] = '\0';
}

/* As AWS, MinIO and Ceph say it. */
static bool says_full(const char *code)
{
    return strcmp(code, "XMinioStorageFull") == 0 || strcmp(code, "QuotaExceeded") == 0 ||
           strcmp(code, "XMinioAdminBucketQuotaExceeded") == 0 ||
           strcmp(code, "InsufficientCapacity") == 0;
}

static bool is_full(const eg_s3_answer *answer)
{
    char code[EG_S3_CODE_BYTES];
    eg_s3_code(code, (eg_str){answer->refusal, answer->refusal_bytes});
    return answer->status == FULL || says_full(code);
}

static bool is_not_now(long status)
{
    return status == SLOW || status == TOO_MANY || status >= SERVER;
}

/* Certificates do not mend themselves. */
static bool is_distrust(CURLcode code)
{
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
}

bool eg_s3_answer_is_worth_another(const eg_s3_answer *answer)
{
    if (answer->is_too_long || answer->no_memory) {
        return false;
    }
    if (answer->transport != CURLE_OK) {
        return !is_distrust(answer->transport);
    }
    return is_not_now(answer->status) && !is_full(answer);
}

static eg_result refused(const eg_s3_answer *answer, eg_error *err)
{
    char code[EG_S3_CODE_BYTES];
    eg_s3_code(code, (eg_str){answer->refusal, answer->refusal_bytes});
    if (is_full(answer)) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "the store is full (%s)", code);
    }
    if (answer->status == NOT_FOUND && strcmp(code, "NoSuchBucket") != 0) {
        return EG_FAIL(err, EG_E_NOT_FOUND, NULL, "the store has no such object");
    }
    if (answer->status == MOVED || answer->status == TEMPORARILY) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL,
                       "the bucket is elsewhere: endpoint or region of the store is another one");
    }
    if (is_not_now(answer->status)) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL,
                       "the store is not reached: it answers %ld %s time after time",
                       answer->status, code);
    }
    return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "the store refuses: %ld %s", answer->status, code);
}

eg_result eg_s3_answer_judge(const eg_s3_answer *answer, eg_error *err)
{
    if (answer->is_too_long) {
        return EG_FAIL(err, EG_E_TOO_LARGE, NULL, "the object is longer than the %zu bytes allowed",
                       answer->max_bytes);
    }
    if (answer->no_memory) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "no memory for an object");
    }
    if (answer->transport != CURLE_OK) {
        return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "the store is not reached: %s",
                       answer->curl->easy_strerror(answer->transport));
    }
    return answer->status == OK ? EG_SUCCESS : refused(answer, err);
}
