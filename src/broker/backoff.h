/* How long to wait before something that failed is tried again. */
#ifndef EG_BROKER_BACKOFF_H
#define EG_BROKER_BACKOFF_H

#include "base/rng.h"

enum { EG_BACKOFF_FIRST_MS = 500, EG_BACKOFF_MOST_MS = 30000 };

/* After so many failures in a row (from 1): twice as long each time, up to EG_BACKOFF_MOST_MS, of
 * which a random half is left out, so that those who lost a broker together do not come back
 * together. */
uint32_t eg_backoff_ms(unsigned failures, const eg_rng *rng);

#endif
