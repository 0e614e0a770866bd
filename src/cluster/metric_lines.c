#include "cluster/metric_lines.h"

void eg_metric_head(eg_buf *out, const char *name, const char *type)
{
    eg_buf_printf(out, "# TYPE %s %s\n", name, type);
}

void eg_metric_of_stage(eg_buf *out, const char *name, size_t stage, double value)
{
    eg_buf_printf(out, "%s{stage=\"%s\"} %.17g\n", name, eg_stage_names[stage], value);
}

void eg_metric(eg_buf *out, const char *name, const char *type, double value)
{
    eg_metric_head(out, name, type);
    eg_buf_printf(out, "%s %.17g\n", name, value);
}
