/* A lock between threads; nothing where there are none, as in WebAssembly, of which each worker has
 * memory of its own. */
#ifndef EG_BASE_LOCK_H
#define EG_BASE_LOCK_H

#ifdef EG_NO_THREADS

typedef struct eg_lock {
    char unused;
} eg_lock;

#define EG_LOCK_FREE                                                                               \
    {                                                                                              \
        0                                                                                          \
    }

static inline void eg_lock_init(eg_lock *lock)
{
    (void)lock;
}

static inline void eg_lock_clear(eg_lock *lock)
{
    (void)lock;
}

static inline void eg_lock_take(eg_lock *lock)
{
    (void)lock;
}

static inline void eg_lock_give(eg_lock *lock)
{
    (void)lock;
}

#else

#include <pthread.h>

/* Not recursive; given back by the thread that took it. */
typedef struct eg_lock {
    pthread_mutex_t mutex;
} eg_lock;

/* of static storage */
#define EG_LOCK_FREE                                                                               \
    {                                                                                              \
        PTHREAD_MUTEX_INITIALIZER                                                                  \
    }

static inline void eg_lock_init(eg_lock *lock)
{
    (void)pthread_mutex_init(&lock->mutex, NULL);
}

static inline void eg_lock_clear(eg_lock *lock)
{
    (void)pthread_mutex_destroy(&lock->mutex);
}

static inline void eg_lock_take(eg_lock *lock)
{
    (void)pthread_mutex_lock(&lock->mutex);
}

static inline void eg_lock_give(eg_lock *lock)
{
    (void)pthread_mutex_unlock(&lock->mutex);
}

#endif

#endif
