#include "cli/plain_text_warning.h"

#include "cli/screen_text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* The host of an address without TLS; empty where there is none. Whatever stands before it, a user
 * and a password, is no part of it. */
static eg_str plain_host(const char *address)
{
    static const char *const schemes[] = {"http://", "amqp://"};
    const char *endpoint = strstr(address, "endpoint=");
    const char *at = NULL;
    if (strncmp(address, "s3://", 5) == 0) {
        address = endpoint == NULL ? "" : endpoint + strlen("endpoint=");
    }
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        const size_t n = strlen(schemes[i]);
        at = strncasecmp(address, schemes[i], n) == 0 ? address + n : at;
    }
    if (at == NULL) {
        return EG_STR("");
    }
    const size_t whole = strcspn(at, "/?#&");
    for (size_t i = whole; i > 0; i--) {
        if (at[i - 1] == '@') {
            return (eg_str){at + i,
                            at[i] == '[' ? strcspn(at + i, "]") + 1 : strcspn(at + i, ":/?#&")};
        }
    }
    return (eg_str){at, at[0] == '[' ? strcspn(at, "]") + 1 : strcspn(at, ":/?#&")};
}

static bool ends_with(eg_str host, const char *end)
{
    const size_t n = strlen(end);
    return host.len >= n && strncasecmp(host.data + host.len - n, end, n) == 0;
}

static bool is_name(eg_str host, const char *name)
{
    return host.len == strlen(name) && strncasecmp(host.data, name, host.len) == 0;
}

static bool is_this_machine(eg_str host)
{
    char own[256] = "";
    if (is_name(host, "localhost") || ends_with(host, ".localhost") || is_name(host, "[::1]") ||
        is_name(host, "0.0.0.0") || is_name(host, "[::]")) {
        return true;
    }
    if (host.len > 4 && strncmp(host.data, "127.", 4) == 0) {
        return strspn(host.data, "0123456789.") >= host.len;
    }
    return gethostname(own, sizeof own - 1) == 0 && own[0] != '\0' && is_name(host, own);
}

bool eg_goes_in_plain_text(const char *address)
{
    const eg_str host = plain_host(address);
    return host.len > 0 && !is_this_machine(host);
}

void eg_warn_of_plain_text(const char *command, const char *flag, const char *address)
{
    eg_buf line;
    if (!eg_goes_in_plain_text(address)) {
        return;
    }
    eg_buf_init(&line, NULL);
    eg_buf_printf(&line, "%s: %s: what goes to ", command, flag);
    eg_screen_append(&line, plain_host(address));
    eg_buf_append_str(&line, EG_STR(" can be read and changed on the way: there is no TLS\n"));
    (void)fwrite(line.data, 1, line.len, stderr);
    eg_buf_free(&line);
}
