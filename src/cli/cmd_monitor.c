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

enum { SERVICES_MAX = 64, TIMEOUT_OF_MANY_MS = 2000 };

typedef struct settings {
    eg_option_texts urls;
    uint64_t interval_s;
    bool once;
    eg_output output;
} settings;

/* A service that is watched. */
typedef struct watched {
    eg_http_client *http;
    eg_look looks[2]; /* by turns */
    size_t turn;
    bool has_before, good; /* good: the latest look is one */
    eg_error failure;      /* why it is not */
} watched;

typedef struct monitor {
    const settings *set;
    watched services[SERVICES_MAX];
    size_t count;
    eg_screen screen;
    bool quit; /* asked for while a service was asked */
} monitor;

static bool tick(void *context)
{
    monitor *m = context;
    m->quit = m->quit || eg_interrupted() ||
              (m->screen.is_taken && eg_screen_wait(&m->screen, 0) == EG_KEY_QUIT);
    return !m->quit;
}

static eg_result look_at(eg_http_client *http, eg_look *look, eg_error *err)
{
    static const char *const paths[ANSWERS] = {"/metrics", "/health", "/ready"};
    eg_http_answer answers[ANSWERS];
    eg_result result = EG_SUCCESS;
    for (size_t i = 0; i < ANSWERS; i++) {
        eg_http_answer_init(&answers[i]);
    }
    for (size_t i = 0; i < ANSWERS && !eg_failed(result); i++) {
        const eg_http_request request = {.method = "GET", .path = paths[i]};
        result = eg_http_client_send(http, &request, &answers[i], err);
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

/* A look at each. False: at none of them. */
static bool look_again(monitor *m)
{
    bool any = false;
    for (size_t i = 0; i < m->count && !m->quit; i++) {
        watched *w = &m->services[i];
        w->failure = (eg_error){0};
        w->good = !eg_failed(look_at(w->http, &w->looks[w->turn], &w->failure));
        any = any || w->good;
    }
    return any;
}

/* The latest looks become those before. */
static void turn(monitor *m)
{
    for (size_t i = 0; i < m->count; i++) {
        watched *w = &m->services[i];
        w->turn = w->good ? 1 - w->turn : w->turn;
        w->has_before = w->good;
    }
}

static void view(const monitor *m, eg_monitor_view views[SERVICES_MAX])
{
    for (size_t i = 0; i < m->count; i++) {
        const watched *w = &m->services[i];
        views[i] = (eg_monitor_view){.url = eg_http_client_shown(w->http),
                                     .before = w->has_before ? &w->looks[1 - w->turn] : NULL,
                                     .now = &w->looks[w->turn],
                                     .failure = w->good ? NULL : &w->failure};
    }
}

/* One service has the whole page. */
static void put_page(eg_buf *page, const monitor *m, eg_page_size size, const char *last)
{
    eg_monitor_view views[SERVICES_MAX];
    view(m, views);
    if (m->count == 1) {
        eg_monitor_page(page, views[0].url, views[0].before, views[0].now, size, last);
    } else {
        eg_monitor_overview(page, views, m->count, size, last);
    }
}

/* ---- once, or page after page ---- */

static void print_page(eg_buf *page)
{
    (void)fwrite(page->data, 1, page->len, stdout);
    (void)fflush(stdout);
    eg_buf_free(page);
}

static void report_failures(const monitor *m)
{
    for (size_t i = 0; i < m->count && !m->quit; i++) {
        if (!m->services[i].good) {
            eg_report_error(command, &m->services[i].failure);
        }
    }
}

static bool all_good(const monitor *m)
{
    bool good = true;
    for (size_t i = 0; i < m->count; i++) {
        good = good && m->services[i].good;
    }
    return good;
}

static bool show_as_text(monitor *m)
{
    const eg_page_size size = {.columns = EG_PAGE_COLUMNS};
    const bool any = look_again(m);
    eg_buf page;
    if (m->count == 1 || m->quit) {
        report_failures(m);
    }
    if (any || (m->count > 1 && !m->quit)) {
        eg_buf_init(&page, NULL);
        put_page(&page, m, size, note);
        print_page(&page);
    }
    turn(m);
    return all_good(m);
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

/* Of the first that fails. */
static eg_error failure_of(const monitor *m)
{
    for (size_t i = 0; i < m->count; i++) {
        if (!m->services[i].good) {
            return m->services[i].failure;
        }
    }
    return (eg_error){0};
}

static void print_json(const monitor *m)
{
    eg_monitor_view views[SERVICES_MAX];
    const eg_error err = failure_of(m);
    eg_outcome json;
    view(m, views);
    eg_outcome_begin(&json, command, all_good(m), &err);
    if (m->count > 1) {
        eg_monitor_put_services(&json, views, m->count);
    } else if (m->services[0].good) {
        eg_monitor_put_json(&json, views[0].url, views[0].now);
    }
    eg_outcome_end(&json);
}

static bool show_once(monitor *m)
{
    if (eg_output_is_text(&m->set->output)) {
        return show_as_text(m);
    }
    (void)look_again(m);
    report_failures(m);
    if (m->set->output.json) {
        print_json(m);
    }
    return all_good(m);
}

/* Ends when interrupted, or when nobody reads the output any more. */
static void show_as_lines(monitor *m)
{
    while (ferror(stdout) == 0 && !eg_interrupted()) {
        if (show_as_text(m) || m->count > 1) {
            putchar('\n');
        }
        (void)eg_interrupt_wait_ms(m->set->interval_s * 1000);
    }
}

/* ---- in a terminal ---- */

static void put_failure(eg_buf *page, const monitor *m)
{
    const watched *w = &m->services[0];
    eg_buf_printf(page, "egserve at %.60s\n\n%s\nasked again every %" PRIu64 " s\n\nq quits\n",
                  eg_http_client_shown(w->http), w->failure.text, m->set->interval_s);
}

/* The latest look once more, as when the window has another size; or what went wrong. */
static void draw(const monitor *m)
{
    eg_page_size size;
    char last[128];
    eg_buf page;
    eg_buf_init(&page, NULL);
    eg_screen_size(&size.columns, &size.rows);
    (void)snprintf(last, sizeof last, "q quits; every %" PRIu64 " s; %s", m->set->interval_s, note);
    if (m->count == 1 && !m->services[0].good) {
        put_failure(&page, m);
    } else {
        put_page(&page, m, size, last);
    }
    eg_screen_show(eg_buf_str(&page));
    eg_buf_free(&page);
}

static void show_in_terminal(monitor *m)
{
    eg_screen_take(&m->screen);
    while (ferror(stdout) == 0 && !m->quit) {
        (void)look_again(m);
        const uint64_t end_ns = eg_clock_monotonic_ns() + m->set->interval_s * 1000000000u;
        for (uint64_t at = 0; at < end_ns && !m->quit; at = eg_clock_monotonic_ns()) {
            draw(m);
            at = eg_clock_monotonic_ns();
            uint64_t left_ms = at < end_ns ? (end_ns - at) / 1000000u : 0;
            m->quit = eg_screen_wait(&m->screen, left_ms) == EG_KEY_QUIT;
        }
        turn(m);
    }
    eg_screen_give_back(&m->screen);
}

/* ---- the command ---- */

static eg_result watch(monitor *m, const char *url, eg_error *err)
{
    const uint64_t timeout_ms = m->set->urls.count > 1 ? TIMEOUT_OF_MANY_MS : TIMEOUT_MS;
    const eg_http_options options = {.url = url,
                                     .connect_timeout_ms = timeout_ms,
                                     .timeout_ms = timeout_ms,
                                     .answer_bytes_max = ANSWER_BYTES_MAX,
                                     .tick = tick,
                                     .tick_context = m};
    watched *w = &m->services[m->count];
    EG_TRY(eg_http_client_new(&w->http, &options, err));
    eg_look_init(&w->looks[0]);
    eg_look_init(&w->looks[1]);
    m->count++;
    return EG_SUCCESS;
}

static void leave(monitor *m)
{
    for (size_t i = 0; i < m->count; i++) {
        eg_look_free(&m->services[i].looks[0]);
        eg_look_free(&m->services[i].looks[1]);
        eg_http_client_free(m->services[i].http);
    }
}

static bool show(monitor *m)
{
    eg_interrupt_watch();
    if (m->set->once) {
        return show_once(m);
    }
    if (eg_screen_is_there()) {
        show_in_terminal(m);
    } else {
        show_as_lines(m);
    }
    return true;
}

static int run(const settings *set)
{
    monitor m = {.set = set};
    eg_error err = {0};
    eg_result result = EG_SUCCESS;
    for (size_t i = 0; i < set->urls.count && !eg_failed(result); i++) {
        result = watch(&m, set->urls.items[i], &err);
    }
    if (eg_failed(result)) {
        report_failure(set, &err);
        leave(&m);
        return EG_EXIT_FAILED;
    }
    const bool good = show(&m);
    leave(&m);
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
            "in flight; several services as a line each. Refreshed in a terminal (q quits),\n"
            "page after page elsewhere.",
        .options = options,
        .option_count = sizeof options / sizeof *options,
        .argument = "URL",
        .arguments_to = &set.urls,
    };
    eg_options_result result = eg_options_read(&usage, argc, argv);
    if (result == EG_OPTIONS_READ && !set.once && !eg_output_is_text(&set.output)) {
        result = eg_options_refuse(&usage, "'--json' and '--quiet' need '--once'");
    }
    if (result == EG_OPTIONS_READ && set.urls.count > SERVICES_MAX) {
        result = eg_options_refuse(&usage, "'URL' may be given %d times at most", SERVICES_MAX);
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
