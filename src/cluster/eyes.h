/* A few pages for balancers and monitors, of a process that is no server otherwise: GET /health,
 * /ready, /metrics. */
#ifndef EG_CLUSTER_EYES_H
#define EG_CLUSTER_EYES_H

#include "base/buf.h"

typedef struct eg_eyes eg_eyes;

/* Called from a thread of the pages' own. */
typedef struct eg_eyes_pages {
    void *context;
    /* Prometheus' text. */
    void (*metrics)(void *context, eg_buf *out);
    /* NULL when ready; else what it waits for: "broker". */
    const char *(*ready)(void *context);
} eg_eyes_pages;

/* bind: HOST:PORT, port 0 for a free one; *port gets what it is. EG_E_OUT_OF_RANGE for a bind that
 * is none, EG_E_UNAVAILABLE when it cannot be had. */
eg_result eg_eyes_open(eg_eyes **out, const char *bind, const eg_eyes_pages *pages, unsigned *port,
                       eg_error *err) EG_MUST_USE;
void eg_eyes_close(eg_eyes *eyes); /* NULL is fine */

#endif
