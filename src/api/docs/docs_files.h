/* The files of /docs and /openapi.json, built into the program. */
#ifndef EG_API_DOCS_DOCS_FILES_H
#define EG_API_DOCS_DOCS_FILES_H

#include "base/str.h"

typedef struct eg_docs_file {
    const char *name; /* "openapi.json", "index.html", or what follows /docs/ */
    const char *content_type;
    const char *begin; /* static, as is end */
    const char *end;
} eg_docs_file;

/* NULL when there is no such file. */
const eg_docs_file *eg_docs_file_find(eg_str name);

#endif
