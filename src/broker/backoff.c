#include "broker/backoff.h"

uint32_t eg_backoff_ms(unsigned failures, const eg_rng *rng)
{
    uint32_t most = EG_BACKOFF_FIRST_MS;
    uint8_t random[2] = {0xff, 0xff}; /* without a generator: the longest */
    for (unsigned i = 1; i < failures && most < EG_BACKOFF_MOST_MS; i++) {
        most *= 2;
    }
    most = most < EG_BACKOFF_MOST_MS ? most : EG_BACKOFF_MOST_MS;
    if (eg_failed(eg_rng_fill(rng, random, sizeof random, NULL))) {
        return most;
    }
    return most / 2 + most / 2 * ((uint32_t)random[0] << 8 | random[1]) / 0xffff;
}
