/* egserve monitor: a page about a running service, refreshed in a terminal. */
#include "base/clock.h"
#include "cli/commands.h"
#include "cli/http_client.h"
#include "cli/monitor.h"
#include "cli/options.h"
#include "cli/report.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { INTERVAL_MAX_S = 3600, TIMEOUT_MS = 5000, ANSWER_BYTES_MAX = 16 * 1024 * 1024, ANSWERS = 3 };

/* To the corner, and each line ends by clearing what stood behind it: no flicker. */
#define TO_CORNER  "\x1b[H"
#define CLEAR_LINE "\x1b[K"
#define CLEAR_REST "\x1b[J"

typedef struct monitor {
    const char *url;
    eg_http_client *http;
    eg_look looks[2]; /* by turns */
    size_t turn;
    bool has_before;
    bool terminal;
} monitor;

static eg_result look_again(monitor *m, eg_look *look, eg_error *err)
{
    static const char *const paths[ANSWERS] = {"/metrics", "/health", "/ready"};
    eg_http_answer answers[ANSWERS];
    eg_result result = EG_SUCCESS;
    for (size_t i = 0; i < ANSWERS; i++) {
        eg_http_answer_init(&answers[i]);
    }
    for (size_t i = 0; i < ANSWERS && !eg_failed(result); i++) {
        const eg_http_request request = {.method = "GET", .path = paths[i]};
        result = eg_http_client_send(m->http, &request, &answers[i], err);
    }
    if (!eg_failed(result)) {
        result = eg_look_read(look, eg_buf_str(&answers[0].body), eg_buf_str(&answers[1].body),
                              eg_buf_str(&answers[2].body), eg_clock_monotonic_ns(), err);
    }
    for (size_t i = 0; i < ANSWERS; i++) {
        eg_http_answer_free(&answers[i]);
    }
    return result;
}

static void show(const monitor *m, eg_str page)
{
    if (!m->terminal) {
        (void)fwrite(page.data, 1, page.len, stdout);
        (void)fflush(stdout);
        return;
    }
    fputs(TO_CORNER, stdout);
    for (size_t i = 0; i < page.len; i++) {
        if (page.data[i] == '\n') {
            fputs(CLEAR_LINE, stdout);
        }
        putchar(page.data[i]);
    }
    fputs(CLEAR_REST, stdout);
    (void)fflush(stdout);
}

static bool show_once(monitor *m)
{
    eg_error err = {0};
    eg_buf page;
    eg_look *now = &m->looks[m->turn];
    const eg_look *before = m->has_before ? &m->looks[1 - m->turn] : NULL;
    if (eg_failed(look_again(m, now, &err))) {
        m->has_before = false;
        eg_report_error("egserve monitor", &err);
        return false;
    }
    eg_buf_init(&page, NULL);
    eg_monitor_page(&page, m->url, before, now);
    show(m, eg_buf_str(&page));
    eg_buf_free(&page);
    m->has_before = true;
    m->turn = 1 - m->turn;
    return true;
}

/* Ends with the terminal's interrupt, or when nobody reads the output any more. */
static void show_for_ever(monitor *m, uint64_t interval_s)
{
    const struct timespec pause = {.tv_sec = (time_t)interval_s};
    if (m->terminal) {
        fputs(TO_CORNER CLEAR_REST, stdout);
    }
    while (ferror(stdout) == 0) {
        if (show_once(m) && !m->terminal) {
            putchar('\n');
        }
        (void)nanosleep(&pause, NULL);
    }
}

static int run(const char *url, bool once, uint64_t interval_s)
{
    const eg_http_options options = {.url = url,
                                     .connect_timeout_ms = TIMEOUT_MS,
                                     .timeout_ms = TIMEOUT_MS,
                                     .answer_bytes_max = ANSWER_BYTES_MAX};
    monitor m = {.url = url, .terminal = !once && isatty(STDOUT_FILENO) != 0};
    eg_error err = {0};
    bool good = true;
    if (eg_failed(eg_http_client_new(&m.http, &options, &err))) {
        eg_report_error("egserve monitor", &err);
        return EG_EXIT_FAILED;
    }
    eg_look_init(&m.looks[0]);
    eg_look_init(&m.looks[1]);
    if (once) {
        good = show_once(&m);
    } else {
        show_for_ever(&m, interval_s);
    }
    eg_look_free(&m.looks[0]);
    eg_look_free(&m.looks[1]);
    eg_http_client_free(m.http);
    return good ? EG_EXIT_OK : EG_EXIT_FAILED;
}

int eg_cmd_monitor(int argc, char **argv)
{
    const char *url = NULL;
    bool once = false;
    uint64_t interval_s = 2;
    const eg_option options[] = {
        {"--once", EG_OPTION_SWITCH, NULL, &once, "one page, with rates since the service started",
         0, 0, false},
        {"--interval", EG_OPTION_COUNT, "SECONDS", &interval_s, "time between two pages", 1,
         INTERVAL_MAX_S, false},
    };
    const eg_usage usage = {
        .command = "egserve monitor",
        .summary = "Shows a running service: workers, memory, rates, latencies, requests in "
                   "flight;\nrefreshed in a terminal, page after page elsewhere.",
        .options = options,
        .option_count = sizeof options / sizeof *options,
        .argument = "URL",
        .argument_to = &url,
    };
    switch (eg_options_read(&usage, argc, argv)) {
    case EG_OPTIONS_READ:
        return run(url, once, interval_s);
    case EG_OPTIONS_HELP:
        return EG_EXIT_OK;
    case EG_OPTIONS_WRONG:
        break;
    }
    return EG_EXIT_USAGE;
}
