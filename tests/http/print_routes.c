/* Prints the tables that docs/openapi.json is compared with, as JSON: routes and error codes. */
#include "api/routes.h"

#include "base/buf.h"

#include <stdio.h>

static void print_routes(void)
{
    for (size_t i = 0; eg_routes[i] != NULL; i++) {
        const eg_endpoint *e = eg_routes[i];
        printf("%s\n  {\"method\": \"%s\", \"path\": \"%s\", \"summary\": \"%s\", "
               "\"max_body_bytes\": %zu}",
               i == 0 ? "" : ",", e->method, e->path, e->summary, e->max_body_bytes);
    }
}

/* Each code's error object tells its name. */
static void print_errors(void)
{
    for (int code = EG_OK + 1; code < EG_CODE_COUNT; code++) {
        eg_buf body;
        eg_error error = {.code = (eg_code)code};
        const char *content_type;
        eg_buf_init(&body, NULL);
        eg_error_body(&body, &content_type, &error, NULL, NULL);
        eg_str text = eg_buf_str(&body);
        printf("%s\n  {\"http\": %d, \"body\": %.*s}", code == EG_OK + 1 ? "" : ",",
               eg_error_status(error.code), (int)text.len, text.data);
        eg_buf_free(&body);
    }
}

int main(void)
{
    printf("{\"routes\": [");
    print_routes();
    printf("],\n\"errors\": [");
    print_errors();
    printf("]}\n");
    return 0;
}
