/* The exchanges and queues of elections, declared by whoever comes first. docs/cluster.md. */
#ifndef EG_BROKER_TOPOLOGY_H
#define EG_BROKER_TOPOLOGY_H

#include "broker/broker.h"

/* Tasks are published to it with STAGE.ELECTION; each stage has a queue. */
#define EG_BROKER_WORK "egserve.work"
/* Where tasks go that cannot be done, under the same key: into the queue of this name, and to the
 * results of their election. */
#define EG_BROKER_DEAD "egserve.dead"
/* Queues: these and a stage's name, or an election's. */
#define EG_BROKER_QUEUE   "egserve."
#define EG_BROKER_RESULTS "egserve.results."

enum {
    EG_BROKER_RETURNS_MAX = 3,       /* then the broker itself calls a task dead */
    EG_BROKER_QUEUE_LENGTH = 100000, /* further tasks are refused, and published later */
    EG_BROKER_QUEUE_BYTES = 128      /* of a queue's name, and of a key */
};

typedef struct eg_broker_name {
    char text[EG_BROKER_QUEUE_BYTES];
} eg_broker_name;

eg_broker_name eg_broker_stage_queue(const char *stage);
eg_broker_name eg_broker_results_queue(const char *election);
eg_broker_name eg_broker_task_key(const char *stage, const char *election);

/* The exchanges, the dead letters, a queue of each of these stages. */
eg_result eg_broker_declare(eg_broker *broker, const char *const stages[], size_t count,
                            eg_error *err) EG_MUST_USE;
/* The queue of an election's results: one consumer at a time. Its dead letters come to it too. */
eg_result eg_broker_declare_results(eg_broker *broker, const char *election,
                                    eg_error *err) EG_MUST_USE;
eg_result eg_broker_delete_results(eg_broker *broker, const char *election,
                                   eg_error *err) EG_MUST_USE;

/* Messages that wait in a queue that is there. */
eg_result eg_broker_waiting(eg_broker *broker, const char *queue, uint32_t *messages,
                            eg_error *err) EG_MUST_USE;

#endif
