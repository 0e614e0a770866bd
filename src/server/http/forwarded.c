#include "server/http/forwarded.h"

#include <strings.h>

static eg_str trim(eg_str s)
{
    while (s.len > 0 && (s.data[0] == ' ' || s.data[0] == '\t')) {
        s = (eg_str){s.data + 1, s.len - 1};
    }
    while (s.len > 0 && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t')) {
        s.len--;
    }
    return s;
}

/* Takes what stands before the separator off the front of *rest, trimmed; separators within quotes
 * are none. */
static eg_str take_until(eg_str *rest, char separator)
{
    bool quoted = false;
    size_t n = 0;
    while (n < rest->len && (quoted || rest->data[n] != separator)) {
        if (quoted && rest->data[n] == '\\' && n + 1 < rest->len) {
            n++;
        } else if (rest->data[n] == '"') {
            quoted = !quoted;
        }
        n++;
    }
    eg_str part = {rest->data, n};
    size_t gone = n < rest->len ? n + 1 : n;
    *rest = (eg_str){rest->data + gone, rest->len - gone};
    return trim(part);
}

static bool is_port(eg_str s)
{
    bool good = s.len > 1 && s.len <= 6 && s.data[0] == ':';
    for (size_t i = 1; i < s.len && good; i++) {
        good = s.data[i] >= '0' && s.data[i] <= '9';
    }
    return good;
}

/* An address, or with a port behind: "192.0.2.1:80", "[2001:db8::1]", "[2001:db8::1]:80". */
static bool read_node(eg_address *out, eg_str node)
{
    if (node.len > 0 && node.data[0] == '[') {
        const char *close = memchr(node.data, ']', node.len);
        size_t n = close == NULL ? 0 : (size_t)(close - node.data);
        eg_str inner = {node.data + 1, n == 0 ? 0 : n - 1};
        eg_str port = {node.data + n + 1, n == 0 ? 0 : node.len - n - 1};
        return n > 0 && memchr(inner.data, ':', inner.len) != NULL &&
               (port.len == 0 || is_port(port)) && eg_address_read(out, inner);
    }
    const char *colon = node.len == 0 ? NULL : memchr(node.data, ':', node.len);
    size_t n = colon == NULL ? node.len : (size_t)(colon - node.data);
    if (colon != NULL && is_port((eg_str){colon, node.len - n})) {
        return eg_address_read(out, (eg_str){node.data, n});
    }
    return eg_address_read(out, node);
}

static void add(eg_hops *hops, const eg_networks *trusted, bool readable, const eg_address *address)
{
    bool known = readable && eg_networks_hold(trusted, address);
    hops->unclear = known ? hops->unclear : !readable;
    if (readable && (!known || !hops->any)) {
        hops->address = *address;
    }
    hops->any = true;
}

void eg_hops_x_forwarded_for(eg_hops *hops, const eg_networks *trusted, eg_str line)
{
    while (line.len > 0) {
        eg_address address = {{0}};
        eg_str node = take_until(&line, ',');
        if (node.len > 0) { /* a list may have empty places */
            bool readable = read_node(&address, node);
            add(hops, trusted, readable, &address);
        }
    }
}

/* Of one element, "for=192.0.2.1;proto=https": whom it is for. */
static bool read_element(eg_address *out, eg_str element)
{
    unsigned found = 0;
    bool readable = false;
    while (element.len > 0) {
        eg_str value = take_until(&element, ';');
        eg_str name = take_until(&value, '=');
        if (name.len != 3 || strncasecmp(name.data, "for", 3) != 0) {
            continue;
        }
        if (value.len >= 2 && value.data[0] == '"' && value.data[value.len - 1] == '"') {
            value = (eg_str){value.data + 1, value.len - 2};
        }
        found++;
        readable = read_node(out, value);
    }
    return found == 1 && readable;
}

void eg_hops_forwarded(eg_hops *hops, const eg_networks *trusted, eg_str line)
{
    while (line.len > 0) {
        eg_address address = {{0}};
        eg_str element = take_until(&line, ',');
        if (element.len > 0) {
            bool readable = read_element(&address, element);
            add(hops, trusted, readable, &address);
        }
    }
}

bool eg_hops_client(eg_address *out, const eg_hops *x_forwarded_for, const eg_hops *forwarded)
{
    const eg_hops *said = x_forwarded_for->any ? x_forwarded_for : forwarded;
    bool both = x_forwarded_for->any && forwarded->any;
    bool differ = both && memcmp(&x_forwarded_for->address, &forwarded->address,
                                 sizeof forwarded->address) != 0;
    if (!said->any || x_forwarded_for->unclear || forwarded->unclear || differ) {
        return false;
    }
    *out = said->address;
    return true;
}
