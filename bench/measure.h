/* What the benchmarks measure with. */
#ifndef EG_BENCH_MEASURE_H
#define EG_BENCH_MEASURE_H

#include <stdlib.h>
#include <time.h>

/* CPU time of this thread: what else runs on the machine does not count. */
static inline double cpu_microseconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static inline int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts them; count is at least 1. */
static inline double median_of(double times[], unsigned count)
{
    qsort(times, count, sizeof *times, by_size);
    return times[count / 2];
}

#endif
