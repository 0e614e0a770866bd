/* What a worker can no longer do once it serves. It parses what strangers send, beside votes and
 * keys: whoever gets code to run in it finds no file, no program, no new connection. By Landlock
 * and seccomp, Linux's own means; each is used where the kernel has it
 * (docs/decisions/0018-sandbox.md). */
#ifndef EG_SERVER_PROCESS_SANDBOX_H
#define EG_SERVER_PROCESS_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

enum {
    EG_SANDBOX_NO_NEW_PRIVILEGES = 1,
    EG_SANDBOX_LANDLOCK = 2, /* no file by name, no TCP connection from here */
    EG_SANDBOX_SECCOMP = 4,  /* only the system calls that serving takes */
    EG_SANDBOX_ALL = 7
};

/* The calling thread and those it starts; each process calls it before its threads. The parts that
 * are in force. */
unsigned eg_sandbox_close_files(void);

/* All threads of the process, which are all there are to be: none can be started behind it. Needs
 * the first part. Adds what is in force to `parts`. */
unsigned eg_sandbox_close_calls(unsigned parts);

/* "seccomp, Landlock, no_new_privs", or "none". */
void eg_sandbox_describe(char *out, size_t size, unsigned parts);

#endif
