#include "broker/broker_parts.h"

#include <poll.h>

/* ---- out ---- */

eg_result eg_broker_publish(eg_broker *broker, const char *exchange, const char *key, eg_str body,
                            uint64_t *number, eg_error *err)
{
    const amqp_basic_properties_t properties = {._flags = AMQP_BASIC_CONTENT_TYPE_FLAG |
                                                          AMQP_BASIC_DELIVERY_MODE_FLAG,
                                                .content_type = eg_amqp_bytes("application/json"),
                                                .delivery_mode = AMQP_DELIVERY_PERSISTENT};
    const amqp_bytes_t bytes = {body.len, (void *)(uintptr_t)body.data};
    EG_TRY(eg_broker_status(broker,
                            broker->amqp->basic_publish(broker->connection, EG_BROKER_CHANNEL,
                                                        eg_amqp_bytes(exchange), eg_amqp_bytes(key),
                                                        1, 0, &properties, bytes),
                            "publishing", err));
    *number = ++broker->published;
    return EG_SUCCESS;
}

eg_result eg_broker_ack(eg_broker *broker, uint64_t number, eg_error *err)
{
    return eg_broker_status(
        broker, broker->amqp->basic_ack(broker->connection, EG_BROKER_CHANNEL, number, 0),
        "acknowledgement", err);
}

eg_result eg_broker_reject(eg_broker *broker, uint64_t number, bool again, eg_error *err)
{
    return eg_broker_status(
        broker, broker->amqp->basic_reject(broker->connection, EG_BROKER_CHANNEL, number, again),
        "rejection", err);
}

/* ---- consumers ---- */

eg_result eg_broker_consume(eg_broker *broker, const char *queue, unsigned prefetch, eg_error *err)
{
    (void)broker->amqp->basic_qos(broker->connection, EG_BROKER_CHANNEL, 0, (uint16_t)prefetch, 0);
    EG_TRY(eg_broker_last_reply(broker, queue, err));
    (void)broker->amqp->basic_consume(broker->connection, EG_BROKER_CHANNEL, eg_amqp_bytes(queue),
                                      eg_amqp_bytes(queue), 0, 0, 0, (amqp_table_t){0});
    return eg_broker_last_reply(broker, queue, err);
}

eg_result eg_broker_cancel(eg_broker *broker, const char *queue, eg_error *err)
{
    (void)broker->amqp->basic_cancel(broker->connection, EG_BROKER_CHANNEL, eg_amqp_bytes(queue));
    return eg_broker_last_reply(broker, queue, err);
}

/* ---- in ---- */

static bool is_named(const amqp_table_entry_t *entry, eg_str name)
{
    return entry->key.len == name.len && memcmp(entry->key.bytes, name.data, name.len) == 0;
}

static uint64_t integer_of(const amqp_field_value_t *value)
{
    switch ((int)value->kind) {
    case AMQP_FIELD_KIND_I64:
        return value->value.i64 < 0 ? 0 : (uint64_t)value->value.i64;
    case AMQP_FIELD_KIND_I32:
        return value->value.i32 < 0 ? 0 : (uint64_t)value->value.i32;
    case AMQP_FIELD_KIND_I16:
        return value->value.i16 < 0 ? 0 : (uint64_t)value->value.i16;
    case AMQP_FIELD_KIND_I8:
        return value->value.i8 < 0 ? 0 : (uint64_t)value->value.i8;
    case AMQP_FIELD_KIND_U8:
        return value->value.u8;
    default:
        return 0;
    }
}

static void read_headers(eg_broker_event *out, const amqp_basic_properties_t *properties)
{
    if ((properties->_flags & AMQP_BASIC_HEADERS_FLAG) == 0) {
        return;
    }
    for (int i = 0; i < properties->headers.num_entries; i++) {
        const amqp_table_entry_t *entry = &properties->headers.entries[i];
        if (is_named(entry, EG_STR("x-delivery-count"))) {
            out->returns = integer_of(&entry->value);
        } else if (is_named(entry, EG_STR("x-first-death-reason")) &&
                   entry->value.kind == AMQP_FIELD_KIND_UTF8) {
            out->dead_reason =
                (eg_str){entry->value.value.bytes.bytes, entry->value.value.bytes.len};
        }
    }
}

