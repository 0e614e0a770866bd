/* The life of a connection, beside what libmicrohttpd knows of it; limits.h ends it. */
#ifndef EG_SERVER_HTTP_CONNECTION_H
#define EG_SERVER_HTTP_CONNECTION_H

#include "server/http/state.h"

enum {
    EG_CONNECTION_BYTES = 12 * 1024 /* counted for an open connection that has done little yet */
};

/* libmicrohttpd's MHD_NotifyConnectionCallback; context is the eg_http. */
void eg_connection_notify(void *context, struct MHD_Connection *mhd, void **state,
                          enum MHD_ConnectionNotificationCode code);
/* Others see on the scoreboard what this worker has, arriving ones included. */
void eg_connection_count(const eg_http *http);
eg_connection *eg_connection_of(struct MHD_Connection *mhd); /* NULL: unknown */

/* Bytes of a request have come: its time runs. */
void eg_connection_heard(eg_connection *connection);
/* A request begins now: when its first byte came. */
uint64_t eg_connection_first_byte(const eg_connection *connection);
/* Counts all of libmicrohttpd's buffer for the connection, from here to its end: a body, or a head
 * that takes its time, may have filled it. False when there is no memory for that. */
bool eg_connection_grow(eg_connection *connection);
/* A request of it begins, or does not for long: it is no newcomer any longer. */
void eg_connection_settle(eg_connection *connection);
/* A request is over; its connection waits for the next one. */
void eg_connection_idle(eg_connection *connection);

/* Closes the socket in both directions: libmicrohttpd notices and lets it go. */
void eg_connection_cut(eg_connection *connection);
/* One that is to go has libmicrohttpd's attention. */
void eg_connection_nudge(eg_connection *connection);
/* Bytes have come that nobody has read. */
bool eg_connection_has_unread(const eg_connection *connection);

#endif
