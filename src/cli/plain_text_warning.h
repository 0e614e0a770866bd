/* A word of warning where votes, keys or a password would cross a network that others read. */
#ifndef EG_CLI_PLAIN_TEXT_WARNING_H
#define EG_CLI_PLAIN_TEXT_WARNING_H

#include <stdbool.h>

/* Whether the address, http://… or amqp://… or a store's with such an endpoint, is without TLS and
 * of another host than this machine. */
bool eg_goes_in_plain_text(const char *address);

/* On stderr, if it does, naming the flag and the host and nothing else of the address. */
void eg_warn_of_plain_text(const char *command, const char *flag, const char *address);

#endif
