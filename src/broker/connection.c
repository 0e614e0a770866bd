#include "broker/broker_parts.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    CONNECT_TIMEOUT_S = 5,
    REPLY_TIMEOUT_S = 20,
    HEARTBEAT_S = 20,
    FRAME_BYTES = 131072,
    SHOWN_BYTES = 120
};

/* Where Debian keeps the authorities that the system trusts. */
static const char SYSTEM_AUTHORITIES[] = "/etc/ssl/certs/ca-certificates.crt";

/* ---- what went wrong ---- */

/* The broker's text for people, as far as it is plain. */
static void show(char out[SHOWN_BYTES], amqp_bytes_t text)
{
    size_t n = text.len < SHOWN_BYTES - 1 ? text.len : SHOWN_BYTES - 1;
    for (size_t i = 0; i < n; i++) {
        char c = ((const char *)text.bytes)[i];
        out[i] = (char)(c >= ' ' && c < 0x7f ? c : '?');
    }
    out[n] = '\0';
}

static eg_code code_of(unsigned reply)
{
    switch (reply) {
    case 403:
        return EG_E_UNAUTHORIZED;
    case 404:
    case 530: /* no such vhost */
        return EG_E_NOT_FOUND;
    case 406: /* another kind of queue has the name */
        return EG_E_DUPLICATE;
    default:
        return EG_E_UNAVAILABLE;
    }
}

static eg_result refused(amqp_method_t method, const char *what, eg_error *err)
{
    char shown[SHOWN_BYTES] = "";
    unsigned code = 0;
    if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
        const amqp_connection_close_t *m = method.decoded;
        code = m->reply_code;
        show(shown, m->reply_text);
    } else if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
        const amqp_channel_close_t *m = method.decoded;
        code = m->reply_code;
        show(shown, m->reply_text);
    }
    return EG_FAIL(err, code_of(code), NULL, "%s: the broker refuses (%u): %s", what, code, shown);
}

eg_result eg_broker_status(eg_broker *broker, int status, const char *what, eg_error *err)
{
    if (status >= 0) {
        return EG_SUCCESS;
    }
    broker->is_lost = true;
    return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "%s: %s", what,
                   broker->amqp->error_string2(status));
}

eg_result eg_broker_reply(eg_broker *broker, amqp_rpc_reply_t reply, const char *what,
                          eg_error *err)
{
    switch (reply.reply_type) {
    case AMQP_RESPONSE_NORMAL:
        return EG_SUCCESS;
    case AMQP_RESPONSE_SERVER_EXCEPTION:
        broker->is_lost = true;
        return refused(reply.reply, what, err);
    case AMQP_RESPONSE_LIBRARY_EXCEPTION:
        return eg_broker_status(broker, reply.library_error, what, err);
    case AMQP_RESPONSE_NONE:
        break;
    }
    broker->is_lost = true;
    return EG_FAIL(err, EG_E_UNAVAILABLE, NULL, "%s: the broker closed the connection", what);
}

eg_result eg_broker_last_reply(eg_broker *broker, const char *what, eg_error *err)
{
    return eg_broker_reply(broker, broker->amqp->get_rpc_reply(broker->connection), what, err);
}

/* ---- one node ---- */

static amqp_socket_t *make_socket(eg_broker *b, const eg_broker_settings *settings,
                                  const eg_broker_address *node, eg_error *err)
{
    const char *authorities = settings->ca_file == NULL ? SYSTEM_AUTHORITIES : settings->ca_file;
    if (!node->is_tls) {
        amqp_socket_t *plain = b->amqp->tcp_socket_new(b->connection);
        if (plain == NULL) {
            (void)EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
        }
        return plain;
    }
    amqp_socket_t *tls = b->amqp->ssl_socket_new(b->connection);
    if (tls == NULL) {
        (void)EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
        return NULL;
    }
    b->amqp->ssl_socket_set_verify_peer(tls, 1);
    b->amqp->ssl_socket_set_verify_hostname(tls, 1);
    (void)b->amqp->ssl_socket_set_ssl_versions(tls, AMQP_TLSv1_2, AMQP_TLSvLATEST);
    if (b->amqp->ssl_socket_set_cacert(tls, authorities) != AMQP_STATUS_OK) {
        eg_path path = eg_path_field(NULL, "--broker-ca");
        (void)EG_FAIL(err, EG_E_NOT_FOUND, &path,
                      "the file of certificate authorities cannot be read");
        return NULL;
    }
    return tls;
}

