#include "server/http/access.h"

#include "api/endpoint.h"
#include "base/hex.h"
#include "base/rng.h"
#include "base/secret.h"

static bool is_id(eg_str given)
{
    bool good = given.len > 0 && given.len <= EG_REQUEST_ID_MAX;
    for (size_t i = 0; i < given.len && good; i++) {
        char c = given.data[i];
        good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_' || c == '.' || c == ':';
    }
    return good;
}

void eg_access_id(char out[EG_REQUEST_ID_MAX + 1], eg_str given)
{
    if (is_id(given)) {
        memcpy(out, given.data, given.len);
        out[given.len] = '\0';
        return;
    }
    uint8_t random[16] = {0};
    if (eg_failed(eg_rng_fill(eg_rng_system(), random, sizeof random, NULL))) {
        eg_wipe(random, sizeof random);
    }
    eg_hex_encode_lower(out, random, sizeof random);
    out[2 * sizeof random] = '\0';
}

/* n digits, lower case, not all of them 0 unless that is allowed. */
static bool is_hex(const char *text, size_t n, bool may_be_zero)
{
    bool zero = true;
    for (size_t i = 0; i < n; i++) {
        if (!((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f'))) {
            return false;
        }
        zero = zero && text[i] == '0';
    }
    return may_be_zero || !zero;
}

/* VERSION-TRACE-PARENT-FLAGS. Later versions may have more behind a further '-'. */
static bool is_traceparent(eg_str t)
{
    enum { VERSION = 0, TRACE = 3, PARENT = 36, FLAGS = 53, ALL = 55, MOST = 256 };
    if (t.len < ALL || t.len > MOST || t.data[TRACE - 1] != '-' || t.data[PARENT - 1] != '-' ||
        t.data[FLAGS - 1] != '-') {
        return false;
    }
    const bool is_first = memcmp(t.data, "00", 2) == 0;
    return (t.len == ALL || (!is_first && t.data[ALL] == '-')) && memcmp(t.data, "ff", 2) != 0 &&
           is_hex(t.data + VERSION, 2, true) && is_hex(t.data + TRACE, EG_TRACE_ID_HEX, false) &&
           is_hex(t.data + PARENT, 16, false) && is_hex(t.data + FLAGS, 2, true);
}

void eg_access_trace(char out[EG_TRACE_ID_HEX + 1], eg_str traceparent)
{
    const size_t n = is_traceparent(traceparent) ? EG_TRACE_ID_HEX : 0;
    memcpy(out, n == 0 ? "" : traceparent.data + 3, n);
    out[n] = '\0';
}

bool eg_access_key_fits(const char *wanted, eg_str given)
{
    if (wanted == NULL || *wanted == '\0') {
        return true;
    }
    size_t n = strlen(wanted);
    return given.len == n && eg_secret_equal(given.data, wanted, n);
}

eg_str eg_access_origin(const char *allowed, eg_str origin)
{
    static const char between[] = ", \t";
    if (strcmp(allowed, "*") == 0) {
        return EG_STR("*");
    }
    for (const char *at = allowed; *at != '\0';) {
        at += strspn(at, between);
        size_t n = strcspn(at, between);
        if (n > 0 && eg_str_equal((eg_str){at, n}, origin)) {
            return (eg_str){at, n};
        }
        at += n;
    }
    return EG_STR("");
}

bool eg_access_is_own(const char *path)
{
    return strcmp(path, "/health") == 0 || strcmp(path, "/ready") == 0 ||
           strcmp(path, "/metrics") == 0 || strcmp(path, "/status") == 0;
}

bool eg_access_is_open(const char *method, const char *path, unsigned route_flags)
{
    return strcmp(method, "OPTIONS") == 0 || eg_access_is_own(path) ||
           (route_flags & EG_ENDPOINT_OPEN) != 0;
}
