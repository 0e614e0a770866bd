#include "server/board/networks.h"

#include <arpa/inet.h>
#include <stdio.h>

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

enum { MAPPED_BITS = 8 * sizeof mapped };

static bool is_mapped(const eg_address *address)
{
    return memcmp(address->bytes, mapped, sizeof mapped) == 0;
}

bool eg_address_read(eg_address *out, eg_str text)
{
    char copy[EG_ADDRESS_TEXT];
    if (text.len == 0 || text.len >= sizeof copy || memchr(text.data, '\0', text.len) != NULL) {
        return false;
    }
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    if (strchr(copy, ':') != NULL) {
        return inet_pton(AF_INET6, copy, out->bytes) == 1;
    }
    memcpy(out->bytes, mapped, sizeof mapped);
    return inet_pton(AF_INET, copy, out->bytes + sizeof mapped) == 1;
}

void eg_address_write(char out[EG_ADDRESS_TEXT], const eg_address *address)
{
    bool four = is_mapped(address);
    (void)inet_ntop(four ? AF_INET : AF_INET6, address->bytes + (four ? sizeof mapped : 0), out,
                    EG_ADDRESS_TEXT);
}

static bool read_bits(unsigned *out, eg_str text, unsigned most)
{
    unsigned bits = 0;
    bool good = text.len > 0 && text.len <= 3;
    for (size_t i = 0; i < text.len && good; i++) {
        good = text.data[i] >= '0' && text.data[i] <= '9';
        bits = 10 * bits + (unsigned)(text.data[i] - '0');
    }
    *out = bits;
    return good && bits <= most;
}

static bool read_network(eg_network *out, eg_str text)
{
    const char *slash = memchr(text.data, '/', text.len);
    eg_str address = {text.data, slash == NULL ? text.len : (size_t)(slash - text.data)};
    if (!eg_address_read(&out->address, address)) {
        return false;
    }
    bool four = memchr(address.data, ':', address.len) == NULL;
    unsigned width = four ? 32 : 128;
    out->bits = width;
    if (slash != NULL &&
        !read_bits(&out->bits, (eg_str){slash + 1, text.len - address.len - 1}, width)) {
        return false;
    }
    out->bits += four ? MAPPED_BITS : 0;
    return true;
}

bool eg_networks_read(eg_networks *out, const char *list)
{
    static const char between[] = ", \t";
    *out = (eg_networks){0};
    for (const char *at = list + strspn(list, between); *at != '\0'; at += strspn(at, between)) {
        size_t n = strcspn(at, between);
        if (eg_str_equal((eg_str){at, n}, EG_STR("unix"))) {
            out->unix_sockets = true;
            at += n;
            continue;
        }
        if (out->count == EG_NETWORKS_MAX || !read_network(&out->at[out->count], (eg_str){at, n})) {
            return false;
        }
        out->count++;
        at += n;
    }
    return true;
}

static bool holds(const eg_network *network, const eg_address *address)
{
    unsigned whole = network->bits / 8, rest = network->bits % 8;
    if (memcmp(network->address.bytes, address->bytes, whole) != 0) {
        return false;
    }
    unsigned mask = rest == 0 ? 0 : 0xffu << (8 - rest) & 0xffu;
    return mask == 0 || ((network->address.bytes[whole] ^ address->bytes[whole]) & mask) == 0;
}

bool eg_networks_hold(const eg_networks *networks, const eg_address *address)
{
    for (size_t i = 0; i < networks->count; i++) {
        if (holds(&networks->at[i], address)) {
            return true;
        }
    }
    return false;
}
