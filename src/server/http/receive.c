/* libmicrohttpd receives through recv of the C library, which the dynamic linker lets a program
 * define first (as MHD_queue_response in answer.c): ours passes on what is well framed. Were it
 * bound tighter one day, no head would be seen here and every request be refused
 * (eg_exchange_on_request): nothing is let through unseen. See docs/decisions/0014. */
#include "server/http/receive.h"

#include "server/http/answer.h"
#include "server/http/connection.h"
#include "server/http/descriptors.h"
#include "server/http/exchange.h"

#include <errno.h>
#include <sys/socket.h>

enum { DISCARDS = 16 };

/* ---- what is wrong ---- */

/* Requests before it are answered first: pipelined ones may be in the very bytes that had it. */
static void settle_head(eg_connection *connection)
{
    if (connection->done < connection->framing.heads) {
        return;
    }
    eg_error error = {0};
    (void)EG_FAIL(&error, EG_E_BAD_ENCODING, NULL, "%s", connection->framing.fault);
    eg_answer_raw(connection, connection->exchange, &error);
}

static void settle_body(eg_connection *connection)
{
    bool is_its_turn = connection->begun == connection->framing.heads;
    if (is_its_turn && connection->state == EG_REQUEST) {
        eg_exchange_broken(connection->exchange, connection->framing.fault);
    } else if (connection->done == connection->framing.heads) {
        eg_connection_cut(connection); /* was answered without its body */
    }
}

void eg_receive_settle(eg_connection *connection)
{
    if (connection->framing.fault == NULL || connection->doomed_ns != 0) {
        return;
    }
    if (connection->framing.fault_in_head) {
        settle_head(connection);
    } else {
        settle_body(connection);
    }
}

/* ---- receiving ---- */

/* The client goes on sending what nobody reads any more. */
static ssize_t discard(int fd, void *buffer, size_t size, int flags)
{
    for (unsigned i = 0; i < DISCARDS; i++) {
        ssize_t n = recvfrom(fd, buffer, size, flags, NULL, NULL);
        if (n <= 0) {
            return n;
        }
    }
    errno = EAGAIN;
    return -1;
}

static ssize_t receive(eg_connection *connection, void *buffer, size_t size, int flags)
{
    eg_framing *framing = &connection->framing;
    if (framing->fault != NULL || framing->over) {
        return discard(connection->fd, buffer, size, flags);
    }
    ssize_t n = recvfrom(connection->fd, buffer, size, flags, NULL, NULL);
    if (n <= 0) {
        return n;
    }
    size_t good = eg_framing_read(framing, buffer, (size_t)n);
    eg_receive_settle(connection);
    if (good == 0) {
        errno = EAGAIN;
        return -1;
    }
    return (ssize_t)good;
}

__attribute__((visibility("default"))) ssize_t recv(int fd, void *buffer, size_t size, int flags)
{
    eg_connection *connection = eg_descriptor_connection(fd);
    return connection == NULL ? recvfrom(fd, buffer, size, flags, NULL, NULL)
                              : receive(connection, buffer, size, flags);
}
