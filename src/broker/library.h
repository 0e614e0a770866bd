/* librabbitmq, loaded by the commands that speak to a broker. Not linked, as libcurl is not: the
 * process that serves has no use for it (docs/decisions/0001-libraries.md). */
#ifndef EG_BROKER_LIBRARY_H
#define EG_BROKER_LIBRARY_H

#include "base/error.h"

#include <sys/time.h>

/* The headers have other names from 0.13 on. */
#if __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/ssl_socket.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#endif

/* Functions of librabbitmq under their names without "amqp_". */
#define EG_AMQP_FUNCTIONS(X)                                                                       \
    X(new_connection)                                                                              \
    X(destroy_connection)                                                                          \
    X(tcp_socket_new)                                                                              \
    X(ssl_socket_new)                                                                              \
    X(ssl_socket_set_cacert)                                                                       \
    X(ssl_socket_set_verify_peer)                                                                  \
    X(ssl_socket_set_verify_hostname)                                                              \
    X(ssl_socket_set_ssl_versions)                                                                 \
    X(socket_open_noblock)                                                                         \
    X(set_handshake_timeout)                                                                       \
    X(set_rpc_timeout)                                                                             \
    X(get_sockfd)                                                                                  \
    X(login)                                                                                       \
    X(get_rpc_reply)                                                                               \
    X(error_string2)                                                                               \
    X(channel_open)                                                                                \
    X(confirm_select)                                                                              \
    X(exchange_declare)                                                                            \
    X(queue_declare)                                                                               \
    X(queue_bind)                                                                                  \
    X(queue_delete)                                                                                \
    X(basic_qos)                                                                                   \
    X(basic_consume)                                                                               \
    X(basic_cancel)                                                                                \
    X(basic_publish)                                                                               \
    X(basic_ack)                                                                                   \
    X(basic_reject)                                                                                \
    X(simple_wait_frame_noblock)                                                                   \
    X(read_message)                                                                                \
    X(destroy_message)                                                                             \
    X(maybe_release_buffers)                                                                       \
    X(connection_close)

typedef struct eg_amqp {
#define EG_AMQP_MEMBER(name) __typeof__(amqp_##name) *name;
    EG_AMQP_FUNCTIONS(EG_AMQP_MEMBER)
#undef EG_AMQP_MEMBER
} eg_amqp;

/* Loads it once; stays. EG_E_UNAVAILABLE, saying what to install, where it is not there. */
eg_result eg_amqp_load(const eg_amqp **out, eg_error *err) EG_MUST_USE;

#endif
