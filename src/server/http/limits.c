#include "server/http/limits.h"

#include "base/clock.h"
#include "server/http/answer.h"
#include "server/http/connection.h"
#include "server/http/exchange.h"
#include "server/http/linger.h"
#include "server/http/receive.h"

#include <sys/epoll.h>

enum {
    DOOMED_MS = 1000,     /* between an answer past libmicrohttpd and the end */
    HURRY_MS = 500,       /* an idle connection has this long to send when the service shuts down */
    OVERFLOW_S = 5,       /* a connection too many has this long to say what it wants */
    NEWCOMER_MS = 100,    /* a connection that says nothing for so long is not about to */
    REFUSED_BODY_MS = 300 /* how long the body of a refused request is waited for */
};

static const uint64_t ms_ns = 1000000u, s_ns = 1000000000u;

/* ---- clients that leave ---- */

/* The client has closed its side: the work stops. */
static void client_left(eg_exchange *x)
{
    if (x->job != NULL) {
        eg_queue_client_left(x->http->setup.queue, x->job);
    }
}

void eg_limits_event(eg_connection *connection, uint32_t events)
{
    if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
        connection->peer_gone = true;
        if (connection->state == EG_REQUEST) {
            client_left(connection->exchange);
        }
    }
    if ((events & EPOLLIN) != 0) {
        eg_connection_heard(connection);
    }
}

/* ---- requests ---- */

/* The answer is known but the body is not in, so libmicrohttpd would not take it. */
static void sweep_unanswered(eg_exchange *x, uint64_t now_ns)
{
    eg_queue *queue = x->http->setup.queue;
    if (x->body_in || (x->job != NULL && eg_queue_is_suspended(queue, x->job))) {
        return; /* is answered when it is resumed */
    }
    bool ended = x->job == NULL || eg_queue_has_failed(queue, x->job);
    bool late = now_ns > x->deadline_ns;
    if (!ended) {
        return;
    }
    if (x->discarded_since_ns == 0) {
        x->discarded_since_ns = now_ns;
    }
    if (!late && now_ns - x->discarded_since_ns < REFUSED_BODY_MS * ms_ns) {
        return;
    }
    eg_error error = *eg_exchange_error(x);
    if (error.code == EG_OK) {
        if (!late) {
            return; /* a body that a path of our own does not need */
        }
        (void)EG_FAIL(&error, EG_E_SLOW_BODY, NULL, "the body did not arrive in time");
    }
    eg_answer_raw(x->connection, x, &error);
}

static void sweep_exchange(eg_exchange *x, uint64_t now_ns)
{
    if (!x->answered) {
        sweep_unanswered(x, now_ns);
    } else if (now_ns > x->deadline_ns) {
        /* the client does not take its answer; a suspended job was failed and resumed */
        eg_connection_cut(x->connection);
    }
}

/* ---- connections ---- */

static void sweep_waiting(eg_connection *connection, uint64_t now_ns)
{
    const eg_http *http = connection->http;
    if (now_ns > connection->since_ns + NEWCOMER_MS * ms_ns) {
        eg_connection_settle(connection);
    }
    uint64_t limit = http->setup.settings->keepalive_s * s_ns;
    uint64_t since = connection->since_ns;
    if (http->hurry) {
        since = since > http->retired_ns ? since : http->retired_ns;
        limit = HURRY_MS * ms_ns;
    } else if (connection->overflow) {
        limit = OVERFLOW_S * s_ns;
    }
    if (now_ns > since && now_ns - since > limit && !eg_connection_has_unread(connection)) {
        eg_connection_cut(connection);
    }
}

static void sweep_head(eg_connection *connection, uint64_t now_ns)
{
    uint64_t limit = connection->http->setup.settings->timeout_s * s_ns;
    eg_error error = {0};
    if (connection->overflow && now_ns - connection->since_ns > OVERFLOW_S * s_ns) {
        (void)EG_FAIL(&error, EG_E_BUSY, NULL,
                      "the service has too many connections; try again in a moment");
    } else if (now_ns - connection->since_ns > limit) {
        (void)EG_FAIL(&error, EG_E_SLOW_BODY, NULL, "the headers did not arrive in time");
        (void)atomic_fetch_add(&connection->http->setup.slot->counters.deadlines, 1);
    } else if (!eg_connection_grow(connection)) {
        (void)EG_FAIL(&error, EG_E_NO_MEMORY, NULL,
                      "the service is short of memory; try again in a moment");
    } else {
        return;
    }
    eg_answer_raw(connection, connection->exchange, &error);
}

/* A client that left with its last bytes, before its request was whole: the event of that was over
 * when the request began, and libmicrohttpd, which read those bytes, hears of no end. */
static bool has_left(const eg_connection *connection)
{
    bool is_owed = connection->state == EG_REQUEST && connection->exchange->body_in;
    return connection->peer_gone && !is_owed && !eg_connection_has_unread(connection);
}

static void let_go(eg_connection *connection)
{
    if (connection->state == EG_REQUEST) {
        client_left(connection->exchange);
    }
    eg_connection_cut(connection);
}

void eg_limits_sweep(eg_http *http, uint64_t now_ns)
{
    eg_connection *next;
    for (eg_connection *c = http->connections; c != NULL; c = next) {
        next = c->next;
        eg_receive_settle(c);
        if (c->ended) {
            eg_connection_nudge(c);
        } else if (c->doomed_ns != 0) {
            if (now_ns - c->doomed_ns > DOOMED_MS * ms_ns) {
                eg_connection_cut(c);
            }
        } else if (has_left(c)) {
            let_go(c);
        } else if (c->state == EG_WAITING) {
            sweep_waiting(c, now_ns);
        } else if (c->state == EG_HEAD) {
            sweep_head(c, now_ns);
        } else {
            sweep_exchange(c->exchange, now_ns);
        }
    }
    eg_linger_sweep(http, now_ns);
}
