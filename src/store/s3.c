/* Objects in a bucket of S3, by libcurl, which signs requests (Signature Version 4). Asked for with
 * the bucket in the path, as every server of this kind understands; nothing is asked but PUT and
 * GET of whole objects. */
#include "base/hex.h"
#include "base/secret.h"
#include "base/sha256.h"
#include "client/curl.h"
#include "store/s3_answer.h"
#include "store/s3_parts.h"
#include "store/store_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    TRIES = 5,
    FIRST_WAIT_MS = 200, /* then twice as long each time: 3 s in all */
    CONNECT_MS = 10000,
    SLOW_BYTES_PER_S = 1024, /* slower than this for so long: given up */
    SLOW_S = 30,
    HEADER_BYTES = EG_S3_TOKEN_BYTES + 64
};

typedef struct s3 {
    eg_store store;
    const eg_curl *curl;
    CURL *handle; /* its connection is kept */
    eg_s3_place place;
    char *credentials_file; /* owned */
    char *ca_file;          /* owned, or NULL */
} s3;

typedef struct request {
    const char *name;
    bool is_put;
    eg_str content; /* of a put */
    char sha256[2 * EG_SHA256_BYTES + 1];
} request;

/* ---- one request ---- */

static size_t receive(char *data, size_t size, size_t count, void *answer)
{
    return eg_s3_answer_take(answer, data, size * count) ? size * count : 0;
}

/* Each request reads the file anew: who keeps it may have put new ones there. What is wrong with it
 * now was not when the store was opened, and is mended by whoever keeps it: no request is at fault.
 */
static eg_result read_credentials(eg_s3_credentials *out, const s3 *s, eg_error *err)
{
    eg_path path = eg_path_field(NULL, "--store-credentials");
    eg_error why = {.text = ""};
    eg_result r = eg_s3_credentials_read(out, s->credentials_file, &why);
    return eg_failed(r) ? EG_FAIL(err, EG_E_UNAVAILABLE, &path, "%s", why.text) : EG_SUCCESS;
}

static eg_result authorize(s3 *s, struct curl_slist **headers, eg_error *err)
{
    eg_s3_credentials c;
    char text[2 * EG_S3_KEY_BYTES + EG_S3_REGION_BYTES];
    char header[HEADER_BYTES];
    EG_TRY(read_credentials(&c, s, err));
    (void)snprintf(text, sizeof text, "aws:amz:%s:s3", s->place.region);
    (void)s->curl->easy_setopt(s->handle, CURLOPT_AWS_SIGV4, text);
    (void)s->curl->easy_setopt(s->handle, CURLOPT_USERNAME, c.access_key);
    (void)s->curl->easy_setopt(s->handle, CURLOPT_PASSWORD, c.secret_key);
    if (c.token[0] != '\0') {
        (void)snprintf(header, sizeof header, "x-amz-security-token: %s", c.token);
        *headers = s->curl->slist_append(*headers, header);
        eg_wipe(header, sizeof header);
    }
    eg_wipe(&c, sizeof c);
    return EG_SUCCESS;
}

