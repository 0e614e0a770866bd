/* What the server answers itself: /health, /ready, /metrics. */
#ifndef EG_SERVER_OWN_H
#define EG_SERVER_OWN_H

#include "server/pool.h"

typedef struct eg_own_facts {
    eg_pool *pool;
    unsigned in_flight;
    uint64_t served;
    size_t memory_bytes;
    bool draining;
} eg_own_facts;

bool eg_own_is_path(const char *path);
/* False for a method other than GET and HEAD. */
bool eg_own_answer(eg_buf *out, int *status, const char **content_type, const char *method,
                   const char *path, const eg_own_facts *facts);

#endif