static eg_result log_in(eg_broker *b, const eg_broker_settings *settings,
                        const eg_broker_address *node, eg_error *err)
{
    char what[64];
    (void)snprintf(what, sizeof what, "login at %.48s", node->host);
    EG_TRY(
        eg_broker_reply(b,
                        b->amqp->login(b->connection, node->vhost, 0, FRAME_BYTES, HEARTBEAT_S,
                                       AMQP_SASL_METHOD_PLAIN, node->user,
                                       settings->password == NULL ? "guest" : settings->password),
                        what, err));
    (void)b->amqp->channel_open(b->connection, EG_BROKER_CHANNEL);
    EG_TRY(eg_broker_last_reply(b, "channel", err));
    (void)b->amqp->confirm_select(b->connection, EG_BROKER_CHANNEL);
    return eg_broker_last_reply(b, "confirmations", err);
}

static eg_result open_node(eg_broker *b, const eg_broker_settings *settings,
                           const eg_broker_address *node, eg_error *err)
{
    struct timeval connect = {.tv_sec = CONNECT_TIMEOUT_S};
    const struct timeval reply = {.tv_sec = REPLY_TIMEOUT_S};
    char what[96];
    (void)snprintf(what, sizeof what, "broker at %.64s:%u", node->host, (unsigned)node->port);
    b->is_lost = false;
    b->connection = b->amqp->new_connection();
    if (b->connection == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
    }
    amqp_socket_t *socket = make_socket(b, settings, node, err);
    if (socket == NULL) {
        return (eg_result){err == NULL ? EG_E_NO_MEMORY : err->code};
    }
    EG_TRY(eg_broker_status(
        b, b->amqp->socket_open_noblock(socket, node->host, node->port, &connect), what, err));
    (void)b->amqp->set_handshake_timeout(b->connection, &reply);
    (void)b->amqp->set_rpc_timeout(b->connection, &reply);
    return log_in(b, settings, node, err);
}

static void drop_connection(eg_broker *b)
{
    if (b->connection != NULL) {
        (void)b->amqp->destroy_connection(b->connection);
    }
    b->connection = NULL;
}

/* ---- all of them ---- */

eg_result eg_broker_open(eg_broker **out, const eg_broker_settings *settings, size_t first,
                         eg_error *err)
{
    eg_error local;
    const eg_amqp *amqp = NULL;
    EG_TRY(eg_amqp_load(&amqp, err));
    eg_broker *b = calloc(1, sizeof *b);
    if (b == NULL) {
        return EG_FAIL(err, EG_E_NO_MEMORY, NULL, "out of memory");
    }
    b->amqp = amqp;
    eg_result result = EG_SUCCESS;
    for (size_t i = 0; i < settings->addresses.count; i++) {
        const size_t node = (first + i) % settings->addresses.count;
        drop_connection(b);
        result =
            open_node(b, settings, &settings->addresses.nodes[node], err == NULL ? &local : err);
        if (!eg_failed(result)) {
            *out = b;
            return result;
        }
        if (result.code != EG_E_UNAVAILABLE) {
            break; /* the other nodes would say the same */
        }
    }
    eg_broker_close(b);
    return result;
}

void eg_broker_close(eg_broker *broker)
{
    if (broker == NULL) {
        return;
    }
    if (broker->has_message) {
        broker->amqp->destroy_message(&broker->message);
    }
    if (broker->connection != NULL && !broker->is_lost) {
        (void)broker->amqp->connection_close(broker->connection, AMQP_REPLY_SUCCESS);
    }
    drop_connection(broker);
    free(broker);
}
