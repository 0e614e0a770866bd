/* Time. Only api and server call it; below them time arrives as a value. */
#ifndef EG_BASE_CLOCK_H
#define EG_BASE_CLOCK_H

#include <stdint.h>

uint64_t eg_clock_monotonic_ns(void);
int64_t eg_clock_unix_s(void);

#endif
