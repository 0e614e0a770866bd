/* The program around the module. */
#ifndef EG_MODULE_HOST_H
#define EG_MODULE_HOST_H

#include "base/rng.h"
#include "base/str.h"

/* What the module asks of the program around it. */
typedef struct eg_module_host {
    const eg_rng *rng;
    /* Exactly `bytes` bytes of file number `entry` of the record that is being read; false when
     * they cannot be had. */
    bool (*read_file)(uint64_t entry, char *out, size_t bytes);
    /* A step of a long operation that begins (name, and how many parts it has), or parts of it that
     * are done (name empty). */
    void (*progress)(eg_str name, size_t parts);
} eg_module_host;

#endif
