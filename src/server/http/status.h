/* GET /status: what the page at / shows that metrics do not have: each worker, and the requests
 * that have been in work longest. Source: docs/api-contract.md 5. */
#ifndef EG_SERVER_HTTP_STATUS_H
#define EG_SERVER_HTTP_STATUS_H

#include "base/buf.h"
#include "server/board/scoreboard.h"

void eg_status_write(eg_buf *out, const eg_scoreboard *board); /* as JSON */

#endif
