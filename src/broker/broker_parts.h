/* What the files of a connection share. Private to this folder. */
#ifndef EG_BROKER_BROKER_PARTS_H
#define EG_BROKER_BROKER_PARTS_H

#include "broker/broker.h"
#include "broker/library.h"

enum { EG_BROKER_CHANNEL = 1 };

struct eg_broker {
    const eg_amqp *amqp;
    amqp_connection_state_t connection;
    uint64_t published;     /* messages, so far */
    amqp_message_t message; /* the latest event's */
    bool has_message;
    char key[EG_BROKER_NAME_BYTES]; /* the latest event's */
    bool is_lost;                   /* nothing more is said on it */
};

/* The broker's or the library's word on the latest call, what the call was for in front. */
eg_result eg_broker_reply(eg_broker *broker, amqp_rpc_reply_t reply, const char *what,
                          eg_error *err) EG_MUST_USE;
eg_result eg_broker_last_reply(eg_broker *broker, const char *what, eg_error *err) EG_MUST_USE;
eg_result eg_broker_status(eg_broker *broker, int status, const char *what,
                           eg_error *err) EG_MUST_USE;

static inline amqp_bytes_t eg_amqp_bytes(const char *text)
{
    return (amqp_bytes_t){strlen(text), (void *)(uintptr_t)text};
}

#endif
