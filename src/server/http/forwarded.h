/* Who asks, where balancers stand between: what X-Forwarded-For and Forwarded (RFC 7239) say, as
 * far as it was said by proxies that are trusted. Each proxy adds whom it got the request from at
 * the right end; what stands further left than the first address that is not trusted was sent by
 * that client, who may have made it up. */
#ifndef EG_SERVER_HTTP_FORWARDED_H
#define EG_SERVER_HTTP_FORWARDED_H

#include "server/board/networks.h"

/* What one kind of header has said so far. Zero: nothing. */
typedef struct eg_hops {
    bool any;           /* an entry was there */
    bool unclear;       /* the right-most entry that is no trusted proxy is no address either */
    eg_address address; /* of the right-most entry that is no trusted proxy; else of the first */
} eg_hops;

/* Lines of one kind in the order in which they came. */
void eg_hops_x_forwarded_for(eg_hops *hops, const eg_networks *trusted, eg_str line);
void eg_hops_forwarded(eg_hops *hops, const eg_networks *trusted, eg_str line);

/* False when they do not tell: nothing was said, it is not clear, or the two kinds differ. */
bool eg_hops_client(eg_address *out, const eg_hops *x_forwarded_for, const eg_hops *forwarded);

#endif
