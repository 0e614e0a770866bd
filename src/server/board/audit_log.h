/* The audit log: who asked what of which election, a line of JSON for each request. */
#ifndef EG_SERVER_BOARD_AUDIT_LOG_H
#define EG_SERVER_BOARD_AUDIT_LOG_H

#include "api/endpoint.h"
#include "server/board/log.h"

typedef struct eg_audit_line {
    eg_access_line access;
    bool authenticated; /* by the access key */
    eg_noted noted;
} eg_audit_line;

/* Opens it to append, for this process: before its sandbox closes files. path NULL: there is none;
 * "-": stdout. False: it cannot be opened; errno. */
bool eg_audit_open(const char *path);
/* A whole line with one write, so that lines of several workers do not mix. One that cannot be
 * written is told to the log. */
void eg_audit_write(const eg_audit_line *line);
/* Its text without end; for the log and for tests. */
size_t eg_audit_format(char *out, size_t size, const eg_audit_line *line, int64_t unix_s);

#endif
