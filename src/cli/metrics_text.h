/* Prometheus' text format, as far as a service's /metrics uses it: lines of
 * name{label="value",...} number. */
#ifndef EG_CLI_METRICS_TEXT_H
#define EG_CLI_METRICS_TEXT_H

#include "base/arena.h"

typedef struct eg_metric {
    eg_str name;
    eg_str labels; /* between the braces; empty when there are none */
    double value;  /* finite */
} eg_metric;

typedef struct eg_metrics {
    const eg_metric *items; /* in the order of the text */
    size_t count;
} eg_metrics;

enum { EG_METRICS_MAX = 100000 }; /* lines: far above what a service has */

/* Names and labels point into text. Comments are passed over. EG_E_BAD_ENCODING for a line that is
 * none of these, EG_E_OUT_OF_RANGE beyond EG_METRICS_MAX. */
eg_result eg_metrics_read(eg_metrics *out, eg_str text, eg_arena *arena, eg_error *err) EG_MUST_USE;

/* The label's value as it stands (escapes are kept); empty when the metric has no such label. */
eg_str eg_metric_label(const eg_metric *metric, const char *name);

/* The sum over every line of that name; 0 when there is none. */
double eg_metrics_sum(const eg_metrics *metrics, const char *name);
/* Over those with the label at that value. */
double eg_metrics_sum_where(const eg_metrics *metrics, const char *name, const char *label,
                            eg_str value);

#endif
