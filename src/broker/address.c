#include "broker/address.h"

#include "base/hex.h"
#include "base/str.h"

enum { PORT = 5672, PORT_TLS = 5671, PORT_MAX = 65535 };

static const eg_path flag = {.name = "--broker", .name_len = sizeof "--broker" - 1};

static eg_str until(eg_str text, size_t end)
{
    return (eg_str){text.data, end};
}

static eg_str behind(eg_str text, size_t n)
{
    return (eg_str){text.data + n, text.len - n};
}

/* Where the character is; SIZE_MAX when nowhere. */
static size_t find(eg_str text, char c)
{
    const char *at = text.len == 0 ? NULL : memchr(text.data, c, text.len);
    return at == NULL ? SIZE_MAX : (size_t)(at - text.data);
}

/* Percent-encoding undone. No NUL may come of it. */
static bool decode(char out[EG_BROKER_NAME_BYTES], eg_str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '%') {
            uint8_t byte = 0;
            if (text.len - i < 3 || !eg_hex_decode(&byte, text.data + i + 1, 1)) {
                return false;
            }
            memcpy(&c, &byte, 1);
            i += 2;
        }
        if (c == '\0' || n == EG_BROKER_NAME_BYTES - 1) {
            return false;
        }
        out[n++] = c;
    }
    out[n] = '\0';
    return true;
}

static bool read_port(uint16_t *out, eg_str text)
{
    uint32_t port = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || port > PORT_MAX) {
            return false;
        }
        port = port * 10 + (uint32_t)(text.data[i] - '0');
    }
    *out = (uint16_t)port;
    return port > 0 && port <= PORT_MAX;
}

/* HOST, HOST:PORT, [ADDRESS]:PORT. */
static bool read_host(eg_broker_address *a, eg_str text)
{
    eg_str host = text;
    eg_str rest = {0};
    if (text.len > 0 && text.data[0] == '[') {
        size_t end = find(text, ']');
        if (end == SIZE_MAX) {
            return false;
        }
        host = behind(until(text, end), 1);
        rest = behind(text, end + 1);
        if (rest.len > 0 && rest.data[0] != ':') {
            return false;
        }
    } else if (find(text, ':') != SIZE_MAX) {
        host = until(text, find(text, ':'));
        rest = behind(text, host.len);
    }
    a->port = a->is_tls ? PORT_TLS : PORT;
    return host.len > 0 && decode(a->host, host) &&
           (rest.len == 0 || read_port(&a->port, behind(rest, 1)));
}

static eg_result read_user(eg_broker_address *a, eg_str *authority, eg_error *err)
{
    const size_t at = find(*authority, '@');
    if (at == SIZE_MAX) {
        return decode(a->user, EG_STR("guest"))
                   ? EG_SUCCESS
                   : EG_FAIL(err, EG_E_INTERNAL, NULL, "internal error");
    }
    const eg_str user = until(*authority, at);
    *authority = behind(*authority, at + 1);
    if (find(user, ':') != SIZE_MAX) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &flag,
                       "a password in '--broker' is for everybody on this machine to read: give it "
                       "in a file with '--broker-password-file'");
    }
    return user.len > 0 && decode(a->user, user)
               ? EG_SUCCESS
               : EG_FAIL(err, EG_E_OUT_OF_RANGE, &flag, "the user of '--broker' is not readable");
}

static eg_result read_one(eg_broker_address *a, eg_str text, eg_error *err)
{
    const eg_str plain = EG_STR("amqp://");
    const eg_str tls = EG_STR("amqps://");
    *a = (eg_broker_address){0};
    a->is_tls = text.len > tls.len && memcmp(text.data, tls.data, tls.len) == 0;
    if (!a->is_tls && (text.len <= plain.len || memcmp(text.data, plain.data, plain.len) != 0)) {
        return EG_FAIL(
            err, EG_E_OUT_OF_RANGE, &flag,
            "'--broker' must be amqp://[USER@]HOST[:PORT][/VHOST], or amqps:// with TLS");
    }
    const eg_str rest = behind(text, a->is_tls ? tls.len : plain.len);
    const size_t slash = find(rest, '/');
    eg_str authority = slash == SIZE_MAX ? rest : until(rest, slash);
    const eg_str vhost = slash == SIZE_MAX ? EG_STR("/") : behind(rest, slash + 1);
    EG_TRY(read_user(a, &authority, err));
    if (!read_host(a, authority)) {
        return EG_FAIL(
            err, EG_E_OUT_OF_RANGE, &flag,
            "the host of '--broker' must be HOST or HOST:PORT with a port of 1 to 65535");
    }
    if (!decode(a->vhost, vhost.len == 0 ? EG_STR("/") : vhost) || strchr(a->vhost, '?') != NULL) {
        return EG_FAIL(err, EG_E_OUT_OF_RANGE, &flag, "the vhost of '--broker' is not readable");
    }
    return EG_SUCCESS;
}

eg_result eg_broker_addresses_add(eg_broker_addresses *out, const char *text, eg_error *err)
{
    eg_str rest = eg_str_from(text);
    for (bool more = true; more;) {
        const size_t comma = find(rest, ',');
        more = comma != SIZE_MAX;
        if (out->count == EG_BROKER_NODES_MAX) {
            return EG_FAIL(err, EG_E_OUT_OF_RANGE, &flag, "'--broker' names more than %d nodes",
                           EG_BROKER_NODES_MAX);
        }
        EG_TRY(read_one(&out->nodes[out->count], more ? until(rest, comma) : rest, err));
        out->count++;
        rest = more ? behind(rest, comma + 1) : rest;
    }
    return EG_SUCCESS;
}
