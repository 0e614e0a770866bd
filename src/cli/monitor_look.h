/* One look at a running service, and what two of them tell. */
#ifndef EG_CLI_MONITOR_LOOK_H
#define EG_CLI_MONITOR_LOOK_H

#include "base/buf.h"
#include "cli/metrics_text.h"
#include "wire/tree.h"

#include <stdint.h>

/* Everything lives in its arena. */
typedef struct eg_look {
    eg_arena arena;
    eg_metrics metrics;
    eg_node health; /* a map */
    eg_str ready;   /* what /ready says of itself */
    uint64_t at_ns; /* monotonic */
} eg_look;

void eg_look_init(eg_look *look);
void eg_look_free(eg_look *look);

/* Fills look from the three answers, whose texts are copied. What a service does not tell is shown
 * as nothing. EG_E_BAD_ENCODING, EG_E_BAD_TYPE: an answer is not what it should be. */
eg_result eg_look_read(eg_look *look, eg_str metrics, eg_str health, eg_str ready, uint64_t at_ns,
                       eg_error *err) EG_MUST_USE;

enum { EG_MONITOR_ENDPOINTS_MAX = 64, EG_MONITOR_CAUSES_MAX = 16, EG_MONITOR_SHARES = 3 };

/* The shares of requests for which latencies are told: half, nine in ten, 99 in a hundred. */
extern const double eg_monitor_shares[EG_MONITOR_SHARES];

/* An upper bound of a latency, as the service's buckets give it. */
typedef struct eg_bound {
    double seconds;   /* at most so many; below 0: there were no requests */
    bool is_exceeded; /* more than so many: beyond the last bucket */
} eg_bound;

typedef struct eg_monitor_endpoint {
    eg_str name;
    double requests; /* since the look before, or since the service started */
    double per_second;
    eg_bound latency[EG_MONITOR_SHARES];
} eg_monitor_endpoint;

/* Requests to /health, /ready and /metrics are in none of these, nor the monitor's own connection:
 * watching is no load. Texts are borrowed from the look. */
typedef struct eg_monitor_figures {
    eg_str ready, kernel;
    double uptime_seconds;
    double workers_serving, workers_wanted, workers_starting, workers_retiring;
    struct {
        eg_str cause;
        double count;
    } restarts[EG_MONITOR_CAUSES_MAX];
    size_t cause_count;
    double requests_in_flight, requests_in_flight_max, requests_stuck;
    double connections, connections_max, threads, threads_busy;
    double memory_resident_bytes, memory_in_flight_bytes, memory_limit_bytes;
    /* a second */
    double requests, requests_2xx, requests_4xx, requests_5xx, refused, ballots, units;
    eg_monitor_endpoint
        endpoints[EG_MONITOR_ENDPOINTS_MAX]; /* with requests, in the service's order */
    size_t endpoint_count;
} eg_monitor_figures;

/* before: NULL for rates since the service started. */
void eg_monitor_figure(eg_monitor_figures *out, const eg_look *before, const eg_look *now);

#endif
