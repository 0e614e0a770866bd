#include "support/own_stack.h"

#include <pthread.h>
#include <string.h>

enum { STACK_BYTES = 1024 * 1024 };

static _Alignas(4096) unsigned char stack[STACK_BYTES];

typedef struct errand {
    void (*call)(void *);
    void *argument;
} errand;

static void *run(void *errand_)
{
    const errand *e = errand_;
    e->call(e->argument);
    return NULL;
}

bool own_stack_run(void (*call)(void *), void *argument)
{
    errand e = {call, argument};
    pthread_attr_t attributes;
    pthread_t thread;
    memset(stack, 0, sizeof stack);
    if (pthread_attr_init(&attributes) != 0) {
        return false;
    }
    bool ran = pthread_attr_setstack(&attributes, stack, sizeof stack) == 0 &&
               pthread_create(&thread, &attributes, run, &e) == 0 &&
               pthread_join(thread, NULL) == 0;
    (void)pthread_attr_destroy(&attributes);
    return ran;
}

bool own_stack_holds(const void *bytes, size_t n)
{
    return memmem(stack, sizeof stack, bytes, n) != NULL;
}