static void set_limits(s3 *s)
{
    const eg_curl *curl = s->curl;
    (void)curl->easy_setopt(s->handle, CURLOPT_NOSIGNAL, 1L);
    (void)curl->easy_setopt(s->handle, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl->easy_setopt(s->handle, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl->easy_setopt(s->handle, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    (void)curl->easy_setopt(s->handle, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES_PER_S);
    (void)curl->easy_setopt(s->handle, CURLOPT_LOW_SPEED_TIME, (long)SLOW_S);
    if (s->ca_file != NULL) {
        (void)curl->easy_setopt(s->handle, CURLOPT_CAINFO, s->ca_file);
    }
}

static void set_body(s3 *s, const request *r)
{
    const eg_curl *curl = s->curl;
    if (r->is_put) {
        (void)curl->easy_setopt(s->handle, CURLOPT_POSTFIELDS,
                                r->content.len == 0 ? "" : r->content.data);
        (void)curl->easy_setopt(s->handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->content.len);
        (void)curl->easy_setopt(s->handle, CURLOPT_CUSTOMREQUEST, "PUT");
    } else {
        (void)curl->easy_setopt(s->handle, CURLOPT_HTTPGET, 1L);
        (void)curl->easy_setopt(s->handle, CURLOPT_CUSTOMREQUEST, NULL);
    }
}

static bool set_url(s3 *s, const request *r)
{
    char url[EG_S3_ENDPOINT_BYTES + EG_S3_BUCKET_BYTES + 2 * EG_STORE_NAME_BYTES + 8];
    const eg_s3_place *p = &s->place;
    (void)snprintf(url, sizeof url, "%s/%s/%s%s%s", p->endpoint, p->bucket, p->prefix,
                   p->prefix[0] == '\0' ? "" : "/", r->name);
    return s->curl->easy_setopt(s->handle, CURLOPT_URL, url) == CURLE_OK;
}

/* Asks once. */
static eg_result ask(s3 *s, const request *r, eg_s3_answer *answer, eg_error *err)
{
    const eg_curl *curl = s->curl;
    char header[64 + sizeof r->sha256];
    (void)snprintf(header, sizeof header, "x-amz-content-sha256: %s", r->sha256);
    struct curl_slist *headers = curl->slist_append(NULL, header);
    if (r->is_put) {
        headers = curl->slist_append(headers, "Content-Type: application/octet-stream");
    }
    set_limits(s);
    set_body(s, r);
    eg_result authorized = authorize(s, &headers, err);
    if (!eg_failed(authorized)) {
        CURLcode code = CURLE_OUT_OF_MEMORY;
        (void)curl->easy_setopt(s->handle, CURLOPT_HTTPHEADER, headers);
        (void)curl->easy_setopt(s->handle, CURLOPT_WRITEFUNCTION, receive);
        (void)curl->easy_setopt(s->handle, CURLOPT_WRITEDATA, answer);
        if (set_url(s, r)) {
            code = curl->easy_perform(s->handle);
        }
        answer->transport = code;
        (void)curl->easy_getinfo(s->handle, CURLINFO_RESPONSE_CODE, &answer->status);
        (void)curl->easy_setopt(s->handle, CURLOPT_HTTPHEADER, NULL);
    }
    curl->slist_free_all(headers);
    return authorized;
}

/* ---- again ---- */

static void wait_ms(long ms)
{
    struct timespec left = {ms / 1000, ms % 1000 * 1000000};
    while (nanosleep(&left, &left) != 0) {
    }
}

static eg_result ask_until_answered(s3 *s, const request *r, eg_s3_answer *answer, eg_error *err)
{
    for (int tried = 1;; tried++) {
        eg_s3_answer_begin(answer, s->curl, s->handle);
        EG_TRY(ask(s, r, answer, err));
        if (!eg_s3_answer_is_worth_another(answer) || tried == TRIES) {
            return eg_s3_answer_judge(answer, err);
        }
        wait_ms((long)FIRST_WAIT_MS << (tried - 1));
    }
}

static eg_result put(eg_store *store, const char *name, eg_str content, eg_error *err)
{
    uint8_t digest[EG_SHA256_BYTES];
    request r = {.name = name, .is_put = true, .content = content};
    eg_s3_answer answer = {.content = NULL};
    eg_sha256_of(digest, content.data, content.len);
    eg_hex_encode_lower(r.sha256, digest, sizeof digest);
    return ask_until_answered((s3 *)store, &r, &answer, err);
}

static eg_result get(eg_store *store, const char *name, size_t max_bytes, eg_buf *out,
                     eg_error *err)
{
    uint8_t digest[EG_SHA256_BYTES];
    request r = {.name = name};
    const size_t before = out->len;
    eg_s3_answer answer = {.content = out, .before = before, .max_bytes = max_bytes};
    eg_sha256_of(digest, "", 0);
    eg_hex_encode_lower(r.sha256, digest, sizeof digest);
    eg_result got = ask_until_answered((s3 *)store, &r, &answer, err);
    if (eg_failed(got)) {
        out->len = before;
    }
    return got;
}

/* ---- a handle ---- */

static void close_s3(eg_store *store)
{
    s3 *s = (s3 *)store;
    if (s->handle != NULL) {
        s->curl->easy_cleanup(s->handle);
    }
    free(s->credentials_file);
    free(s->ca_file);
    free(s);
}

static char *copy_or_null(const char *text)
{
    return text == NULL ? NULL : strdup(text);
}

static eg_result fill(s3 *s, const eg_store_settings *settings, eg_error *err)
{
    eg_s3_credentials tried;
    EG_TRY(eg_s3_place_read(&s->place, settings->place, err));
    if (settings->credentials_file == NULL) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &eg_store_flag,
                       "a store in S3 needs '--store-credentials FILE'");
    }
    EG_TRY(eg_s3_credentials_read(&tried, settings->credentials_file, err));
    eg_wipe(&tried, sizeof tried);
    EG_TRY(eg_curl_load(&s->curl, err));
    s->handle = s->curl->easy_init();
    s->credentials_file = copy_or_null(settings->credentials_file);
    s->ca_file = copy_or_null(settings->ca_file);
    if (s->handle == NULL || s->credentials_file == NULL ||
        (settings->ca_file != NULL && s->ca_file == NULL)) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "no memory for a store");
    }
    return EG_SUCCESS;
}

eg_result eg_s3_open(eg_store **out, const eg_store_settings *settings, eg_error *err)
{
    static const eg_store_kind kind = {put, get, close_s3};
    s3 *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "no memory for a store");
    }
    s->store.kind = &kind;
    eg_result filled = fill(s, settings, err);
    if (eg_failed(filled)) {
        close_s3(&s->store);
        return filled;
    }
    *out = &s->store;
    return EG_SUCCESS;
}
