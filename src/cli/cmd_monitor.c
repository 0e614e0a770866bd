/* egserve monitor: a page about a running service, refreshed in a terminal. */
#include "base/clock.h"
#include "cli/commands.h"
#include "cli/monitor.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/screen.h"
#include "client/http_client.h"
#include "client/interrupt.h"

#include <inttypes.h>
#include <stdio.h>

enum { INTERVAL_MAX_S = 3600, TIMEOUT_MS = 5000, ANSWER_BYTES_MAX = 16 * 1024 * 1024, ANSWERS = 3 };

static const char command[] = "egserve monitor";
static const char note[] = "/health, /ready, /metrics not counted";

typedef struct settings {
    const char *url;
    uint64_t interval_s;
    bool once;
    eg_output output;
} settings;

typedef struct monitor {
    const settings *set;
    eg_http_client *http;
    eg_look looks[2]; /* by turns */
    size_t turn;
    bool has_before;
    eg_screen screen;
    bool quit; /* asked for while the service was asked */
} monitor;

static bool tick(void *context)
{
    monitor *m = context;
    m->quit = m->quit || eg_interrupted() ||
              (m->screen.is_taken && eg_screen_wait(&m->screen, 0) == EG_KEY_QUIT);
    return !m->quit;
}

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

/* ---- once, or page after page ---- */

static void print_page(eg_buf *page)
{
    (void)fwrite(page->data, 1, page->len, stdout);
    (void)fflush(stdout);
    eg_buf_free(page);
}

static bool show_as_text(monitor *m)
{
    const eg_page_size size = {.columns = EG_PAGE_COLUMNS};
    eg_error err = {0};
    eg_buf page;
    eg_look *now = &m->looks[m->turn];
    const eg_look *before = m->has_before ? &m->looks[1 - m->turn] : NULL;
    m->has_before = !eg_failed(look_again(m, now, &err));
    if (!m->has_before) {
        if (!m->quit) {
            eg_report_error(command, &err);
        }
        return false;
    }
    eg_buf_init(&page, NULL);
    eg_monitor_page(&page, m->set->url, before, now, size, note);
    print_page(&page);
    m->turn = 1 - m->turn;
    return true;
}

static void report_failure(const settings *set, const eg_error *err)
{
    eg_outcome json;
    eg_report_error(command, err);
    if (set->once && set->output.json) {
        eg_outcome_begin(&json, command, false, err);
        eg_outcome_end(&json);
    }
}

static bool show_once(monitor *m)
{
    eg_error err = {0};
    eg_outcome json;
    if (eg_output_is_text(&m->set->output)) {
        return show_as_text(m);
    }
    bool good = !eg_failed(look_again(m, &m->looks[0], &err));
    if (!good) {
        eg_report_error(command, &err);
    }
    if (m->set->output.json) {
        eg_outcome_begin(&json, command, good, &err);
        if (good) {
            eg_monitor_put_json(&json, m->set->url, &m->looks[0]);
        }
        eg_outcome_end(&json);
    }
    return good;
}

/* Ends when interrupted, or when nobody reads the output any more. */
static void show_as_lines(monitor *m)
{
    while (ferror(stdout) == 0 && !eg_interrupted()) {
        if (show_as_text(m)) {
            putchar('\n');
        }
        (void)eg_interrupt_wait_ms(m->set->interval_s * 1000);
    }
}

/* ---- in a terminal ---- */

static void put_failure(eg_buf *page, const monitor *m, const eg_error *err)
{
    eg_buf_printf(page, "egserve at %.60s\n\n%s\nasked again every %" PRIu64 " s\n\nq quits\n",
                  m->set->url, err->text, m->set->interval_s);
}