static void drop_message(eg_broker *b)
{
    if (b->has_message) {
        b->amqp->destroy_message(&b->message);
    }
    b->has_message = false;
}

/* The content behind a method that brings one. */
static eg_result take_message(eg_broker *b, eg_broker_event *out, amqp_bytes_t key, eg_error *err)
{
    const size_t n = key.len < sizeof b->key ? key.len : sizeof b->key;
    memcpy(b->key, key.bytes, n);
    EG_TRY(eg_broker_reply(b,
                           b->amqp->read_message(b->connection, EG_BROKER_CHANNEL, &b->message, 0),
                           "delivery", err));
    b->has_message = true;
    out->key = (eg_str){b->key, n};
    out->body = (eg_str){b->message.body.bytes, b->message.body.len};
    read_headers(out, &b->message.properties);
    return EG_SUCCESS;
}

static eg_result take_method(eg_broker *b, eg_broker_event *out, const amqp_method_t *method,
                             eg_error *err)
{
    switch (method->id) {
    case AMQP_BASIC_DELIVER_METHOD: {
        const amqp_basic_deliver_t *m = method->decoded;
        out->number = m->delivery_tag;
        EG_TRY(take_message(b, out, m->routing_key, err));
        out->kind = EG_BROKER_DELIVERY;
        return EG_SUCCESS;
    }
    case AMQP_BASIC_ACK_METHOD: {
        const amqp_basic_ack_t *m = method->decoded;
        *out = (eg_broker_event){
            .kind = EG_BROKER_CONFIRMED, .number = m->delivery_tag, .multiple = m->multiple != 0};
        return EG_SUCCESS;
    }
    case AMQP_BASIC_NACK_METHOD: {
        const amqp_basic_nack_t *m = method->decoded;
        *out = (eg_broker_event){
            .kind = EG_BROKER_REFUSED, .number = m->delivery_tag, .multiple = m->multiple != 0};
        return EG_SUCCESS;
    }
    case AMQP_BASIC_RETURN_METHOD: {
        const amqp_basic_return_t *m = method->decoded;
        EG_TRY(take_message(b, out, m->routing_key, err));
        out->kind = EG_BROKER_RETURNED;
        return EG_SUCCESS;
    }
    case AMQP_BASIC_CANCEL_METHOD:
        out->kind = EG_BROKER_CANCELLED;
        return EG_SUCCESS;
    case AMQP_CHANNEL_CLOSE_METHOD:
    case AMQP_CONNECTION_CLOSE_METHOD:
        return eg_broker_reply(
            b, (amqp_rpc_reply_t){.reply_type = AMQP_RESPONSE_SERVER_EXCEPTION, .reply = *method},
            "connection", err);
    default: /* the broker holds its breath, or lets it go: connection.blocked, unblocked */
        return EG_SUCCESS;
    }
}

/* What is there already. */
static eg_result take(eg_broker *b, eg_broker_event *out, bool *found, eg_error *err)
{
    struct timeval now = {0};
    amqp_frame_t frame;
    b->amqp->maybe_release_buffers(b->connection);
    const int status = b->amqp->simple_wait_frame_noblock(b->connection, &frame, &now);
    *found = status != AMQP_STATUS_TIMEOUT;
    if (!*found) {
        return EG_SUCCESS;
    }
    EG_TRY(eg_broker_status(b, status, "connection", err));
    return frame.frame_type == AMQP_FRAME_METHOD ? take_method(b, out, &frame.payload.method, err)
                                                 : EG_SUCCESS;
}

eg_result eg_broker_next(eg_broker *broker, eg_broker_event *out, int timeout_ms, int wake,
                         eg_error *err)
{
    bool found = true;
    bool waited = false;
    drop_message(broker);
    *out = (eg_broker_event){.kind = EG_BROKER_NOTHING};
    while (out->kind == EG_BROKER_NOTHING) {
        EG_TRY(take(broker, out, &found, err));
        if (found) {
            continue;
        }
        if (waited) {
            break;
        }
        struct pollfd files[] = {
            {.fd = broker->amqp->get_sockfd(broker->connection), .events = POLLIN},
            {.fd = wake, .events = POLLIN}};
        (void)poll(files, 2, timeout_ms);
        waited = true;
        if (files[0].revents == 0) {
            break;
        }
    }
    return EG_SUCCESS;
}
