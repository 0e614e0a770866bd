/* Libraries that are loaded when something needs them, so that the program runs where they are not
 * installed. */
#ifndef EG_BASE_LIBRARY_H
#define EG_BASE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/* A function of the library, and where in the caller's table its pointer goes. */
typedef struct eg_library_function {
    const char *name;
    size_t offset;
} eg_library_function;

/* Fills the table. file: "libcurl.so.4". False when there is no such library or it lacks one of the
 * functions; the table is then not to be used. A library that was loaded stays. Calls for one table
 * must not overlap. */
bool eg_library_load(const char *file, void *table, const eg_library_function functions[],
                     size_t count);

#endif
