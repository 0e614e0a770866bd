#include "record/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

typedef struct shared {
    atomic_size_t next; /* unit */
    atomic_bool stopped;
    size_t units;
    eg_parallel_unit unit;
    void *context;
} shared;

typedef struct worker {
    pthread_t thread;
    shared *shared;
    size_t number;
    eg_result result;
    eg_error error;
} worker;

size_t eg_parallel_threads(size_t wanted)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t threads = wanted > 0 ? wanted : processors > 0 ? (size_t)processors : 1;
    return threads < EG_PARALLEL_THREADS_MAX ? threads : EG_PARALLEL_THREADS_MAX;
}

static void *work(void *context)
{
    worker *w = context;
    shared *s = w->shared;
    eg_arena scratch;
    eg_arena_init(&scratch, NULL);
    while (!atomic_load(&s->stopped)) {
        size_t unit = atomic_fetch_add(&s->next, 1);
        if (unit >= s->units) {
            break;
        }
        w->result = s->unit(s->context, w->number, unit, &scratch, &w->error);
        eg_arena_reset(&scratch);
        if (eg_failed(w->result)) {
            atomic_store(&s->stopped, true);
        }
    }
    eg_arena_free(&scratch);
    return NULL;
}

/* A thread that cannot be made is one less. */
static size_t start(worker workers[], size_t threads, shared *s)
{
    size_t started = 0;
    for (size_t i = 0; i < threads; i++) {
        workers[started] = (worker){.shared = s, .number = started, .result = EG_SUCCESS};
        if (pthread_create(&workers[started].thread, NULL, work, &workers[started]) == 0) {
            started++;
        }
    }
    return started;
}

eg_result eg_parallel_run(size_t units, size_t threads, eg_parallel_unit unit, void *context,
                          eg_error *err)
{
    worker workers[EG_PARALLEL_THREADS_MAX];
    shared s = {.units = units, .unit = unit, .context = context};
    worker here = {.shared = &s, .result = EG_SUCCESS};
    size_t started = threads > 1 && units > 1 ? start(workers, threads, &s) : 0;
    if (started == 0) {
        (void)work(&here);
    }
    for (size_t i = 0; i < started; i++) {
        (void)pthread_join(workers[i].thread, NULL);
        if (eg_failed(workers[i].result) && !eg_failed(here.result)) {
            here.result = workers[i].result;
            here.error = workers[i].error;
        }
    }
    if (eg_failed(here.result) && err != NULL) {
        *err = here.error;
    }
    return here.result;
}