/* The latest look once more, as when the window has another size; or what went wrong. */
static void draw(const monitor *m, const eg_look *before, const eg_look *now, const eg_error *err)
{
    eg_page_size size;
    char last[128];
    eg_buf page;
    eg_buf_init(&page, NULL);
    eg_screen_size(&size.columns, &size.rows);
    (void)snprintf(last, sizeof last, "q quits; every %" PRIu64 " s; %s", m->set->interval_s, note);
    if (err != NULL) {
        put_failure(&page, m, err);
    } else {
        eg_monitor_page(&page, m->set->url, before, now, size, last);
    }
    eg_screen_show(eg_buf_str(&page));
    eg_buf_free(&page);
}

static void show_in_terminal(monitor *m)
{
    eg_screen_take(&m->screen);
    while (ferror(stdout) == 0 && !m->quit) {
        eg_error err = {0};
        eg_look *now = &m->looks[m->turn];
        const eg_look *before = m->has_before ? &m->looks[1 - m->turn] : NULL;
        bool good = !eg_failed(look_again(m, now, &err));
        const uint64_t end_ns = eg_clock_monotonic_ns() + m->set->interval_s * 1000000000u;
        for (uint64_t at = 0; at < end_ns && !m->quit; at = eg_clock_monotonic_ns()) {
            draw(m, before, now, good ? NULL : &err);
            at = eg_clock_monotonic_ns();
            uint64_t left_ms = at < end_ns ? (end_ns - at) / 1000000u : 0;
            m->quit = eg_screen_wait(&m->screen, left_ms) == EG_KEY_QUIT;
        }
        m->turn = good ? 1 - m->turn : m->turn;
        m->has_before = good;
    }
    eg_screen_give_back(&m->screen);
}

static int run(const settings *set)
{
    monitor m = {.set = set};
    const eg_http_options options = {.url = set->url,
                                     .connect_timeout_ms = TIMEOUT_MS,
                                     .timeout_ms = TIMEOUT_MS,
                                     .answer_bytes_max = ANSWER_BYTES_MAX,
                                     .tick = tick,
                                     .tick_context = &m};
    eg_error err = {0};
    bool good = true;
    if (eg_failed(eg_http_client_new(&m.http, &options, &err))) {
        report_failure(set, &err);
        return EG_EXIT_FAILED;
    }
    eg_look_init(&m.looks[0]);
    eg_look_init(&m.looks[1]);
    eg_interrupt_watch();
    if (set->once) {
        good = show_once(&m);
    } else if (eg_screen_is_there()) {
        show_in_terminal(&m);
    } else {
        show_as_lines(&m);
    }
    eg_look_free(&m.looks[0]);
    eg_look_free(&m.looks[1]);
    eg_http_client_free(m.http);
    (void)fflush(stdout);
    eg_interrupt_rethrow();
    return good ? EG_EXIT_OK : EG_EXIT_FAILED;
}

int eg_cmd_monitor(int argc, char **argv)
{
    settings set = {.interval_s = 2};
    const eg_option options[] = {
        {"--once", EG_OPTION_SWITCH, NULL, &set.once,
         "one page, with rates since the service started", 0, 0, false},
        {"--interval", EG_OPTION_COUNT, "SECONDS", &set.interval_s, "time between two pages", 1,
         INTERVAL_MAX_S, false},
        EG_OUTPUT_OPTIONS(&set.output),
    };
    const eg_usage usage = {
        .command = command,
        .summary =
            "Shows a running service: workers, memory, rates, bounds of latencies, requests\n"
            "in flight; refreshed in a terminal (q quits), page after page elsewhere.",
        .options = options,
        .option_count = sizeof options / sizeof *options,
        .argument = "URL",
        .argument_to = &set.url,
    };
    eg_options_result result = eg_options_read(&usage, argc, argv);
    if (result == EG_OPTIONS_READ && !set.once && !eg_output_is_text(&set.output)) {
        result = eg_options_refuse(&usage, "'--json' and '--quiet' need '--once'");
    }
    switch (result) {
    case EG_OPTIONS_READ:
        return run(&set);
    case EG_OPTIONS_HELP:
        return EG_EXIT_OK;
    case EG_OPTIONS_WRONG:
        break;
    }
    return EG_EXIT_USAGE;
}
