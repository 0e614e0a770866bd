/* Ctrl-C and its like, for commands that have something to say or to put back before they end. */
#ifndef EG_CLIENT_INTERRUPT_H
#define EG_CLIENT_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

/* From here on SIGINT, SIGTERM and SIGHUP are noted; a second one ends the process at once. Calls
 * that wait return early. */
void eg_interrupt_watch(void);

bool eg_interrupted(void);

/* Ends the process by the signal that was noted, as if nobody had watched; without one, returns. */
void eg_interrupt_rethrow(void);

/* Waits; false, early, when interrupted. */
bool eg_interrupt_wait_ms(uint64_t ms);

#endif
