/* Which connection a descriptor is of. */
#ifndef EG_SERVER_HTTP_DESCRIPTORS_H
#define EG_SERVER_HTTP_DESCRIPTORS_H

#include "server/http/state.h"

/* From here on what this thread receives on fd goes through connection->framing (receive.c). False
 * when there is no memory for that. */
bool eg_descriptor_open(int fd, eg_connection *connection);
void eg_descriptor_close(int fd);
eg_connection *eg_descriptor_connection(int fd); /* NULL: of none */

#endif
