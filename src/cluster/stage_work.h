/* One task, from its object in the store over a service to the object of its result. */
#ifndef EG_CLUSTER_STAGE_WORK_H
#define EG_CLUSTER_STAGE_WORK_H

#include "client/http_client.h"
#include "cluster/objects.h"
#include "cluster/task.h"

typedef enum eg_work_end {
    EG_WORK_DONE,
    EG_WORK_FAULT,   /* of the task, or of what it refers to */
    EG_WORK_NOT_NOW, /* the service or the store is away, or full */
} eg_work_end;

typedef struct eg_stage_work eg_stage_work;

/* One thread's at a time. http and store are borrowed. NULL: no memory. */
eg_stage_work *eg_stage_work_new(eg_http_client *http, eg_store *store);
void eg_stage_work_free(eg_stage_work *work); /* NULL is fine */

/* Why a task cannot be done now. */
typedef struct eg_work_wait {
    const char *what;       /* "service", "store" */
    unsigned retry_after_s; /* how long the service wants to be left alone; 0: no word */
} eg_work_wait;

/* Asks the service once. result: whole when done; with its fault when there is one. */
eg_work_end eg_stage_work_do(eg_stage_work *work, const eg_chunk_task *task,
                             eg_chunk_result *result, eg_work_wait *wait, eg_error *err);

#endif
