/* What the machine, or the cgroup that the service lives in, has to give. */
#ifndef EG_SERVER_BOARD_MACHINE_H
#define EG_SERVER_BOARD_MACHINE_H

#include <stddef.h>

typedef struct eg_machine {
    unsigned processors; /* that may be used: affinity and the cgroup's quota, at least 1 */
    size_t memory_bytes; /* the cgroup's limit, or what the machine has */
} eg_machine;

/* Reads cgroups of version 1 and 2 below root ("" on a real machine; tests give a folder that
 * holds proc/ and sys/). */
void eg_machine_read(eg_machine *out, const char *root);

/* The processor's name as the system gives it, cut to size; characters that are not printable
 * ASCII, quotes and backslashes are left out. "" where there is none. */
void eg_machine_processor_name(char *out, size_t size, const char *root);

/* This process's share of memory (PSS): what it has alone, and its part of what it shares. Asked of
 * a descriptor that the process opened itself and may use when it can open nothing any more; -1 and
 * 0 where the system does not say. */
int eg_machine_open_own_memory(void);
size_t eg_machine_own_memory(int fd);

#endif
