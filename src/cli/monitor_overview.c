/* Several services on one page. */
#include "cli/monitor.h"
#include "cli/page_text.h"
#include "cli/report.h"
#include "cli/screen_text.h"

#include <stdio.h>

enum {
    NAME_COLUMNS_MIN = 12,
    NAME_COLUMNS_MAX = 44,
    COLUMNS_MAX = 7,
    FIXED_LINES = 6 /* head, an empty one, titles, all together, an empty one, the note */
};

/* What the page has of a service behind its name, in the order of the columns. */
typedef struct row {
    char cells[COLUMNS_MAX][32];
} row;

typedef struct column {
    const char *title;
    size_t columns;
    bool is_extra; /* left out of narrow pages */
} column;

static const column table[COLUMNS_MAX] = {
    {"state", 10, false}, {"workers", 9, false}, {"threads", 9, true}, {"flight", 8, false},
    {"memory", 10, true}, {"per s", 8, false},   {"ballots", 9, true},
};

typedef struct sums {
    eg_monitor_figures f; /* what adds up */
    size_t ready, failed;
} sums;

/* ---- columns ---- */

static bool is_narrow(const eg_page *p)
{
    return p->columns < 76;
}

static bool is_shown(const eg_page *p, size_t i)
{
    return !table[i].is_extra || !is_narrow(p);
}

static size_t name_columns(const eg_page *p)
{
    size_t others = 0;
    for (size_t i = 0; i < COLUMNS_MAX; i++) {
        others += is_shown(p, i) ? table[i].columns : 0;
    }
    size_t room = p->columns > others + NAME_COLUMNS_MIN ? p->columns - others : NAME_COLUMNS_MIN;
    return room < NAME_COLUMNS_MAX ? room : NAME_COLUMNS_MAX;
}

static void put_titles(eg_page *p)
{
    eg_page_column(p, EG_STR("service"), name_columns(p));
    for (size_t i = 0; i < COLUMNS_MAX; i++) {
        if (is_shown(p, i)) {
            eg_page_number(p, table[i].title, table[i].columns);
        }
    }
    eg_page_end_line(p);
}

static void put_row(eg_page *p, const char *name, const row *r)
{
    eg_page_column(p, eg_str_from(name), name_columns(p));
    for (size_t i = 0; i < COLUMNS_MAX; i++) {
        if (is_shown(p, i)) {
            eg_page_number(p, r->cells[i], table[i].columns);
        }
    }
    eg_page_end_line(p);
}

static void fill_row(row *out, eg_str state, const eg_monitor_figures *f)
{
    char bytes[32];
    (void)snprintf(out->cells[0], sizeof *out->cells, "%.*s", (int)(state.len < 9 ? state.len : 9),
                   state.data);
    (void)snprintf(out->cells[1], sizeof *out->cells, "%.0f/%.0f", f->workers_serving,
                   f->workers_wanted);
    (void)snprintf(out->cells[2], sizeof *out->cells, "%.0f/%.0f", f->threads_busy, f->threads);
    (void)snprintf(out->cells[3], sizeof *out->cells, "%.0f", f->requests_in_flight);
    (void)snprintf(out->cells[4], sizeof *out->cells, "%s",
                   eg_page_bytes(bytes, f->memory_resident_bytes));
    (void)snprintf(out->cells[5], sizeof *out->cells, "%.1f", f->requests);
    (void)snprintf(out->cells[6], sizeof *out->cells, "%.1f", f->ballots);
}

/* ---- services ---- */

static const char *short_name(const char *url)
{
    return strncmp(url, "http://", 7) == 0 ? url + 7 : url;
}

/* The error without the address, which the line begins with. */
static const char *short_failure(const eg_error *failure)
{
    static const char words[] = "the service at ";
    const char *text = failure->text;
    if (strncmp(text, words, sizeof words - 1) == 0) {
        const char *space = strchr(text + sizeof words - 1, ' ');
        text = space == NULL ? text : space + 1;
    }
    return text;
}

