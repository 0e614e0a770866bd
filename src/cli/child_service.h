/* A service of one's own: this program run again as `egserve serve` on a free port of 127.0.0.1.
 */
#ifndef EG_CLI_CHILD_SERVICE_H
#define EG_CLI_CHILD_SERVICE_H

#include "base/error.h"

#include <sys/types.h>

enum { EG_CHILD_URL_BYTES = 128 };

typedef struct eg_child_service {
    pid_t pid;                    /* 0: none */
    int output;                   /* its standard output; -1: none */
    char url[EG_CHILD_URL_BYTES]; /* http://127.0.0.1:PORT */
} eg_child_service;

/* Returns once the service listens. Its log goes to our stderr only when `with_log`. It ends when
 * this process does, however that ends. EG_E_UNAVAILABLE: it did not start. */
eg_result eg_child_service_start(eg_child_service *out, bool with_log, eg_error *err) EG_MUST_USE;

/* Asks it to end and waits until it has. False when it did not end cleanly. */
bool eg_child_service_stop(eg_child_service *service);

#endif
