/* What egserve monitor shows of the figures of a service: a page, or a JSON object. */
#ifndef EG_CLI_MONITOR_H
#define EG_CLI_MONITOR_H

#include "cli/monitor_look.h"
#include "cli/outcome.h"

/* A page never has wider lines than columns. rows: 0 for as many as there is to tell; else what
 * does not fit is counted instead. */
typedef struct eg_page_size {
    size_t columns, rows;
} eg_page_size;

enum { EG_PAGE_COLUMNS = 80, EG_PAGE_COLUMNS_MIN = 50 };

/* url, state, workers, memory, rates, bounds of latencies, requests in flight. Lines end with '\n';
 * nothing from the service can move a terminal's cursor. note: the last line; or NULL. */
void eg_monitor_page(eg_buf *out, const char *url, const eg_look *before, const eg_look *now,
                     eg_page_size size, const char *note);

/* One of several services. */
typedef struct eg_monitor_view {
    const char *url;
    const eg_look *before, *now; /* before: NULL for rates since it started */
    const eg_error *failure;     /* why there is no look now; or NULL */
} eg_monitor_view;

/* A line for each service, and one for all of them together: state, workers, threads, requests in
 * flight, memory, requests and ballots a second. */
void eg_monitor_overview(eg_buf *out, const eg_monitor_view views[], size_t count,
                         eg_page_size size, const char *note);
/* The member `services`: of each what eg_monitor_put_json has of one, or `url` and `error`. */
void eg_monitor_put_services(eg_outcome *out, const eg_monitor_view views[], size_t count);

/* The members that follow `command`, `ok` and `error`. */
void eg_monitor_put_json(eg_outcome *out, const char *url, const eg_look *now);

#endif
