#include "server/http/descriptors.h"

#include <stdlib.h>

enum { GROWTH = 256 };

/* By descriptor; of the I/O thread, which is the only one that has connections. */
static _Thread_local eg_connection **opened;
static _Thread_local size_t opened_size;

eg_connection *eg_descriptor_connection(int fd)
{
    return fd >= 0 && (size_t)fd < opened_size ? opened[fd] : NULL;
}

bool eg_descriptor_open(int fd, eg_connection *connection)
{
    size_t wanted = (size_t)fd + 1;
    if (wanted > opened_size) {
        size_t size = wanted + GROWTH;
        eg_connection **more = realloc(opened, size * sizeof *more);
        if (more == NULL) {
            return false;
        }
        memset(more + opened_size, 0, (size - opened_size) * sizeof *more);
        opened = more;
        opened_size = size;
    }
    opened[fd] = connection;
    return true;
}

void eg_descriptor_close(int fd)
{
    if (eg_descriptor_connection(fd) != NULL) {
        opened[fd] = NULL;
    }
}
