#include "cluster/note.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

void eg_note(const char *level, const char *format, ...)
{
    char when[32] = "";
    char text[512];
    struct tm parts;
    const time_t now = time(NULL);
    va_list args;
    if (gmtime_r(&now, &parts) != NULL) {
        (void)strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &parts);
    }
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fprintf(stderr, "%s %s egserve[%d]: %s\n", when, level, (int)getpid(), text);
}
