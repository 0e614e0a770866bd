/* Finding the endpoint of a path. */
#ifndef EG_SERVER_HTTP_ROUTE_H
#define EG_SERVER_HTTP_ROUTE_H

#include "api/routes.h"

typedef struct eg_route_match {
    const eg_endpoint *endpoint; /* NULL: see path_known */
    bool path_known;             /* the path exists, with another method */
    unsigned flags;              /* of the path's endpoint */
    char allow[64];              /* methods of the path, for Allow */
    eg_str tail;                 /* what {id} stands for, as in the path */
} eg_route_match;

/* Where the path begins in a request's target, which may be a whole URI ("http://host/path", RFC
 * 9112, 3.2.2): the host is not looked at, as that of the header is not. */
const char *eg_route_path(const char *target);

void eg_route_find(eg_route_match *out, const char *method, const char *path);

#endif
