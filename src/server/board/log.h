/* Lines to stdout and stderr that never block: what a slow reader does not take is kept for a
 * while, then dropped and counted. Never holds a body, a header's value or anything else of a
 * request but its method, its route and its id. */
#ifndef EG_SERVER_BOARD_LOG_H
#define EG_SERVER_BOARD_LOG_H

#include "server/board/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct eg_access_line {
    const char *request_id;
    const char *trace_id; /* "" or NULL: none */
    const char *peer;
    const char *method;
    const char *route; /* the route's pattern or an own path; "-" when there is none */
    int status;        /* 499: the client left */
    uint64_t bytes_in, bytes_out;
    double ms;
} eg_access_line;

typedef enum eg_log_level { EG_LOG_INFO, EG_LOG_WARNING, EG_LOG_ERROR } eg_log_level;

/* One event to stderr, "2026-01-31T12:34:56Z warning egserve[pid]: ...", UTC. */
void eg_log_event(eg_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

enum { EG_LOG_ADDRESS_MAX = 300 };
/* "listening on ADDRESS" (http://HOST:PORT or unix:PATH), for whoever waits for it: to stdout, or
 * to stderr when stdout carries a log in JSON, of which every line shall be JSON. */
void eg_log_listening(const eg_settings *settings, const char *address);

/* format: EG_LOG_JSON or EG_LOG_GUNICORN. Kept until eg_log_flush. */
void eg_log_access(const eg_access_line *line, unsigned format);
/* Any line, without its end, for stdout likewise. */
void eg_log_line(const char *text, size_t n);
/* "2026-01-31T12:34:56Z" */
enum { EG_LOG_TIME_BYTES = 32 };
void eg_log_time(char out[EG_LOG_TIME_BYTES], int64_t unix_s);
/* Writes what can be written without waiting. */
void eg_log_flush(void);
/* The lines themselves, without end of line: how many bytes; for the log and for tests. */
size_t eg_log_format(char *out, size_t size, const eg_access_line *line, unsigned format,
                     int64_t unix_s);

#endif
