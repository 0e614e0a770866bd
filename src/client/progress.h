/* How far a command is, on stderr: a bar redrawn in place on a terminal; elsewhere a line every few
 * seconds and one for each step. */
#ifndef EG_CLIENT_PROGRESS_H
#define EG_CLIENT_PROGRESS_H

#include "base/buf.h"

#include <stdint.h>

typedef enum eg_progress_how {
    EG_PROGRESS_BAR,
    EG_PROGRESS_LINES,
    EG_PROGRESS_QUIET
} eg_progress_how;

typedef struct eg_progress {
    eg_progress_how how;
    const char *step; /* borrowed until the next step */
    size_t done, total;
    size_t found; /* of those done: by an earlier run */
    uint64_t started_ns, spoken_ns;
    void (*put_parts)(eg_buf *out, void *context); /* eg_progress_split; or NULL */
    void *parts_context;
} eg_progress;

void eg_progress_init(eg_progress *progress, bool is_quiet);
/* A new step of `total` parts; the one before it is taken as over. */
void eg_progress_step(eg_progress *progress, const char *step, size_t total);
void eg_progress_add(eg_progress *progress, size_t parts);
/* Parts that an earlier run has done: they say nothing about the rate. */
void eg_progress_found(eg_progress *progress, size_t parts);
/* Nothing new but the time: to be called about once a second while something is waited for. */
void eg_progress_tick(eg_progress *progress);
/* From here on the rate is followed by what it is made of, "(110 + 105)": put_parts writes that
 * without the brackets, or nothing. NULL: no longer. */
void eg_progress_split(eg_progress *progress, void (*put_parts)(eg_buf *out, void *context),
                       void *context);
/* A sentence between: why it does not go on. */
void eg_progress_note(eg_progress *progress, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Leaves the bar as it stands and goes to a new line. */
void eg_progress_end(eg_progress *progress);

/* "1280 of 4000, 215 per second, about 13 s left": what is said at that time. */
void eg_progress_text(eg_buf *out, const eg_progress *progress, uint64_t now_ns);

#endif
