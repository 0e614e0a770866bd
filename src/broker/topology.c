#include "broker/topology.h"

#include "broker/broker_parts.h"

#include <stdio.h>

/* Results are not given up on: a coordinator that is killed again and again takes them each time.
 */
enum { RESULT_RETURNS_MAX = 1000000, ARGUMENTS_MAX = 8 };

eg_broker_name eg_broker_stage_queue(const char *stage)
{
    eg_broker_name name;
    (void)snprintf(name.text, sizeof name.text, EG_BROKER_QUEUE "%s", stage);
    return name;
}

eg_broker_name eg_broker_results_queue(const char *election)
{
    eg_broker_name name;
    (void)snprintf(name.text, sizeof name.text, EG_BROKER_RESULTS "%s", election);
    return name;
}

eg_broker_name eg_broker_task_key(const char *stage, const char *election)
{
    eg_broker_name name;
    (void)snprintf(name.text, sizeof name.text, "%s.%s", stage, election);
    return name;
}

/* ---- arguments of queues ---- */

typedef struct arguments {
    amqp_table_entry_t entries[ARGUMENTS_MAX];
    int count;
} arguments;

static void add_text(arguments *a, const char *key, const char *value)
{
    a->entries[a->count++] = (amqp_table_entry_t){
        .key = eg_amqp_bytes(key),
        .value = {.kind = AMQP_FIELD_KIND_UTF8, .value.bytes = eg_amqp_bytes(value)}};
}

static void add_number(arguments *a, const char *key, int32_t value)
{
    a->entries[a->count++] = (amqp_table_entry_t){
        .key = eg_amqp_bytes(key), .value = {.kind = AMQP_FIELD_KIND_I32, .value.i32 = value}};
}

static void add_switch(arguments *a, const char *key)
{
    a->entries[a->count++] = (amqp_table_entry_t){
        .key = eg_amqp_bytes(key), .value = {.kind = AMQP_FIELD_KIND_BOOLEAN, .value.boolean = 1}};
}

static eg_result declare_queue(eg_broker *b, const char *name, arguments *a, eg_error *err)
{
    add_text(a, "x-queue-type", "quorum");
    (void)b->amqp->queue_declare(b->connection, EG_BROKER_CHANNEL, eg_amqp_bytes(name), 0, 1, 0, 0,
                                 (amqp_table_t){.num_entries = a->count, .entries = a->entries});
    return eg_broker_last_reply(b, name, err);
}

static eg_result declare_exchange(eg_broker *b, const char *name, eg_error *err)
{
    (void)b->amqp->exchange_declare(b->connection, EG_BROKER_CHANNEL, eg_amqp_bytes(name),
                                    eg_amqp_bytes("topic"), 0, 1, 0, 0, (amqp_table_t){0});
    return eg_broker_last_reply(b, name, err);
}

static eg_result bind_queue(eg_broker *b, const char *queue, const char *exchange, const char *keys,
                            eg_error *err)
{
    (void)b->amqp->queue_bind(b->connection, EG_BROKER_CHANNEL, eg_amqp_bytes(queue),
                              eg_amqp_bytes(exchange), eg_amqp_bytes(keys), (amqp_table_t){0});
    return eg_broker_last_reply(b, queue, err);
}

/* ---- what there is ---- */

static eg_result declare_stage(eg_broker *b, const char *stage, eg_error *err)
{
    const eg_broker_name queue = eg_broker_stage_queue(stage);
    const eg_broker_name keys = eg_broker_task_key(stage, "*");
    arguments a = {.count = 0};
    add_number(&a, "x-delivery-limit", EG_BROKER_RETURNS_MAX);
    add_number(&a, "x-max-length", EG_BROKER_QUEUE_LENGTH);
    add_text(&a, "x-overflow", "reject-publish");
    add_text(&a, "x-dead-letter-exchange", EG_BROKER_DEAD);
    add_text(&a, "x-dead-letter-strategy", "at-least-once");
    EG_TRY(declare_queue(b, queue.text, &a, err));
    return bind_queue(b, queue.text, EG_BROKER_WORK, keys.text, err);
}

eg_result eg_broker_declare(eg_broker *broker, const char *const stages[], size_t count,
                            eg_error *err)
{
    arguments none = {.count = 0};
    EG_TRY(declare_exchange(broker, EG_BROKER_WORK, err));
    EG_TRY(declare_exchange(broker, EG_BROKER_DEAD, err));
    EG_TRY(declare_queue(broker, EG_BROKER_DEAD, &none, err));
    EG_TRY(bind_queue(broker, EG_BROKER_DEAD, EG_BROKER_DEAD, "#", err));
    for (size_t i = 0; i < count; i++) {
        EG_TRY(declare_stage(broker, stages[i], err));
    }
    return EG_SUCCESS;
}

eg_result eg_broker_declare_results(eg_broker *broker, const char *election, eg_error *err)
{
    const eg_broker_name queue = eg_broker_results_queue(election);
    const eg_broker_name keys = eg_broker_task_key("*", election);
    arguments a = {.count = 0};
    add_number(&a, "x-delivery-limit", RESULT_RETURNS_MAX);
    add_switch(&a, "x-single-active-consumer");
    EG_TRY(declare_queue(broker, queue.text, &a, err));
    return bind_queue(broker, queue.text, EG_BROKER_DEAD, keys.text, err);
}

eg_result eg_broker_delete_results(eg_broker *broker, const char *election, eg_error *err)
{
    const eg_broker_name queue = eg_broker_results_queue(election);
    (void)broker->amqp->queue_delete(broker->connection, EG_BROKER_CHANNEL,
                                     eg_amqp_bytes(queue.text), 0, 0);
    return eg_broker_last_reply(broker, queue.text, err);
}

eg_result eg_broker_waiting(eg_broker *broker, const char *queue, uint32_t *messages, eg_error *err)
{
    const amqp_queue_declare_ok_t *ok = broker->amqp->queue_declare(
        broker->connection, EG_BROKER_CHANNEL, eg_amqp_bytes(queue), 1, 1, 0, 0, (amqp_table_t){0});
    EG_TRY(eg_broker_last_reply(broker, queue, err));
    *messages = ok == NULL ? 0 : ok->message_count;
    return EG_SUCCESS;
}
