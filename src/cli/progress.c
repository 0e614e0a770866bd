#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

enum { BAR_CELLS = 32 };

void eg_progress_init(eg_progress *progress)
{
    *progress = (eg_progress){.is_terminal = isatty(STDERR_FILENO) == 1};
}

static void draw(const eg_progress *p)
{
    static const char full[] = "################################";
    static const char rest[] = "................................";
    size_t cells = p->total == 0 ? BAR_CELLS : BAR_CELLS * p->done / p->total;
    fprintf(stderr, "\r%-24s [%.*s%.*s] %zu/%zu", p->step, (int)cells, full,
            (int)(BAR_CELLS - cells), rest, p->done, p->total);
    (void)fflush(stderr);
}

void eg_progress_end(eg_progress *progress)
{
    if (progress->step == NULL) {
        return;
    }
    if (progress->is_terminal) {
        fputc('\n', stderr);
    } else {
        fprintf(stderr, "%s: %zu of %zu\n", progress->step, progress->done, progress->total);
    }
    progress->step = NULL;
}

void eg_progress_step(eg_progress *progress, const char *step, size_t total)
{
    eg_progress_end(progress);
    progress->step = step;
    progress->done = 0;
    progress->total = total;
    if (progress->is_terminal) {
        draw(progress);
    }
}

void eg_progress_add(eg_progress *progress, size_t parts)
{
    progress->done += parts;
    if (progress->is_terminal) {
        draw(progress);
    }
}
