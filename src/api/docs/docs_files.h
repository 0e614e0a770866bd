/* Files built into the program, those of /docs, /openapi.json and /app, and the stages that answer
 * one.
 */
#ifndef EG_API_DOCS_DOCS_FILES_H
#define EG_API_DOCS_DOCS_FILES_H

#include "api/endpoint.h"

typedef struct eg_docs_file {
    const char *name; /* "openapi.json", "index.html", or what follows /docs/ */
    const char *content_type;
    const char *begin; /* static, as is end */
    const char *end;
} eg_docs_file;

/* The page for voters, guardians and verifiers (docs/page.md). */
extern const eg_docs_file eg_docs_app_page;

/* NULL when there is no such file. */
const eg_docs_file *eg_docs_file_find(eg_str name);

/* In begin: the file that is answered, static; NULL: an error follows. */
void eg_docs_file_begin(eg_call *call, const eg_docs_file *file);
/* Stages. */
eg_result eg_docs_file_finish(eg_call *call, eg_error *err);
eg_result eg_docs_file_output(eg_call *call, size_t unit, eg_arena *scratch, eg_buf *out,
                              eg_error *err);

#endif
