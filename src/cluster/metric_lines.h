/* Lines of Prometheus' text format. */
#ifndef EG_CLUSTER_METRIC_LINES_H
#define EG_CLUSTER_METRIC_LINES_H

#include "cluster/task.h"

void eg_metric_head(eg_buf *out, const char *name, const char *type);
void eg_metric_of_stage(eg_buf *out, const char *name, size_t stage, double value);
/* One without labels, its head included. */
void eg_metric(eg_buf *out, const char *name, const char *type, double value);

#endif
