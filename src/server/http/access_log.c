#include "server/http/access_log.h"

#include "server/board/log.h"

void eg_exchange_log(const eg_exchange *x, uint64_t took_ns)
{
    const eg_settings *settings = x->http->setup.settings;
    if (!settings->access_log) {
        return;
    }
    eg_access_line line = {.request_id = x->id,
                           .peer = x->client[0] != '\0' ? x->client : x->connection->peer,
                           .method = x->method[0] == '\0' ? "-" : x->method,
                           .route = eg_score_endpoint_name(x->row),
                           .status = x->status,
                           .bytes_in = x->body_bytes,
                           .bytes_out = x->sent_bytes,
                           .ms = (double)took_ns / 1e6};
    eg_log_access(&line, settings->log_format);
}
