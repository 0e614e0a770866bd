/* The master: owns the listening socket and the settings, starts workers, watches over them and
 * replaces them; does no election work. */
#ifndef EG_SERVER_PROCESS_MASTER_H
#define EG_SERVER_PROCESS_MASTER_H

#include "server/board/config.h"
#include "server/board/scoreboard.h"
#include "server/process/listener.h"

typedef struct eg_master_setup {
    eg_listener *listener;
    eg_config *config; /* owned from here on */
    int argc;          /* for reading the settings again */
    char **argv;
    const eg_machine *machine;
    eg_scoreboard *board;
} eg_master_setup;

/* Runs until it is told to stop; the exit status. */
int eg_master_run(const eg_master_setup *setup);

#endif
