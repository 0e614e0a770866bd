#include "server/board/audit_log.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_BYTES = 1024 };

/* Of this process, whose I/O thread alone writes. */
static int file = -1;

bool eg_audit_open(const char *path)
{
    if (file > STDERR_FILENO) {
        (void)close(file);
    }
    file = -1;
    if (path == NULL) {
        return true;
    }
    if (strcmp(path, "-") == 0) {
        file = STDOUT_FILENO;
        return true;
    }
    /* a pipe without a reader, or a terminal, is no place for it: nothing here may block */
    struct stat found;
    file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0640);
    if (file >= 0 && (fstat(file, &found) != 0 || !S_ISREG(found.st_mode))) {
        (void)close(file);
        file = -1;
        errno = EINVAL;
    }
    return file >= 0;
}

/* "name":"value", or nothing */
static void append(char *out, size_t size, const char *name, const char *value)
{
    const size_t used = strlen(out);
    if (value != NULL && value[0] != '\0') {
        (void)snprintf(out + used, size - used, ",\"%s\":\"%s\"", name, value);
    }
}

size_t eg_audit_format(char *out, size_t size, const eg_audit_line *line, int64_t unix_s)
{
    const eg_access_line *a = &line->access;
    char time[EG_LOG_TIME_BYTES];
    eg_log_time(time, unix_s);
    (void)snprintf(out, size - 1,
                   "{\"audit\":1,\"time\":\"%s\",\"request_id\":\"%s\",\"peer\":\"%s\","
                   "\"authenticated\":%s,\"method\":\"%s\",\"path\":\"%s\",\"status\":%d",
                   time, a->request_id, a->peer, line->authenticated ? "true" : "false", a->method,
                   a->route, a->status);
    append(out, size - 1, "trace_id", a->trace_id);
    append(out, size - 1, "election", line->noted.election);
    append(out, size - 1, "ballot", line->noted.ballot);
    const size_t n = strlen(out);
    out[n] = '}';
    out[n + 1] = '\0';
    return n + 1;
}

void eg_audit_write(const eg_audit_line *line)
{
    char text[LINE_BYTES];
    if (file < 0) {
        return;
    }
    size_t n = eg_audit_format(text, sizeof text - 1, line, eg_clock_unix_s());
    if (file == STDOUT_FILENO) {
        eg_log_line(text, n);
        return;
    }
    text[n++] = '\n';
    const ssize_t put = write(file, text, n);
    if (put != (ssize_t)n) {
        eg_log_event(EG_LOG_ERROR, "request %s is missing in the audit log: %s",
                     line->access.request_id, put < 0 ? strerror(errno) : "no room");
    }
}
