/* SIGTERM and SIGINT for a process that finishes what it has in hand. */
#ifndef EG_CLUSTER_STOP_SIGNAL_H
#define EG_CLUSTER_STOP_SIGNAL_H

#include <stdbool.h>

/* From here on the first is noted; a second one ends the process at once. */
void eg_stop_watch(void);
bool eg_stop_asked(void);
/* An eventfd that is written when it comes, or -1. */
void eg_stop_wake(int file);

#endif
