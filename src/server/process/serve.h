/* The service: all that the command line needs of this folder. */
#ifndef EG_SERVER_PROCESS_SERVE_H
#define EG_SERVER_PROCESS_SERVE_H

/* Runs `egserve serve` with its flags (without program and command name) until it is told to stop.
 * Returns the exit status. */
int eg_serve(int argc, char **argv);

#endif
