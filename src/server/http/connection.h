/* What is kept per connection beside libmicrohttpd's own, and every limit of time: a connection
 * that waits for its next request, a head that trickles, a body that trickles, a client that does
 * not read. All of it belongs to the I/O thread. */
#ifndef EG_SERVER_HTTP_CONNECTION_H
#define EG_SERVER_HTTP_CONNECTION_H

#include "server/http/framing.h"
#include "server/http/http.h"

#include <microhttpd.h>
#include <netinet/in.h>

struct eg_exchange;

enum {
    EG_CONNECTION_BYTES = 12 * 1024 /* counted for an open connection that has done little yet */
};

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

struct eg_http {
    struct MHD_Daemon *daemon;
    eg_http_setup setup;
    int epoll_fd;
    int memory_fd;  /* see eg_machine_own_memory */
    int wake_fd;    /* eventfd in epoll_fd: written by compute threads that resume a connection */
    bool listening; /* the listening socket is in epoll_fd */
    bool declined;  /* left the last connection to another worker */
    bool closed;    /* takes no connection any more */
    bool hurry;
    uint64_t retired_ns;
    uint64_t next_tick_ns, next_memory_ns, next_rest_ns;
    uint64_t served_before; /* requests served at the last look at what is kept without need */
    unsigned quiet_looks;   /* since one was in work or served */
    uint64_t trimmed_at;    /* requests served by then */
    bool asked_to_end;      /* on_full_life was called */
    eg_connection *connections;
    unsigned open;
    unsigned arriving; /* accepted, not yet made known by libmicrohttpd: 1.0 does so when it runs */
    eg_linger *lingers;
    unsigned linger_count;
    unsigned requests; /* jobs in work */
};

/* libmicrohttpd's MHD_NotifyConnectionCallback; context is the eg_http. */
void eg_connection_notify(void *context, struct MHD_Connection *mhd, void **state,
                          enum MHD_ConnectionNotificationCode code);
/* Others see on the scoreboard what this worker has, arriving ones included. */
void eg_connection_count(const eg_http *http);
eg_connection *eg_connection_of(struct MHD_Connection *mhd); /* NULL: unknown */

/* An event of epoll on its socket. */
void eg_connection_event(eg_connection *connection, uint32_t events);
void eg_linger_event(eg_http *http, eg_linger *linger);

/* Bytes of a request have come: its time runs. */
void eg_connection_heard(eg_connection *connection);
/* A request begins now: when its first byte came. */
uint64_t eg_connection_first_byte(const eg_connection *connection);
/* Counts all of libmicrohttpd's buffer for the connection, from here to its end: a body, or a head
 * that takes its time, may have filled it. False when there is no memory for that. */
bool eg_connection_grow(eg_connection *connection);
/* A request is over; its connection waits for the next one. */
void eg_connection_rests(eg_connection *connection);

/* Ends what has waited too long; called several times a second. */
void eg_connection_sweep(eg_http *http, uint64_t now_ns);

/* Closes the socket in both directions: libmicrohttpd notices and lets it go. */
void eg_connection_cut(eg_connection *connection);

#endif
