/* libmicrohttpd receives through recv of the C library, which the dynamic linker lets a program
 * define first (as MHD_queue_response in answer.c): ours passes on what is well framed. Were it
 * bound tighter one day, no head would be seen here and every request be refused
 * (eg_exchange_on_request): nothing is let through unseen. See docs/decisions/0014. */
#include "server/http/receive.h"

#include "server/http/answer.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { GROWTH = 256, DISCARDS = 16 };

/* By descriptor; of the I/O thread, which is the only one that has connections. */
static _Thread_local eg_connection **opened;
static _Thread_local size_t opened_size;

static eg_connection *connection_of(int fd)
{
    return fd >= 0 && (size_t)fd < opened_size ? opened[fd] : NULL;
}

bool eg_receive_open(int fd, eg_connection *connection)
{
    size_t wanted = (size_t)fd + 1;
    if (wanted > opened_size) {
        size_t size = wanted + GROWTH;
        eg_connection **more = realloc(opened, size * sizeof *more);
        if (more == NULL) {
            return false;
        }
        memset(more + opened_size, 0, (size - opened_size) * sizeof *more);
        opened = more;
        opened_size = size;
    }
    opened[fd] = connection;
    return true;
}

void eg_receive_close(int fd)
{
    if (connection_of(fd) != NULL) {
        opened[fd] = NULL;
    }
}

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
    eg_connection *connection = connection_of(fd);
    return connection == NULL ? recvfrom(fd, buffer, size, flags, NULL, NULL)
                              : receive(connection, buffer, size, flags);
}
