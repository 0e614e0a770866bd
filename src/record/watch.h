/* Who is told how far the verification of a record has come. */
#ifndef EG_RECORD_WATCH_H
#define EG_RECORD_WATCH_H

#include <stddef.h>

#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

/* One call at a time, from any thread: a step that begins and how many parts it has; parts that are
 * done. */
typedef struct eg_record_watch {
    void *context;
    void (*step)(void *context, const char *name, size_t parts);
    void (*done)(void *context, size_t parts);
} eg_record_watch;

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop

#endif
