#include "server/board/log.h"

#include "base/clock.h"

#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    LINE_BYTES = 1024,
    WAITING_BYTES = 256 * 1024, /* of lines that stdout did not take */
    WRITE_BYTES = 4096          /* a pipe that polls writable takes so much without blocking */
};

/* Lines for stdout. Only the I/O thread of a worker uses them; the lock is for tests and events. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char waiting[WAITING_BYTES];
static size_t waiting_bytes;
static uint64_t dropped_lines;

static bool takes_more(int fd)
{
    struct pollfd ask = {.fd = fd, .events = POLLOUT};
    return poll(&ask, 1, 0) == 1 && (ask.revents & POLLOUT) != 0;
}

static const char iso_8601[] = "%Y-%m-%dT%H:%M:%SZ";

void eg_log_event(eg_log_level level, const char *format, ...)
{
    static const char *const levels[] = {"info", "warning", "error"};
    char line[LINE_BYTES], when[32];
    time_t now = (time_t)eg_clock_unix_s();
    struct tm parts;
    (void)gmtime_r(&now, &parts);
    (void)strftime(when, sizeof when, iso_8601, &parts);
    int used =
        snprintf(line, sizeof line, "%s %s egserve[%d]: ", when, levels[level], (int)getpid());
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line + used, sizeof line - (size_t)used - 1, format, args);
    va_end(args);
    size_t len = strlen(line);
    line[len++] = '\n';
    if (n >= 0 && takes_more(STDERR_FILENO)) {
        ssize_t ignored = write(STDERR_FILENO, line, len);
        (void)ignored;
    }
}

void eg_log_listening(const eg_settings *settings, const char *address)
{
    bool to_stderr = (settings->access_log && settings->log_format == EG_LOG_JSON) ||
                     (settings->audit_log != NULL && strcmp(settings->audit_log, "-") == 0);
    FILE *out = to_stderr ? stderr : stdout;
    (void)fprintf(out, "listening on %s\n", address);
    if (fflush(out) != 0) {
        clearerr(out); /* nobody reads it: no reason not to serve */
    }
}

static bool is_traced(const eg_access_line *line)
{
    return line->trace_id != NULL && line->trace_id[0] != '\0';
}

static size_t format_json(char *out, size_t size, const eg_access_line *line, const struct tm *when)
{
    char time[32];
    const bool traced = is_traced(line);
    (void)strftime(time, sizeof time, iso_8601, when);
    int n = snprintf(
        out, size,
        "{\"time\":\"%s\",\"request_id\":\"%s\",%s%s%s\"peer\":\"%s\",\"method\":\"%s\","
        "\"path\":\"%s\",\"status\":%d,\"bytes_in\":%llu,\"bytes_out\":%llu,"
        "\"ms\":%.1f}",
        time, line->request_id, traced ? "\"trace_id\":\"" : "", traced ? line->trace_id : "",
        traced ? "\"," : "", line->peer, line->method, line->route, line->status,
        (unsigned long long)line->bytes_in, (unsigned long long)line->bytes_out, line->ms);
    return n < 0 ? 0 : (size_t)n;
}

/* Gunicorn's default line, with the time taken and the request's id behind it. */
static size_t format_gunicorn(char *out, size_t size, const eg_access_line *line,
                              const struct tm *when)
{
    char time[40];
    (void)strftime(time, sizeof time, "%d/%b/%Y:%H:%M:%S +0000", when);
    int n = snprintf(out, size, "%s - - [%s] \"%s %s HTTP/1.1\" %d %llu \"-\" \"-\" %.1fms %s%s%s",
                     line->peer, time, line->method, line->route, line->status,
                     (unsigned long long)line->bytes_out, line->ms, line->request_id,
                     is_traced(line) ? " " : "", is_traced(line) ? line->trace_id : "");
    return n < 0 ? 0 : (size_t)n;
}

size_t eg_log_format(char *out, size_t size, const eg_access_line *line, unsigned format,
                     int64_t unix_s)
{
    time_t now = (time_t)unix_s;
    struct tm when;
    (void)gmtime_r(&now, &when);
    size_t n = format == EG_LOG_GUNICORN ? format_gunicorn(out, size, line, &when)
                                         : format_json(out, size, line, &when);
    return n < size ? n : size - 1;
}

void eg_log_line(const char *text, size_t n)
{
    (void)pthread_mutex_lock(&lock);
    if (n < sizeof waiting - waiting_bytes) {
        memcpy(waiting + waiting_bytes, text, n);
        waiting_bytes += n;
        waiting[waiting_bytes++] = '\n';
    } else {
        dropped_lines++;
    }
    (void)pthread_mutex_unlock(&lock);
}

void eg_log_access(const eg_access_line *line, unsigned format)
{
    char text[LINE_BYTES];
    eg_log_line(text, eg_log_format(text, sizeof text, line, format, eg_clock_unix_s()));
}

void eg_log_time(char out[EG_LOG_TIME_BYTES], int64_t unix_s)
{
    time_t now = (time_t)unix_s;
    struct tm parts;
    (void)gmtime_r(&now, &parts);
    (void)strftime(out, EG_LOG_TIME_BYTES, iso_8601, &parts);
}

/* Whole lines only, so that lines of several workers do not mix. */
static size_t whole_lines(void)
{
    size_t n = waiting_bytes < WRITE_BYTES ? waiting_bytes : WRITE_BYTES;
    while (n > 0 && waiting[n - 1] != '\n') {
        n--;
    }
    return n;
}

void eg_log_flush(void)
{
    (void)pthread_mutex_lock(&lock);
    size_t n;
    while ((n = whole_lines()) > 0 && takes_more(STDOUT_FILENO)) {
        ssize_t wrote = write(STDOUT_FILENO, waiting, n);
        if (wrote <= 0) {
            waiting_bytes = 0; /* nobody reads any more */
            break;
        }
        waiting_bytes -= (size_t)wrote;
        memmove(waiting, waiting + wrote, waiting_bytes);
    }
    uint64_t lost = waiting_bytes == 0 ? dropped_lines : 0;
    dropped_lines -= lost;
    (void)pthread_mutex_unlock(&lock);
    if (lost > 0) {
        eg_log_event(EG_LOG_WARNING, "%llu lines of the log were dropped: nobody took them in time",
                     (unsigned long long)lost);
    }
}
