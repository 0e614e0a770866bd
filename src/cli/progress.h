/* A progress bar on stderr: redrawn in place on a terminal, one line for each step elsewhere. */
#ifndef EG_CLI_PROGRESS_H
#define EG_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct eg_progress {
    const char *step; /* borrowed until the next step */
    size_t done, total;
    bool is_terminal;
} eg_progress;

void eg_progress_init(eg_progress *progress);
/* A new step of `total` parts; the one before it is taken as over. */
void eg_progress_step(eg_progress *progress, const char *step, size_t total);
void eg_progress_add(eg_progress *progress, size_t parts);
/* Leaves the bar as it stands and goes to a new line. */
void eg_progress_end(eg_progress *progress);

#endif
