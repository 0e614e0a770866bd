/* Finding the endpoint of a path. */
#ifndef EG_SERVER_ROUTE_H
#define EG_SERVER_ROUTE_H

#include "api/routes.h"

typedef struct eg_route_match {
    const eg_endpoint *endpoint; /* NULL: see path_known */
    bool path_known;             /* the path exists, with another method */
    unsigned flags;              /* of the path's endpoint */
    char allow[64];              /* methods of the path, for Allow */
    eg_str tail;                 /* what {id} stands for, as in the path */
} eg_route_match;

void eg_route_find(eg_route_match *out, const char *method, const char *path);

#endif
