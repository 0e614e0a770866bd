/* What the I/O thread keeps: its connections, their requests and its own. Shapes alone, so that the
 * files that act on them need not know each other. All of it belongs to that thread. */
#ifndef EG_SERVER_HTTP_STATE_H
#define EG_SERVER_HTTP_STATE_H

#include "server/http/access.h"
#include "server/http/admission.h"
#include "server/http/framing.h"
#include "server/http/http_setup.h"

#include <microhttpd.h>
#include <netinet/in.h>

/* First in all that the I/O thread's epoll knows by pointer. */
typedef enum eg_watched { EG_WATCHED_CONNECTION, EG_WATCHED_LINGER, EG_WATCHED_OTHER } eg_watched;

typedef struct eg_connection {
    eg_watched kind;
    struct eg_connection *next, *previous;
    struct eg_http *http;
    struct MHD_Connection *mhd;
    int fd;
    enum { EG_WAITING, EG_HEAD, EG_REQUEST } state;
    uint64_t since_ns;            /* EG_WAITING: end of the last answer; EG_HEAD: first byte */
    struct eg_exchange *exchange; /* EG_REQUEST, and a head whose first line is in */
    uint64_t doomed_ns;           /* answered without libmicrohttpd; 0: not */
    bool overflow;                /* one more than there may be */
    bool settled;                 /* no newcomer: a request of it has begun, or long not */
    bool ended;                   /* libmicrohttpd has ended it, and has yet to let it go */
    bool peer_gone;               /* the client has closed its side */
    bool unread;                  /* bytes of the client may be unread when it is closed */
    size_t charged_bytes;         /* to the worker's memory */
    eg_framing framing;           /* of all that came */
    uint64_t begun, done;         /* requests that libmicrohttpd made known and ended */
    char peer[INET6_ADDRSTRLEN];
} eg_connection;

/* A closed connection whose client may still be sending: reading on for a while keeps the answer
 * from being lost to a reset. */
typedef struct eg_linger {
    eg_watched kind;
    struct eg_linger *next, *previous;
    int fd;
    uint64_t started_ns, heard_ns;
} eg_linger;

/* One request and its answer. */
typedef struct eg_exchange {
    struct eg_http *http;
    eg_connection *connection;
    const eg_endpoint *endpoint; /* NULL when refused or the server's own */
    eg_job *job;
    eg_route_match route;
    eg_error refusal; /* code EG_OK: none */
    eg_body_length length;
    bool begun;                  /* the headers are in */
    bool answered;               /* an answer is queued, or was written */
    bool unframed;               /* refused for an end that is not certain: the connection closes */
    bool body_in;                /* the whole body has come */
    bool bad_path;               /* an escaped NUL in the request line */
    uint64_t body_bytes;         /* come so far */
    uint64_t discarded_since_ns; /* the body is only read any more; 0: not */
    uint64_t sent_bytes;
    char method[16];
    const char *path;  /* without the query; libmicrohttpd's, for as long as the request */
    const char *query; /* behind the path; "" when there is none */
    char *query_copy;  /* owned */
    char id[EG_REQUEST_ID_MAX + 1];
    char trace[EG_TRACE_ID_HEX + 1]; /* "": of none */
    char client[EG_ADDRESS_TEXT];    /* whom trusted proxies name; "": nobody */
    int status;
    size_t row; /* of the scoreboard */
    uint64_t started_ns, deadline_ns;
} eg_exchange;

struct eg_http {
    struct MHD_Daemon *daemon;
    eg_http_setup setup;
    int epoll_fd;
    int memory_fd;  /* see eg_machine_own_memory */
    int wake_fd;    /* eventfd in epoll_fd: written by compute threads that resume a connection */
    bool listening; /* the listening socket is in epoll_fd */
    uint64_t declined_ns; /* since when connections are left to another worker; 0: they are not */
    bool closed;          /* takes no connection any more */
    bool hurry;
    uint64_t retired_ns;
    uint64_t next_tick_ns, next_memory_ns, next_trim_ns;
    uint64_t served_before; /* requests served at the last look at what is kept without need */
    unsigned quiet_looks;   /* since one was in work or served */
    uint64_t trimmed_at;    /* requests served by then */
    bool asked_to_end;      /* on_full_life was called */
    eg_connection *connections;
    unsigned open;
    unsigned arriving; /* accepted, not yet made known by libmicrohttpd: 1.0 does so when it runs */
    unsigned newcomers; /* of those open, those that are about to ask something */
    eg_linger *lingers;
    unsigned linger_count;
    unsigned requests; /* jobs in work */
};

#endif
