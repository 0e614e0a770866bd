#include "client/progress.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    BAR_CELLS_MIN = 8,
    BAR_CELLS_MAX = 32,
    STEP_COLUMNS = 18,
    COLUMNS = 80, /* of a terminal that does not say */
    REDRAW_MS = 200,
    LINE_MS = 5000
};

void eg_progress_init(eg_progress *progress, bool is_quiet)
{
    *progress = (eg_progress){.how = is_quiet                     ? EG_PROGRESS_QUIET
                                     : isatty(STDERR_FILENO) == 1 ? EG_PROGRESS_BAR
                                                                  : EG_PROGRESS_LINES};
}

/* ---- texts ---- */

static void put_rate(eg_buf *out, double per_second)
{
    if (per_second >= 10) {
        eg_buf_printf(out, ", %.0f per second", per_second);
    } else if (per_second >= 1) {
        eg_buf_printf(out, ", %.1f per second", per_second);
    } else {
        eg_buf_printf(out, ", %.1f s each", 1 / per_second);
    }
}

static void put_left(eg_buf *out, double seconds)
{
    unsigned long long s = seconds < 1e9 ? (unsigned long long)(seconds + 0.5) : 1000000000u;
    if (s == 0) {
        return;
    }
    if (s < 60) {
        eg_buf_printf(out, ", about %llu s left", s);
    } else if (s < 3600) {
        eg_buf_printf(out, ", about %llu min left", (s + 30) / 60);
    } else {
        eg_buf_printf(out, ", about %llu h %02llu min left", s / 3600, s / 60 % 60);
    }
}

static void put_parts(eg_buf *out, const eg_progress *p)
{
    eg_buf parts;
    eg_buf_init(&parts, NULL);
    if (p->put_parts != NULL) {
        p->put_parts(&parts, p->parts_context);
    }
    if (parts.len > 0) {
        eg_buf_append(out, " (", 2);
        eg_buf_append_str(out, eg_buf_str(&parts));
        eg_buf_append_char(out, ')');
    }
    eg_buf_free(&parts);
}

void eg_progress_text(eg_buf *out, const eg_progress *p, uint64_t now_ns)
{
    double seconds = (double)(now_ns - p->started_ns) / 1e9;
    double made = (double)(p->done - p->found);
    eg_buf_printf(out, "%zu of %zu", p->done, p->total);
    if (made > 0 && seconds >= 0.5) {
        put_rate(out, made / seconds);
        put_parts(out, p);
        put_left(out, (double)(p->total - p->done) * seconds / made);
    } else if (seconds >= 1) {
        eg_buf_printf(out, ", %.0f s", seconds);
    }
}

/* ---- showing them ---- */

static size_t columns(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : COLUMNS;
}

static void put_bar(eg_buf *out, const eg_progress *p, size_t room)
{
    size_t cells = room < BAR_CELLS_MAX ? room : BAR_CELLS_MAX;
    size_t full = p->total == 0 ? cells : cells * p->done / p->total;
    eg_buf_append_char(out, '[');
    for (size_t i = 0; i < cells; i++) {
        eg_buf_append_char(out, i < full ? '#' : '.');
    }
    eg_buf_append_str(out, EG_STR("] "));
}

/* One line, never as wide as the terminal, which would wrap it. */
static void draw(const eg_progress *p, uint64_t now_ns)
{
    const size_t width = columns() - 1;
    eg_buf text, line;
    eg_buf_init(&text, NULL);
    eg_buf_init(&line, NULL);
    eg_progress_text(&text, p, now_ns);
    eg_buf_printf(&line, "%-*s ", STEP_COLUMNS, p->step);
    size_t taken = line.len + text.len + sizeof "[] " - 1;
    if (width >= taken + BAR_CELLS_MIN) {
        put_bar(&line, p, width - taken);
    }
    eg_buf_append_str(&line, eg_buf_str(&text));
    fprintf(stderr, "\r%.*s\x1b[K", (int)(line.len < width ? line.len : width), line.data);
    (void)fflush(stderr);
    eg_buf_free(&line);
    eg_buf_free(&text);
}

static void print_line(const eg_progress *p, uint64_t now_ns)
{
    eg_buf text;
    eg_buf_init(&text, NULL);
    eg_progress_text(&text, p, now_ns);
    fprintf(stderr, "%s: %.*s\n", p->step, (int)text.len, text.data);
    eg_buf_free(&text);
}

/* Speaks when it has been silent for so long. */
static void speak(eg_progress *p, uint64_t now_ns)
{
    uint64_t silent_ms = (now_ns - p->spoken_ns) / 1000000;
    if (p->step == NULL || p->how == EG_PROGRESS_QUIET ||
        silent_ms < (p->how == EG_PROGRESS_BAR ? REDRAW_MS : LINE_MS)) {
        return;
    }
    p->spoken_ns = now_ns;
    if (p->how == EG_PROGRESS_BAR) {
        draw(p, now_ns);
    } else {
        print_line(p, now_ns);
    }
}

void eg_progress_end(eg_progress *progress)
{
    if (progress->step == NULL) {
        return;
    }
    uint64_t now_ns = eg_clock_monotonic_ns();
    if (progress->how == EG_PROGRESS_BAR) {
        draw(progress, now_ns);
        fputc('\n', stderr);
    } else if (progress->how == EG_PROGRESS_LINES && progress->spoken_ns > progress->started_ns) {
        print_line(progress, now_ns);
    } else if (progress->how == EG_PROGRESS_LINES) {
        fprintf(stderr, "%s: %zu of %zu\n", progress->step, progress->done, progress->total);
    }
    progress->step = NULL;
}

void eg_progress_step(eg_progress *progress, const char *step, size_t total)
{
    eg_progress_end(progress);
    uint64_t now_ns = eg_clock_monotonic_ns();
    *progress = (eg_progress){.how = progress->how,
                              .step = step,
                              .total = total,
                              .started_ns = now_ns,
                              .spoken_ns = now_ns,
                              .put_parts = progress->put_parts,
                              .parts_context = progress->parts_context};
    if (progress->how == EG_PROGRESS_BAR) {
        draw(progress, now_ns);
    }
}

void eg_progress_add(eg_progress *progress, size_t parts)
{
    progress->done += parts;
    eg_progress_tick(progress);
}

void eg_progress_found(eg_progress *progress, size_t parts)
{
    progress->found += parts;
    eg_progress_add(progress, parts);
}

void eg_progress_tick(eg_progress *progress)
{
    speak(progress, eg_clock_monotonic_ns());
}

void eg_progress_split(eg_progress *progress, void (*parts)(eg_buf *out, void *context),
                       void *context)
{
    progress->put_parts = parts;
    progress->parts_context = context;
}

void eg_progress_note(eg_progress *progress, const char *format, ...)
{
    va_list args;
    if (progress->how == EG_PROGRESS_QUIET) {
        return;
    }
    va_start(args, format);
    fputs(progress->how == EG_PROGRESS_BAR ? "\r\x1b[K" : "", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}
