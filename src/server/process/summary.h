/* What runs, in one line of the log: for whoever reads it later, or asks why it does not do what
 * was set. */
#ifndef EG_SERVER_PROCESS_SUMMARY_H
#define EG_SERVER_PROCESS_SUMMARY_H

#include "server/board/config.h"

typedef struct eg_summary {
    const eg_settings *settings;
    const char *address; /* http://HOST:PORT or unix:PATH */
    const char *kernel;
    unsigned sandbox; /* EG_SANDBOX_..., of all workers */
    bool beyond;      /* other machines can reach the address */
} eg_summary;

/* Says which keys are set, never what they are. Warns of a service that others can reach and that
 * asks for no key. */
void eg_summary_log(const eg_summary *summary);

#endif
