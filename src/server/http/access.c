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
