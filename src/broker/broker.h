/* A connection to RabbitMQ: what is published is confirmed, what is taken is acknowledged. One
 * thread at a time.
 *
 * Errors: EG_E_UNAVAILABLE: not reached, or lost; close it and open another (backoff.h).
 * EG_E_UNAUTHORIZED: the broker refuses user or password, or the user's rights; EG_E_NOT_FOUND: no
 * such vhost or queue; EG_E_DUPLICATE: a queue or exchange of that name is there with other
 * arguments. The last three stay until somebody mends them. */
#ifndef EG_BROKER_BROKER_H
#define EG_BROKER_BROKER_H

#include "base/str.h"
#include "broker/address.h"

typedef struct eg_broker eg_broker;

typedef struct eg_broker_settings {
    eg_broker_addresses addresses; /* at least one */
    const char *password;          /* "guest" when NULL; secret, borrowed */
    const char *ca_file;           /* whom TLS trusts; NULL: the system's authorities. Borrowed */
} eg_broker_settings;

/* Connects to the first node that can be had, beginning with number `first` (modulo their number).
 * TLS: certificate and host name are verified. The connection is in confirm mode. */
eg_result eg_broker_open(eg_broker **out, const eg_broker_settings *settings, size_t first,
                         eg_error *err) EG_MUST_USE;
void eg_broker_close(eg_broker *broker); /* at once, whatever is in flight; NULL is fine */

/* Persistent, mandatory. *number: what its confirmation will name, counting from 1 within the
 * connection. */
eg_result eg_broker_publish(eg_broker *broker, const char *exchange, const char *key, eg_str body,
                            uint64_t *number, eg_error *err) EG_MUST_USE;

/* At most `prefetch` messages of it are on their way unacknowledged. */
eg_result eg_broker_consume(eg_broker *broker, const char *queue, unsigned prefetch,
                            eg_error *err) EG_MUST_USE;
/* No more deliveries of it, but those that were on their way. */
eg_result eg_broker_cancel(eg_broker *broker, const char *queue, eg_error *err) EG_MUST_USE;

typedef enum eg_broker_event_kind {
    EG_BROKER_NOTHING,
    EG_BROKER_DELIVERY,
    EG_BROKER_CONFIRMED, /* everything up to number (multiple), or it, is with the broker */
    EG_BROKER_REFUSED,   /* the same was not taken: the queue is full */
    EG_BROKER_RETURNED,  /* the message of key and body has no queue; a confirmation follows */
    EG_BROKER_CANCELLED  /* by the broker: the consumer's queue is gone */
} eg_broker_event_kind;

/* Strings are borrowed until the next call with the connection. */
typedef struct eg_broker_event {
    eg_broker_event_kind kind;
    uint64_t number; /* of a delivery: for its acknowledgement */
    bool multiple;
    eg_str body;
    eg_str key;         /* that it was published with */
    uint64_t returns;   /* of a delivery: how often it was given back before */
    eg_str dead_reason; /* of a dead letter: "rejected", "delivery_limit"...; else empty */
} eg_broker_event;

/* What comes next; EG_BROKER_NOTHING after timeout_ms, or when wake, a file descriptor or -1, can
 * be read. Heartbeats are sent here: to be called once a second at least. */
eg_result eg_broker_next(eg_broker *broker, eg_broker_event *out, int timeout_ms, int wake,
                         eg_error *err) EG_MUST_USE;

eg_result eg_broker_ack(eg_broker *broker, uint64_t number, eg_error *err) EG_MUST_USE;
/* Back into the queue, which counts it, or to the dead letters. */
eg_result eg_broker_reject(eg_broker *broker, uint64_t number, bool again,
                           eg_error *err) EG_MUST_USE;

#endif
