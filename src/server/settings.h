/* What the server can be told. Flags come first, then the environment, then the defaults. */
#ifndef EG_SERVER_SETTINGS_H
#define EG_SERVER_SETTINGS_H

#include "api/endpoint.h"

typedef struct eg_settings {
    const char *bind_host; /* static or argv */
    uint16_t bind_port;    /* 0: any free one */
    unsigned workers;      /* processes */
    unsigned threads;      /* compute threads of each */
    unsigned timeout_s;    /* of a request, from its first byte to its last */
    unsigned max_connections;
    unsigned max_jobs;        /* of one worker: running and waiting */
    size_t max_body_bytes;    /* upper bound over each endpoint's own */
    size_t max_memory_bytes;  /* in flight, of one worker */
    const char *internal_key; /* borrowed; NULL or "": no key needed. Secret */
    const char *cors_origin;
    const char *kernel; /* NULL: the best */
    bool access_log;
    eg_api_settings api;
} eg_settings;

/* Reads flags and environment; on a wrong value prints its name and what is allowed to stderr and
 * returns false. */
bool eg_settings_read(eg_settings *out, int argc, char **argv);
void eg_settings_print(const eg_settings *settings);

#endif