static void add(sums *s, const eg_monitor_figures *f)
{
    s->ready += eg_str_equal(f->ready, EG_STR("ready"));
    s->f.workers_serving += f->workers_serving;
    s->f.workers_wanted += f->workers_wanted;
    s->f.threads += f->threads;
    s->f.threads_busy += f->threads_busy;
    s->f.requests_in_flight += f->requests_in_flight;
    s->f.memory_resident_bytes += f->memory_resident_bytes;
    s->f.requests += f->requests;
    s->f.ballots += f->ballots;
}

static void put_service(eg_page *p, const eg_monitor_view *view)
{
    eg_monitor_figures f;
    row r;
    if (view->failure != NULL) {
        eg_page_column(p, eg_str_from(short_name(view->url)), name_columns(p));
        eg_page_spaces(p, 2);
        eg_page_text(p, eg_str_from(short_failure(view->failure)));
        eg_page_end_line(p);
        return;
    }
    eg_monitor_figure(&f, view->before, view->now);
    fill_row(&r, f.ready, &f);
    put_row(p, short_name(view->url), &r);
}

static void sum_up(sums *s, const eg_monitor_view views[], size_t count)
{
    eg_monitor_figures f;
    *s = (sums){.failed = 0};
    for (size_t i = 0; i < count; i++) {
        if (views[i].failure != NULL) {
            s->failed++;
        } else {
            eg_monitor_figure(&f, views[i].before, views[i].now);
            add(s, &f);
        }
    }
}

/* Those that are shown: all, or the first ones, with those that fail among them before others. */
static bool is_among(const eg_monitor_view views[], size_t count, size_t which, size_t room)
{
    size_t before = 0;
    for (size_t i = 0; i < count; i++) {
        const bool fails = views[i].failure != NULL;
        const bool which_fails = views[which].failure != NULL;
        before += fails == which_fails ? i < which : fails;
    }
    return before < room;
}

void eg_monitor_overview(eg_buf *out, const eg_monitor_view views[], size_t count,
                         eg_page_size size, const char *note)
{
    eg_page p = {.out = out,
                 .columns =
                     size.columns < EG_PAGE_COLUMNS_MIN ? EG_PAGE_COLUMNS_MIN : size.columns};
    const size_t lines = size.rows > FIXED_LINES + 2 ? size.rows - FIXED_LINES : 2;
    const size_t room = size.rows == 0 || count <= lines ? count : lines - 1;
    char head[96];
    sums all;
    row r;
    sum_up(&all, views, count);
    (void)snprintf(head, sizeof head, "egserve at %zu addresses: %zu ready, %zu not reached", count,
                   all.ready, all.failed);
    eg_page_text(&p, eg_str_from(head));
    eg_page_end_line(&p);
    eg_page_end_line(&p);
    put_titles(&p);
    for (size_t i = 0; i < count; i++) {
        if (is_among(views, count, i, room)) {
            put_service(&p, &views[i]);
        }
    }
    eg_page_more(&p, count - room);
    fill_row(&r, EG_STR(""), &all.f);
    put_row(&p, "all", &r);
    if (note != NULL) {
        eg_page_end_line(&p);
        eg_page_text(&p, eg_str_from(note));
        eg_page_end_line(&p);
    }
}

void eg_monitor_put_services(eg_outcome *out, const eg_monitor_view views[], size_t count)
{
    eg_write_key(&out->w, "services");
    eg_write_array(&out->w, count);
    for (size_t i = 0; i < count; i++) {
        eg_write_map(&out->w);
        if (views[i].failure != NULL) {
            eg_put_cstr(&out->w, "url", views[i].url);
            eg_put_cstr(&out->w, "error", views[i].failure->text);
        } else {
            eg_monitor_put_json(out, views[i].url, views[i].now);
        }
        eg_write_end(&out->w);
    }
    eg_write_end(&out->w);
}
