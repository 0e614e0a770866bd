/* A call on a stack that the test owns, so that it can be read afterwards: what did the call leave?
 */
#ifndef EG_TESTS_OWN_STACK_H
#define EG_TESTS_OWN_STACK_H

#include <stdbool.h>
#include <stddef.h>

/* Calls it on a thread whose stack is zero, and waits for its end. False when there is no thread.
 */
bool own_stack_run(void (*call)(void *), void *argument);

/* Whether the last call left these bytes anywhere. */
bool own_stack_holds(const void *bytes, size_t n);

#endif
