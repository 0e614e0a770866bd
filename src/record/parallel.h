/* Units of work on all processors. */
#ifndef EG_RECORD_PARALLEL_H
#define EG_RECORD_PARALLEL_H

#include "base/arena.h"

enum { EG_PARALLEL_THREADS_MAX = 64 };

/* Does unit number `unit` on thread number `thread`. scratch is the thread's, reset after each. */
typedef eg_result (*eg_parallel_unit)(void *context, size_t thread, size_t unit, eg_arena *scratch,
                                      eg_error *err);

/* 0 asks for as many as there are processors; at most the maximum. */
size_t eg_parallel_threads(size_t wanted);

/* All units, each once, until one fails: then the first failure, and the rest are left. Returns
 * when every thread has ended. */
eg_result eg_parallel_run(size_t units, size_t threads, eg_parallel_unit unit, void *context,
                          eg_error *err) EG_MUST_USE;

#endif
