#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

bool eg_library_load(const char *file, void *table, const eg_library_function functions[],
                     size_t count)
{
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    bool good = library != NULL;
    for (size_t i = 0; i < count && good; i++) {
        void *found = dlsym(library, functions[i].name);
        memcpy((char *)table + functions[i].offset, &found, sizeof found);
        good = found != NULL;
    }
    return good;
}
