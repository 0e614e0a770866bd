#include "server/http/route.h"

#include <stdio.h>
#include <strings.h>

/* "/ballots/{id}/nonces": one step between slashes is free. */
static bool matches(const char *pattern, const char *path, eg_str *tail)
{
    const char *open = strchr(pattern, '{');
    if (open == NULL) {
        return strcmp(pattern, path) == 0;
    }
    size_t fixed = (size_t)(open - pattern);
    const char *rest = strchr(open, '}') + 1;
    if (strncmp(pattern, path, fixed) != 0) {
        return false;
    }
    size_t step = strcspn(path + fixed, "/");
    *tail = (eg_str){path + fixed, step};
    return step > 0 && strcmp(path + fixed + step, rest) == 0;
}

static bool method_fits(const char *endpoint_method, const char *method)
{
    return strcmp(endpoint_method, method) == 0 ||
           (strcmp(method, "HEAD") == 0 && strcmp(endpoint_method, "GET") == 0);
}

const char *eg_route_path(const char *target)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t n = strlen(schemes[i]);
        if (strncasecmp(target, schemes[i], n) == 0) {
            const char *path = strchr(target + n, '/');
            return path == NULL ? "/" : path;
        }
    }
    return target;
}

void eg_route_find(eg_route_match *out, const char *method, const char *path)
{
    *out = (eg_route_match){0};
    for (size_t i = 0; eg_routes[i] != NULL; i++) {
        if (!matches(eg_routes[i]->path, path, &out->tail)) {
            continue;
        }
        out->path_known = true;
        out->flags = eg_routes[i]->flags;
        bool get = strcmp(eg_routes[i]->method, "GET") == 0;
        (void)snprintf(out->allow, sizeof out->allow, "%s%s, OPTIONS", eg_routes[i]->method,
                       get ? ", HEAD" : "");
        if (method_fits(eg_routes[i]->method, method)) {
            out->endpoint = eg_routes[i];
            return;
        }
    }
}
