#include "store/s3_parts.h"
#include "store/store_parts.h"

#include <stdio.h>

#define SCHEME "s3://"

bool eg_s3_is_place(const char *text)
{
    return strncmp(text, SCHEME, sizeof SCHEME - 1) == 0;
}

static bool copy(char *out, size_t room, const char *text, size_t n)
{
    if (n >= room) {
        return false;
    }
    memcpy(out, text, n);
    out[n] = '\0';
    return true;
}

static bool is_of(const char *text, const char *extra)
{
    for (; *text != '\0'; text++) {
        const char c = *text;
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              strchr(extra, c) != NULL)) {
            return false;
        }
    }
    return true;
}

/* Scheme, host and port alone: what is asked for goes behind them. */
static bool is_endpoint(const char *url)
{
    const char *host = strncmp(url, "https://", 8) == 0  ? url + 8
                       : strncmp(url, "http://", 7) == 0 ? url + 7
                                                         : "";
    return host[0] != '\0' && is_of(host, ".-:[]");
}

/* One of the settings behind '?'. */
static bool read_setting(eg_s3_place *out, const char *text, size_t n)
{
    const char endpoint[] = "endpoint=", region[] = "region=";
    const size_t e = sizeof endpoint - 1, r = sizeof region - 1;
    if (n > e && memcmp(text, endpoint, e) == 0) {
        return copy(out->endpoint, sizeof out->endpoint, text + e, n - e) &&
               is_endpoint(out->endpoint);
    }
    if (n > r && memcmp(text, region, r) == 0) {
        return copy(out->region, sizeof out->region, text + r, n - r) && is_of(out->region, "-");
    }
    return false;
}

static eg_result read_settings(eg_s3_place *out, const char *text, eg_error *err)
{
    while (*text != '\0') {
        const size_t n = strcspn(text, "&");
        if (!read_setting(out, text, n)) {
            return EG_FAIL(err, EG_E_OUT_OF_RANGE, &eg_store_flag,
                           "behind '?' there may be endpoint=http[s]://HOST[:PORT] and "
                           "region=NAME, with '&' between them");
        }
        text += n + (text[n] == '&');
    }
    return EG_SUCCESS;
}

/* The prefix, with a slash at its end or without. */
static bool read_prefix(eg_s3_place *out, const char *text, size_t n)
{
    n -= n > 0 && text[n - 1] == '/';
    return copy(out->prefix, sizeof out->prefix, text, n) &&
           (n == 0 || eg_store_name_is_good(out->prefix));
}

eg_result eg_s3_place_read(eg_s3_place *out, const char *text, eg_error *err)
{
    *out = (eg_s3_place){.region = "us-east-1"};
    text += sizeof SCHEME - 1;
    const size_t bucket = strcspn(text, "/?");
    const char *prefix = text + bucket + (text[bucket] == '/');
    const size_t prefix_bytes = strcspn(prefix, "?");
    if (bucket < 3 || !copy(out->bucket, sizeof out->bucket, text, bucket) ||
        !is_of(out->bucket, ".-") || out->bucket[0] == '.') {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &eg_store_flag,
                       "the bucket must be 3 to 63 letters, digits, '.' and '-'");
    }
    if (!read_prefix(out, prefix, prefix_bytes)) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &eg_store_flag,
                       "what is behind the bucket must be letters, digits and . _ - with '/' "
                       "between them");
    }
    const char *rest = prefix + prefix_bytes;
    EG_TRY(read_settings(out, rest + (*rest == '?'), err));
    if (out->endpoint[0] == '\0') {
        (void)snprintf(out->endpoint, sizeof out->endpoint, "https://s3.%s.amazonaws.com",
                       out->region);
    }
    return EG_SUCCESS;
}
