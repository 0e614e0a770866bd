/* What the server answers itself, for the whole service: /health, /ready, /metrics. */
#ifndef EG_SERVER_HTTP_METRICS_H
#define EG_SERVER_HTTP_METRICS_H

#include "base/buf.h"
#include "server/board/scoreboard.h"

/* path: one that eg_access_is_own knows. content_type: static. */
void eg_own_answer(eg_buf *out, int *status, const char **content_type, const char *path,
                   eg_scoreboard *board);

#endif
