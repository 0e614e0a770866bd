/* What egserve monitor shows: one look at a service, and the page made of two of them. */
#ifndef EG_CLI_MONITOR_H
#define EG_CLI_MONITOR_H

#include "base/buf.h"
#include "cli/metrics_text.h"
#include "wire/tree.h"

#include <stdint.h>

/* One look. Everything lives in its arena. */
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

/* The page: url, state, workers, memory, rates and latencies between the looks, requests in flight.
 * before: NULL for rates since the service started. Lines end with '\n'; nothing from the
 * service can move a terminal's cursor. */
void eg_monitor_page(eg_buf *out, const char *url, const eg_look *before, const eg_look *now);

#endif
