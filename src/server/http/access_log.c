#include "server/http/access_log.h"

#include "server/board/audit_log.h"

/* Pages for people and balancers are nobody's business in an audit. */
static bool is_audited(const eg_exchange *x)
{
    return x->http->setup.settings->audit_log != NULL && x->endpoint != NULL &&
           (x->route.flags & EG_ENDPOINT_OPEN) == 0;
}

/* Work may still be under way when its client has left. */
static eg_noted noted_of(eg_job *job)
{
    (void)pthread_mutex_lock(&job->arena_lock);
    const eg_noted noted = job->noted;
    (void)pthread_mutex_unlock(&job->arena_lock);
    return noted;
}

static void audit(const eg_exchange *x, const eg_access_line *access)
{
    eg_audit_line line = {.access = *access};
    if (x->job != NULL) { /* else it was refused before it was let in */
        const char *key = x->http->setup.settings->internal_key;
        line.authenticated = key != NULL && *key != '\0'; /* an empty one lets everybody in */
        line.noted = noted_of(x->job);
    }
    eg_audit_write(&line);
}

void eg_exchange_log(const eg_exchange *x, uint64_t took_ns)
{
    const eg_settings *settings = x->http->setup.settings;
    const eg_access_line line = {
        .request_id = x->id,
        .trace_id = x->trace,
        .peer = x->client[0] != '\0' ? x->client : x->connection->peer,
        .method = x->method[0] == '\0' ? "-" : x->method,
        .route = eg_score_endpoint_name(x->row),
        .status = x->status,
        .bytes_in = x->body_bytes,
        .bytes_out = x->sent_bytes,
        .ms = (double)took_ns / 1e6,
    };
    if (settings->access_log) {
        eg_log_access(&line, settings->log_format);
    }
    if (is_audited(x)) {
        audit(x, &line);
    }
}
