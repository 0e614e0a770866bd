/* Telling systemd how we are: the protocol of sd_notify(3), without its library. */
#ifndef EG_SERVER_PROCESS_NOTIFY_H
#define EG_SERVER_PROCESS_NOTIFY_H

#include <stdint.h>

/* Sends lines such as "READY=1" to $NOTIFY_SOCKET; does nothing without it. */
void eg_notify(const char *lines);
/* How often the watchdog wants to hear WATCHDOG=1: half of $WATCHDOG_USEC; 0: not at all. */
uint64_t eg_notify_watchdog_ns(void);

#endif
