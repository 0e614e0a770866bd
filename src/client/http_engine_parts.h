/* What the files of the HTTP engine share. Private to this folder. */
#ifndef EG_CLIENT_HTTP_ENGINE_PARTS_H
#define EG_CLIENT_HTTP_ENGINE_PARTS_H

#include "client/http_engine.h"

#include <pthread.h>
#include <stdatomic.h>

enum { EG_ENGINE_NOTES_MAX = 8 };

typedef struct eg_engine_site {
    const eg_http_client *http; /* of one of its lines */
    size_t half_ballots, failures;
    uint64_t noted_ns; /* when its failures were last told of, while others went on; 0: never */
    size_t awake;      /* of its lines, those that do not rest after a failure */
} eg_engine_site;

/* A thread and its connection. */
typedef struct eg_engine_line {
    eg_http_engine *engine;
    eg_http_client *http;
    size_t service;
    unsigned failures;      /* one after another */
    uint64_t rest_until_ns; /* 0: it does not rest */
    pthread_t thread;
    bool runs;
} eg_engine_line;

/* A task that waits for a line, or that is finished. */
typedef struct eg_engine_item {
    eg_task task;
    uint64_t failed_ns; /* first; 0: not yet */
    size_t failed_at;   /* the service that failed last, + 1; 0: none */
    eg_result result;   /* of one that is finished */
    eg_error err;
} eg_engine_item;

typedef struct eg_engine_list {
    eg_engine_item *items; /* room for the window */
    size_t count;
} eg_engine_list;

struct eg_http_engine {
    eg_engine engine;
    const eg_run_plan *plan;
    eg_progress *progress;
    uint64_t patience_s;
    uint64_t began_ns, measured_ns; /* ballots were worked on between; 0: not yet */
    size_t service_count, line_count;
    eg_engine_site *services;
    eg_engine_line *lines;
    atomic_bool stopping;
    atomic_bool reached; /* any service, ever */
    /* everything below, and what is counted above, under the lock */
    pthread_mutex_t lock;
    pthread_cond_t work;   /* a task waits, or it ends */
    pthread_cond_t change; /* a task is finished, or there is a note */
    eg_engine_list waiting, finished;
    char notes[EG_ENGINE_NOTES_MAX][EG_ERROR_TEXT_BYTES + 64];
    size_t note_count;
};

/* Lists have room for all tasks that there can be. The item at a place, taken out; put behind all
 * others. Under the lock. */
eg_engine_item eg_engine_take_at(eg_engine_list *l, size_t at);
void eg_engine_put_last(eg_engine_list *l, const eg_engine_item *it);
/* Waits for cond until that time of the monotonic clock. Under the lock. */
void eg_engine_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, uint64_t ns);

/* A thread's work: of pthread_create, with its line. */
void *eg_engine_run_line(void *line);

#endif
