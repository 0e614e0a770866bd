#include "server/http/head.h"

#include "server/http/forwarded.h"

eg_str eg_head_value(struct MHD_Connection *mhd, const char *name)
{
    const char *value = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, name);
    return value == NULL ? EG_STR("") : eg_str_from(value);
}

bool eg_head_is_token(eg_str text)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";
    bool good = text.len > 0;
    for (size_t i = 0; i < text.len && good; i++) {
        char c = text.data[i];
        good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               memchr(marks, c, sizeof marks - 1) != NULL;
    }
    return good;
}

static bool is_named(eg_str name, const char *wanted)
{
    return name.len == strlen(wanted) && strncasecmp(name.data, wanted, name.len) == 0;
}

/* "Content-Length : 5" is another header's name to us and a length to some proxy; a value with a
 * line's end within ends there for one and not for the other. */
static enum MHD_Result look_at(void *arrival, enum MHD_ValueKind kind, const char *name,
                               size_t name_bytes, const char *value, size_t value_bytes)
{
    eg_arrival *out = arrival;
    eg_str key = {name, name_bytes};
    (void)kind;
    out->lengths += is_named(key, "Content-Length") ? 1 : 0;
    out->codings += is_named(key, "Transfer-Encoding") ? 1 : 0;
    out->hosts += is_named(key, "Host") ? 1 : 0;
    bool broken = value_bytes > 0 && (memchr(value, '\r', value_bytes) != NULL ||
                                      memchr(value, '\n', value_bytes) != NULL);
    out->malformed = out->malformed || broken || !eg_head_is_token(key);
    return MHD_YES;
}

void eg_head_read(eg_arrival *out, struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    out->head_bytes = info == NULL ? 0 : info->header_size;
    out->key = eg_head_value(mhd, "X-ElectionGuard-Internal-Key");
    out->content_encoding = eg_head_value(mhd, "Content-Encoding");
    out->content_length = eg_head_value(mhd, "Content-Length");
    out->transfer_encoding = eg_head_value(mhd, "Transfer-Encoding");
    out->malformed = !eg_head_is_token(eg_str_from(out->method));
    (void)MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, look_at, out);
}

typedef struct said {
    const eg_networks *trusted;
    eg_hops x_forwarded_for, forwarded;
} said;

static enum MHD_Result hear(void *context, enum MHD_ValueKind kind, const char *name,
                            size_t name_bytes, const char *value, size_t value_bytes)
{
    said *s = context;
    eg_str key = {name, name_bytes};
    eg_str line = {value, value == NULL ? 0 : value_bytes};
    (void)kind;
    if (is_named(key, "X-Forwarded-For")) {
        eg_hops_x_forwarded_for(&s->x_forwarded_for, s->trusted, line);
    } else if (is_named(key, "Forwarded")) {
        eg_hops_forwarded(&s->forwarded, s->trusted, line);
    }
    return MHD_YES;
}

bool eg_head_client(eg_address *out, struct MHD_Connection *mhd, const eg_networks *trusted,
                    const char *peer)
{
    said s = {.trusted = trusted};
    eg_address from;
    bool is_trusted = strcmp(peer, EG_PEER_UNIX) == 0 ? trusted->unix_sockets
                                                      : eg_address_read(&from, eg_str_from(peer)) &&
                                                            eg_networks_hold(trusted, &from);
    if (!is_trusted) {
        return false;
    }
    (void)MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, hear, &s);
    return eg_hops_client(out, &s.x_forwarded_for, &s.forwarded);
}
